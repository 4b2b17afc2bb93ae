/* The service as Power Query asks it: over HTTP, with the key that it keeps; every request is written down. */
import { MError, MRecord } from "./values.js";

/**
 * @typedef {{ path: string, query: [string, string][], prefer: string, status: number }} Asked
 */

const AGENT = "Microsoft.Data.Mashup";

export class Service {
  /** @param {string} key what a person has given as Web API key */
  constructor(key) {
    this.key = key;
    /** @type {Asked[]} */
    this.asked = [];
  }

  /**
   * The body of an answer; the key stands where `keyName` says, and in no record.
   * @param {URL} address @param {string} keyName @param {Record<string, string>} [headers]
   */
  async get(address, keyName, headers = {}) {
    const query = [...address.searchParams.entries()];
    const sent = new URL(withQuery(address, [[keyName, this.key]]));
    const answer = await fetch(sent, { headers: { "User-Agent": AGENT, ...headers }, redirect: "error" });
    const body = new Uint8Array(await answer.arrayBuffer());
    this.asked.push({ path: address.pathname, query, prefer: headers.Prefer ?? "", status: answer.status });
    if (answer.ok) return { body, headers: answer.headers };
    const said = new TextDecoder().decode(body);
    throw new MError(`${address.pathname} answered ${answer.status}: ${said}`, "DataSource.Error");
  }
}

/**
 * A record as a query string, as Uri.BuildQueryString makes it.
 * @param {[string, string][]} fields
 */
export function queryString(fields) {
  return fields.map(([name, value]) => `${escaped(name)}=${escaped(value)}`).join("&");
}

/** All but letters, digits and the four marks that RFC 3986 lets be. @param {string} text */
function escaped(text) {
  const hex = (/** @type {string} */ mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`;
  return encodeURIComponent(text).replace(/[!'()*]/g, hex);
}

/** @param {URL} address @param {[string, string][]} fields */
function withQuery(address, fields) {
  return address.href + (address.search ? "&" : "?") + queryString(fields);
}

/** The options of Web.Contents that are acted upon, and the type of each. */
const OPTIONS = { RelativePath: "string", Query: "object", ApiKeyName: "string", Timeout: "object" };

/**
 * Web.Contents(url, options): a static address, a path behind it and a query.
 * @param {Service} service @param {string} url @param {MRecord | null} options
 */
export async function webContents(service, url, options) {
  const given = options ? await options.all() : {};
  for (const [name, value] of Object.entries(given)) {
    const type = OPTIONS[/** @type {keyof typeof OPTIONS} */ (name)];
    if (typeof value !== type)
      throw new MError(`${name} is no option of Web.Contents that is known here, or no ${type}`);
  }
  const path = given.RelativePath ? `/${given.RelativePath}` : "";
  const address = new URL(url.replace(/\/$/, "") + path);
  const query = given.Query instanceof MRecord ? await texts(given.Query) : [];
  const asked = query.length ? new URL(withQuery(address, query)) : address;
  if (typeof given.ApiKeyName !== "string")
    throw new MError("without ApiKeyName, the key goes where it is not known here");
  return (await service.get(asked, given.ApiKeyName)).body;
}

/** @param {MRecord} record @returns {Promise<[string, string][]>} */
async function texts(record) {
  return Object.entries(await record.all()).map(([name, value]) => {
    if (typeof value === "string") return [name, value];
    throw new MError(`the value of ${name} in a Query is no text`);
  });
}
