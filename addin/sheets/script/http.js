/*
 * Requests to the service, and what is said when they fail.
 */

/** The name of failures that may be over soon. */
const LATER = "Later";

/**
 * A response: its headers' names in small letters.
 * @typedef {{ status: number, headers: Record<string, string>, text: string }} Reply
 */

/**
 * What is sent. `asked` are parameters of the address, `body` is sent as JSON, `headers` beside the sheet's token.
 * @typedef {{
 *   method?: "get" | "post" | "delete",
 *   asked?: Record<string, string>,
 *   body?: Record<string, unknown>,
 *   headers?: Record<string, string>,
 * }} Sending
 */

/**
 * Asks the service. Throws a sentence where it cannot be reached; what it refuses is a reply.
 * @param {string} path @param {Sending} [sending]
 * @returns {Reply}
 */
function ask_(path, sending) {
  const request = request_(path, sending || {});
  try {
    return reply_(UrlFetchApp.fetch(request.url, request));
  } catch (failure) {
    throw later_(unreachable_(failure));
  }
}

/**
 * Asks the service for several things at once.
 * @param {{ path: string, sending?: Sending }[]} questions
 * @returns {Reply[]}
 */
function askAll_(questions) {
  if (questions.length === 0) return [];
  try {
    return UrlFetchApp.fetchAll(questions.map((one) => request_(one.path, one.sending || {}))).map(reply_);
  } catch (failure) {
    throw later_(unreachable_(failure));
  }
}

/**
 * @param {string} path @param {Sending} sending
 * @returns {GoogleAppsScript.URL_Fetch.URLFetchRequest}
 */
function request_(path, sending) {
  const url = SERVICE + path + query_(sending.asked || {});
  if (url.length > ADDRESS_LETTERS) {
    throw new Error(
      `The question has ${url.length} letters, and Google fetches addresses of up to ${ADDRESS_LETTERS}: shorten its filter or columns.`,
    );
  }
  const { token } = session_();
  const headers = { ...(token ? { Authorization: `Bearer ${token}` } : {}), ...sending.headers };
  const plain = { url, method: sending.method || "get", headers, muteHttpExceptions: true, followRedirects: false };
  if (!sending.body) return plain;
  return { ...plain, contentType: "application/json", payload: JSON.stringify(sending.body) };
}

/** @param {Record<string, string>} asked */
function query_(asked) {
  const pieces = Object.keys(asked).map(
    (name) => `${encodeURIComponent(name)}=${encodeURIComponent(asked[name] || "")}`,
  );
  return pieces.length ? `?${pieces.join("&")}` : "";
}

/**
 * @param {GoogleAppsScript.URL_Fetch.HTTPResponse} response
 * @returns {Reply}
 */
function reply_(response) {
  /** @type {Record<string, string>} */
  const headers = {};
  const given = /** @type {Record<string, unknown>} */ (response.getAllHeaders());
  for (const name of Object.keys(given)) headers[name.toLowerCase()] = String(given[name]);
  return { status: response.getResponseCode(), headers, text: response.getContentText("UTF-8") };
}

/**
 * The JSON of a reply that is a success; throws the service's sentence for any other.
 * @param {Reply} reply
 * @returns {any}
 */
function told_(reply) {
  if (reply.status === 429 || reply.status >= 500) throw later_(refusal_(reply));
  if (reply.status >= 300) throw new Error(refusal_(reply));
  return reply.text === "" ? null : JSON.parse(reply.text);
}

/**
 * The service's sentence, its hint and its code.
 * @param {Reply} reply
 */
function refusal_(reply) {
  if (reply.status >= 300 && reply.status < 400) {
    return `${SERVICE} sends requests elsewhere: take the script from the address that it really has.`;
  }
  /** @type {Record<string, unknown>} */
  let said = {};
  try {
    said = JSON.parse(reply.text) || {};
  } catch {
    // What stands before the service, a gateway for instance, answers in its own way.
  }
  const title = said["title"] || said["detail"] || said["message"];
  if (typeof title !== "string") return `${SERVICE} answered with an error (${reply.status}) and did not say why.`;
  const hint = typeof said["hint"] === "string" ? ` ${said["hint"]}` : "";
  const code = typeof said["code"] === "string" ? ` [${said["code"]}]` : "";
  const again = reply.status === 401 ? " Sign in again: TVox > Open the sidebar." : "";
  return title + hint + code + again;
}

/**
 * What to say where Google did not get through.
 * @param {unknown} failure what UrlFetchApp threw
 */
function unreachable_(failure) {
  const said = sentenceOf_(failure);
  if (/too many times|quota|limit exceeded/i.test(said)) {
    return `Google allows this account no more requests at the moment (${briefly_(said)}): try again later.`;
  }
  if (/permission|authoriz/i.test(said)) return `Google does not let the script ask ${SERVICE}: ${briefly_(said)}.`;
  return (
    `Google cannot reach TVox Tables at ${SERVICE} (${briefly_(said)}). Its administrator can give it an address that the ` +
    "internet reaches, or let it push tables into this sheet."
  );
}

/** A failure that may be over soon. @param {string} sentence */
function later_(sentence) {
  const failure = new Error(sentence);
  failure.name = LATER;
  return failure;
}

/** The sentence of whatever was thrown. @param {unknown} failure */
function sentenceOf_(failure) {
  return failure instanceof Error ? failure.message : String(failure);
}

/** One short line, without the address, which may be long. @param {string} text */
function briefly_(text) {
  const line = text.replace(/https?:\/\/\S+/g, "the address").split(/[\n\r]/)[0] || "";
  return line.replace(/[\s.:]+$/, "").slice(0, 120);
}

/** Milliseconds that are left for a formula. */
function left_() {
  return STARTED + FORMULA_TIME - Date.now();
}
