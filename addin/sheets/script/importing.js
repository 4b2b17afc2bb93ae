/*
 * IMPORTJSONAPI, with the arguments of the script of that name.
 */

/** @typedef {{ method: string, contentType: string, headers: Record<string, string> | null, payload: any }} Fetching */

/**
 * @param {unknown} url @param {unknown} jsonpath @param {unknown} columns @param {unknown[]} parameters
 * @returns {Cell[][] | string}
 */
function imported_(url, jsonpath, columns, parameters) {
  const source = oneText_("url", url);
  if (source === "") throw new Error("Which address? The first argument is one, or a cell that holds JSON.");
  const fetching = fetching_(parameters);
  // What says nothing is there to make the formula ask anew: a stamp.
  const stamp = parameters.filter((one) => !isParameter_(one));
  /** @type {Record<string, string>} */
  const asked = { dialect: "plus", header: "none" };
  put_(asked, "rows", oneText_("jsonpath", jsonpath));
  put_(asked, "columns", oneText_("columns", columns));
  Object.assign(asked, isDataModel_(source) ? dataModel_(source, fetching) : { data: document_(source, fetching) });
  const question = questionOf_("/import.grid", true, asked, {}, sheetZone_());
  return cellsOf_(question, stamp.length ? stamp : "");
}

/** Whether an argument says something: "name=value". @param {unknown} given */
function isParameter_(given) {
  return typeof given === "string" && /^[^=]{2,}=/.test(given.trim());
}

/**
 * @param {unknown[]} parameters
 * @returns {Fetching}
 */
function fetching_(parameters) {
  /** @type {Fetching} */
  const fetching = { method: "get", contentType: "", headers: null, payload: null };
  for (const given of parameters.filter(isParameter_)) {
    const text = String(given).trim();
    const sign = text.indexOf("=");
    const name = text.slice(0, sign).trim();
    const value = decodeURIComponent(text.slice(sign + 1).trim());
    if (name === "method") fetching.method = value.toLowerCase();
    else if (name === "contentType") fetching.contentType = value;
    else if (name === "headers") fetching.headers = objectOf_(name, value);
    else if (name === "payload") fetching.payload = objectOf_(name, value);
    else throw new Error(`Invalid parameter name: ${name}`);
  }
  return fetching;
}

/**
 * The JSON of a parameter, in which quotes may be written ' as well.
 * @param {string} name @param {string} text
 * @returns {any}
 */
function objectOf_(name, text) {
  for (const spelled of [text, text.replace(/'/g, '"')]) {
    try {
      return JSON.parse(spelled);
    } catch {
      // The next spelling may be one.
    }
  }
  throw new Error(`Invalid JSON in ${name}: ${text.slice(0, 60)}`);
}

/** @param {string} source */
function isDataModel_(source) {
  return /^https?:\/\/[^?#]*\/datamodel\/query\/?(?:[?#]|$)/i.test(source);
}

/**
 * A request for a Data Model as the query that it sends. Its key is left behind: the sheet has signed in.
 * @param {string} url @param {Fetching} fetching
 * @returns {Record<string, string>}
 */
function dataModel_(url, fetching) {
  /** @type {Record<string, any>} */
  const sent = {};
  for (const piece of (url.split("?")[1] || "").split("#")[0]?.split("&") || []) {
    const [name, ...value] = piece.split("=");
    if (name) sent[name] = decodeURIComponent(value.join("=").replace(/\+/g, " "));
  }
  if (fetching.payload) Object.assign(sent, fetching.payload);
  /** @type {Record<string, string>} */
  const asked = {};
  for (const name of ["query", "variables", "operationName"]) {
    const value = sent[name];
    if (!isBlank_(value)) asked[name] = typeof value === "string" ? value : JSON.stringify(value);
  }
  if (asked["query"] === undefined)
    throw new Error("The formula sends no query: it belongs into payload={ 'query': '…' }.");
  return asked;
}

/**
 * The JSON that a formula means: what its cell holds, or what an address answers.
 * @param {string} source @param {Fetching} fetching
 */
function document_(source, fetching) {
  if (/^[{[]/.test(source)) return source;
  const isJson = /^application\/json\b/i.test(fetching.contentType);
  /** @type {GoogleAppsScript.URL_Fetch.URLFetchRequestOptions} */
  const options = { method: /** @type {"get"} */ (fetching.method) };
  if (fetching.contentType) options.contentType = fetching.contentType;
  if (fetching.headers) options.headers = fetching.headers;
  if (fetching.payload) options.payload = isJson ? JSON.stringify(fetching.payload) : fetching.payload;
  const text = UrlFetchApp.fetch(source, options).getContentText();
  try {
    JSON.parse(text);
  } catch {
    throw new Error(`The address did not answer with JSON but with: ${text.slice(0, 60)}`);
  }
  return text;
}
