/* UrlFetchApp, as scripts call it. */
import { Fault } from "../cloud/faults.js";
import { Blob, encodingOf, octets, signed } from "./blobs.js";
import { Service } from "./membrane.js";

/**
 * @typedef {import("./worker.js").Call} Call
 * @typedef {import("../cloud/fetching.js").Request} Request @typedef {import("../cloud/fetching.js").Answer} Answer
 */

const METHODS = new Set(["get", "delete", "patch", "post", "put", "head", "options"]);

export class HTTPResponse extends Service {
  static service = "UrlFetchApp.HTTPResponse";
  static takes = { getContentText: ["", "String"], getAs: ["String"] };
  #answer;

  /** @param {Answer} answer */
  constructor(answer) {
    super();
    this.#answer = answer;
  }

  getResponseCode() {
    return this.#answer.status;
  }

  /** @param {string} [charset] */
  getContentText(charset) {
    const said = /charset=["']?([\w-]+)/i.exec(this.#type ?? "")?.[1];
    return Buffer.from(this.#answer.body).toString(encodingOf(charset ?? said ?? "UTF-8"));
  }

  getContent() {
    return signed(this.#answer.body);
  }

  getBlob() {
    return new Blob(this.#answer.body, this.#type?.split(";")[0] ?? null, null);
  }

  /** @param {string} type */
  getAs(type) {
    return this.getBlob().setContentType(type);
  }

  getHeaders() {
    return Object.fromEntries(this.#answer.headers);
  }

  /** A header that came several times is a list. */
  getAllHeaders() {
    /** @type {Record<string, string | string[]>} */
    const all = {};
    for (const [name, value] of this.#answer.headers) all[name] = name in all ? [all[name] ?? "", value].flat() : value;
    return all;
  }

  get #type() {
    return this.#answer.headers.find(([name]) => name.toLowerCase() === "content-type")?.[1];
  }
}

export class UrlFetchApp extends Service {
  static service = "UrlFetchApp";
  static takes = {
    fetch: ["String", "String,Object"],
    fetchAll: ["Any[]"],
    getRequest: ["String", "String,Object"],
  };
  #call;

  /** @param {Call} call */
  constructor(call) {
    super();
    this.#call = call;
  }

  /** @param {string} url @param {Record<string, unknown>} [params] */
  fetch(url, params = {}) {
    return new HTTPResponse(this.#call("url.fetch", request(url, params)));
  }

  /** @param {(string | Record<string, unknown>)[]} requests */
  fetchAll(requests) {
    const asked = requests.map((one) => (typeof one === "string" ? request(one, {}) : request(String(one.url), one)));
    return this.#call("url.fetchAll", asked).map((/** @type {Answer} */ answer) => new HTTPResponse(answer));
  }

  /** @param {string} url @param {Record<string, unknown>} [params] */
  getRequest(url, params = {}) {
    const { method, headers, payload, contentType, followRedirects } = request(url, params);
    const text = payload ? Buffer.from(payload).toString() : null;
    return {
      url,
      method,
      headers,
      payload: text,
      contentType,
      followRedirects,
      validateHttpsCertificates: true,
      useIntranet: false,
    };
  }
}

/** @param {string} name */
const wrong = (name) => new Fault(`Attribute provided with invalid value: ${name}`);

/** @param {string} url @param {Record<string, any>} params @returns {Request} */
function request(url, params) {
  const { headers = {}, payload, contentType, followRedirects = true, muteHttpExceptions = false } = params;
  const method = String(params.method ?? "get").toLowerCase();
  if (!METHODS.has(method)) throw wrong("method");
  if (typeof headers !== "object" || headers === null || Array.isArray(headers)) throw wrong("headers");
  const address = /^[a-z]+:/i.test(url) ? url : `http://${url}`;
  // What has to be escaped and is not, Google refuses.
  if (/[\s"<>\\^`{|}]/.test(address)) throw new Fault(`Invalid argument: ${url}`);
  for (const name of Object.keys(headers))
    if (/^(host|content-length|connection|transfer-encoding)$/i.test(name)) throw wrong(`Header:${name}`);
  const body = payloadOf(payload);
  return {
    url: address,
    // Google cannot send a GET with a body.
    method: body && method === "get" ? "post" : method,
    headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)])),
    payload: body,
    contentType: contentType ?? (body ? ownType(payload) : null),
    followRedirects: Boolean(followRedirects),
    muteHttpExceptions: Boolean(muteHttpExceptions),
  };
}

/** @param {unknown} payload */
const ownType = (payload) => (payload instanceof Blob && payload.type) || "application/x-www-form-urlencoded";

/** @param {unknown} payload @returns {Uint8Array | null} */
function payloadOf(payload) {
  if (payload === undefined || payload === null) return null;
  if (typeof payload === "string") return Buffer.from(payload);
  if (payload instanceof Blob) return payload.bytes;
  if (Array.isArray(payload)) return octets(payload);
  if (typeof payload !== "object") throw wrong("payload");
  const form = new URLSearchParams();
  for (const [name, value] of Object.entries(payload)) {
    if (value instanceof Blob) throw new Fault("a form with a file is not known here", "HostError");
    form.append(name, String(value));
  }
  return Buffer.from(form.toString());
}
