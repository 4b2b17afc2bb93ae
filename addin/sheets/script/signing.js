/*
 * Signing in and out, and how things stand. The sidebar calls these; what they return never holds the token.
 */

/**
 * How things stand. `problem` is what keeps formulas from working, `note` what is worth knowing.
 * @typedef {{
 *   service: string, release: string, serviceRelease: string,
 *   isSignedIn: boolean, key: string, since: string, canUseGoogle: boolean,
 *   zone: string, locale: string, separator: string, stamp: number,
 *   settings: Settings, problem: string, note: string,
 * }} State
 */

/**
 * Signs this document in with a key, which is exchanged for a token and then forgotten.
 * @param {string} key
 * @returns {State}
 */
function tvoxSignInWithKey(key) {
  const given = String(key || "").trim();
  if (given === "") throw new Error("Paste a key first: whoever runs the service makes one.");
  if (/[^\x21-\x7e]/.test(given)) throw new Error("This is no key: it has blanks or letters that no key has.");
  return signIn_({ "X-Telenia-APIKey": given }, {});
}

/**
 * Signs this document in with the Google account of whoever asks.
 * @returns {State}
 */
function tvoxSignInWithGoogle() {
  const identity = ScriptApp.getIdentityToken();
  if (!identity) {
    throw new Error(
      `Google tells this script nothing of your account: paste the manifest from ${SERVICE}/addin/sheets/ first, or sign in with a key.`,
    );
  }
  return signIn_({}, { identity });
}

/**
 * @param {Record<string, string>} headers @param {Record<string, unknown>} body
 * @returns {State}
 */
function signIn_(headers, body) {
  const spreadsheet = SpreadsheetApp.getActiveSpreadsheet();
  const before = { ...session_() };
  // The old token must not speak for the new key.
  read = {};
  const named = { name: spreadsheet.getName(), spreadsheet: spreadsheet.getId(), ...body };
  const told = told_(ask_("/sheets/tokens", { method: "post", headers, body: named }));
  if (before.token) revoke_(before.token);
  const { token, id, key, made } = told;
  keepSession_({ ...(before.settings ? { settings: before.settings } : {}), token, id, key, made });
  begin_();
  return tvoxState();
}

/**
 * Signs this document out: its token opens nothing any more.
 * @returns {State}
 */
function tvoxSignOut() {
  const { token, settings } = session_();
  const said = token ? revoke_(token) : "";
  keepSession_(settings ? { settings } : {});
  removeTriggers_();
  moveStamp_();
  tell_("This document is signed out.");
  return { ...tvoxState(), note: said };
}

/**
 * Revokes a token. What keeps it from being revoked, empty where it is.
 * @param {string} token
 */
function revoke_(token) {
  try {
    const reply = ask_("/sheets/tokens/this", { method: "delete", headers: { Authorization: `Bearer ${token}` } });
    return reply.status < 300 || reply.status === 401 ? "" : refusal_(reply);
  } catch (failure) {
    return `The token could not be revoked: ${sentenceOf_(failure)}`;
  }
}

/**
 * How things stand.
 * @returns {State}
 */
function tvoxState() {
  const spreadsheet = SpreadsheetApp.getActiveSpreadsheet();
  const { token, key, made } = session_();
  let problem = "";
  let serviceRelease = "";
  let isSignedIn = false;
  try {
    const asked = [{ path: "/health" }, ...(token ? [{ path: "/sheets/tokens/this" }] : [])];
    const [health, self] = askAll_(asked);
    serviceRelease = health && health.status === 200 ? String(JSON.parse(health.text).release || "") : "";
    isSignedIn = Boolean(self && self.status === 200);
    if (health && health.status !== 200) problem = refusal_(health);
    else if (self && self.status !== 200) problem = refusal_(self);
    else if (!token) problem = "Nobody is signed in yet.";
  } catch (failure) {
    problem = sentenceOf_(failure);
  }
  return {
    service: SERVICE,
    release: RELEASE,
    serviceRelease,
    isSignedIn,
    key: token && key ? key : "",
    since: token && made ? made : "",
    canUseGoogle: canUseGoogle_(),
    zone: spreadsheet.getSpreadsheetTimeZone(),
    locale: spreadsheet.getSpreadsheetLocale(),
    separator: separator_(spreadsheet.getSpreadsheetLocale()),
    stamp: stampMoved_(),
    settings: settings_(),
    problem,
    note: releaseNote_(serviceRelease),
  };
}

/** Whether the manifest lets the script sign in with Google's account. */
function canUseGoogle_() {
  try {
    return Boolean(ScriptApp.getIdentityToken());
  } catch {
    return false;
  }
}

/**
 * What to say where script and service are of different releases.
 * @param {string} there
 */
function releaseNote_(there) {
  if (there === "" || there === RELEASE) return "";
  const order = compared_(RELEASE, there);
  if (order > 0) return `This script (${RELEASE}) is newer than the service (${there}).`;
  return `The service has a newer script (${there}, this is ${RELEASE}): take it from ${SERVICE}/addin/sheets/.`;
}

/**
 * Which of two releases is the newer one: below 0 for the second.
 * @param {string} one @param {string} other
 */
function compared_(one, other) {
  const [first, second] = [one, other].map((text) => text.split(/[.+-]/).map((part) => Number(part) || 0));
  for (let place = 0; place < 3; place += 1) {
    const difference = (first?.[place] || 0) - (second?.[place] || 0);
    if (difference) return difference;
  }
  return 0;
}

/**
 * The settings.
 * @returns {Settings}
 */
function tvoxSettings() {
  return settings_();
}

/**
 * Changes settings; those that are not named stay.
 * @param {Partial<Settings>} given
 * @returns {Settings}
 */
function tvoxSaveSettings(given) {
  const settings = { ...settings_() };
  for (const name of /** @type {const} */ (["cacheMinutes", "refreshMinutes"])) {
    if (given[name] === undefined) continue;
    const minutes = Number(numberText_(String(given[name])));
    const most = name === "cacheMinutes" ? 360 : 10080;
    if (!(minutes >= 0 && minutes <= most)) throw new Error(`Give minutes from 0 to ${most}.`);
    settings[name] = minutes;
  }
  keepSession_({ ...session_(), settings });
  return settings;
}
