/*
 * What the document remembers. A value may have 9 kB, so longer ones lie in pieces.
 */

/**
 * The sign-in and the settings. `token` opens the tables: it leaves this script in requests to the service only.
 * @typedef {{ token?: string, id?: string, key?: string, made?: string, settings?: Partial<Settings> }} Session
 *
 * `cacheMinutes`: how long an answer is as good as new; `refreshMinutes`: after how many the stamp moves by itself, 0
 * for never.
 * @typedef {{ cacheMinutes: number, refreshMinutes: number }} Settings
 */

const SESSION = "tvox.session";
const PIECE = 8000;

/** The session, read once in an execution. @type {Session | null} */
let read = null;

/** @returns {GoogleAppsScript.Properties.Properties} */
function properties_() {
  // A script that belongs to no document has none of a document's.
  return PropertiesService.getDocumentProperties() || PropertiesService.getScriptProperties();
}

/** @returns {Session} */
function session_() {
  if (read === null) read = /** @type {Session} */ (JSON.parse(properties_().getProperty(SESSION) || "{}"));
  return read;
}

/** @param {Session} session */
function keepSession_(session) {
  properties_().setProperty(SESSION, JSON.stringify(session));
  read = session;
}

/** @returns {Settings} */
function settings_() {
  return { cacheMinutes: CACHE_MINUTES, refreshMinutes: REFRESH_MINUTES, ...session_().settings };
}

/**
 * Keeps a value under a name, as JSON.
 * @param {string} name @param {unknown} value
 */
function keepLong_(name, value) {
  // The limit counts bytes: so every letter is to be one.
  const text = JSON.stringify(value).replace(/[\u0080-\uffff]/g, (letter) => {
    return `\\u${letter.charCodeAt(0).toString(16).padStart(4, "0")}`;
  });
  const count = Math.max(1, Math.ceil(text.length / PIECE));
  /** @type {Record<string, string>} */
  const pieces = {};
  for (let place = 0; place < count; place += 1) {
    pieces[`${name}/${place}`] = text.slice(place * PIECE, (place + 1) * PIECE);
  }
  pieces[name] = String(count);
  const before = Number(properties_().getProperty(name) || 0);
  properties_().setProperties(pieces, false);
  for (let place = count; place < before; place += 1) properties_().deleteProperty(`${name}/${place}`);
}

/**
 * The value under a name, null where there is none.
 * @param {string} name
 * @returns {any}
 */
function long_(name) {
  const store = properties_();
  const count = Number(store.getProperty(name) || 0);
  let text = "";
  for (let place = 0; place < count; place += 1) text += store.getProperty(`${name}/${place}`) || "";
  return text === "" ? null : JSON.parse(text);
}

/** @param {string} name */
function forgetLong_(name) {
  const store = properties_();
  const count = Number(store.getProperty(name) || 0);
  for (let place = 0; place < count; place += 1) store.deleteProperty(`${name}/${place}`);
  store.deleteProperty(name);
}
