/* Requests of scripts: real HTTP, to this machine only; each is written down. */
import http from "node:http";
import zlib from "node:zlib";
import { Fault } from "./faults.js";
import { LIMITS } from "./limits.js";
import { Quota } from "./stores.js";

/**
 * @typedef {import("./execution.js").Execution} Execution
 * @typedef {{ url: string, method: string, headers: Record<string, string>, payload: Uint8Array | null,
 *   contentType: string | null, followRedirects: boolean, muteHttpExceptions: boolean }} Request
 * @typedef {{ status: number, headers: [string, string][], body: Uint8Array }} Answer
 * @typedef {{ method: string, url: string, headers: string[], status: number, execution: number, function: string }} Asked
 */

const LOOPBACK = new Set(["127.0.0.1", "localhost", "[::1]"]);
const REDIRECTS = 20;

export class Fetching {
  /** @type {Asked[]} */
  asked = [];
  /** Addresses of the world and where they are here: https://tvox.example.com to http://127.0.0.1:1234. @type {Record<string, string>} */
  routes = {};
  /** Milliseconds of the host's clock that each request takes. */
  latency = 0;
  #agent = new http.Agent({ keepAlive: true, maxSockets: 64 });

  /** @param {import("./clock.js").Clock} clock */
  constructor(clock) {
    this.clock = clock;
    this.quota = new Quota(clock, LIMITS.fetchCalls, "Service invoked too many times for one day: urlfetch.");
  }

  /** @param {Execution} execution @param {Request} request @returns {Promise<Answer>} */
  async fetch(execution, request) {
    return this.#judged(request, await this.#answered(execution, request));
  }

  /** All at the same time. @param {Execution} execution @param {Request[]} requests @returns {Promise<Answer[]>} */
  async fetchAll(execution, requests) {
    const answers = await Promise.all(requests.map((one) => this.#exchanged(execution, one)));
    await this.#lasted(execution, requests[0]);
    return answers.map((answer, place) => this.#judged(/** @type {Request} */ (requests[place]), answer));
  }

  /** @param {Execution} execution @param {Request} request */
  async #answered(execution, request) {
    const answer = await this.#exchanged(execution, request);
    await this.#lasted(execution, request);
    return answer;
  }

  /** @param {Execution} execution @param {Request | undefined} request */
  async #lasted(execution, request) {
    if (!this.latency || !request) return;
    await this.clock.pause(execution, this.clock.now + Math.min(this.latency, LIMITS.fetchTime));
    if (this.latency >= LIMITS.fetchTime) throw new Fault(`Timeout: ${request.url}`);
  }

  /** @param {Request} request @param {Answer} answer @returns {Answer} */
  #judged(request, answer) {
    if (answer.status < 400 || request.muteHttpExceptions) return answer;
    const text = new TextDecoder().decode(answer.body);
    const most = LIMITS.fetchExcerpt;
    const excerpt = text.length > most + 3 ? `${text.slice(0, most)}...` : text;
    throw new Fault(
      `Request failed for ${new URL(request.url).origin} returned code ${answer.status}. Truncated server response: ` +
        `${excerpt} (use muteHttpExceptions option to examine full response)`,
    );
  }

  /** @param {Execution} execution @param {Request} request @returns {Promise<Answer>} */
  async #exchanged(execution, request) {
    checked(request);
    this.quota.spend();
    let { url, method, payload } = request;
    for (let hop = 0; hop <= REDIRECTS; hop++) {
      const answer = await this.#sent({ ...request, url, method, payload });
      const { status } = answer;
      const headers = Object.keys(request.headers);
      this.asked.push({
        method: method.toUpperCase(),
        url,
        headers,
        status,
        execution: execution.id,
        function: execution.functionName,
      });
      const location = answer.headers.find(([name]) => name.toLowerCase() === "location")?.[1];
      if (!request.followRedirects || !location || ![301, 302, 303, 307, 308].includes(status)) return answer;
      url = new URL(location, url).href;
      if (status < 307 && method !== "get") [method, payload] = ["get", null];
    }
    throw new Fault(`Too many redirects: ${request.url}`);
  }

  /** @param {Request} request @returns {Promise<Answer>} */
  #sent({ url, method, headers, payload, contentType }) {
    const address = new URL(url);
    const route = this.routes[address.origin];
    const host = route ? new URL(route) : address;
    if (!LOOPBACK.has(host.hostname) || host.protocol !== "http:") throw new Fault(`DNS error: ${url}`);
    const sent = {
      "User-Agent": "Mozilla/5.0 (compatible; Google-Apps-Script; beanserver; +https://script.google.com; id: host)",
      "Accept-Encoding": "gzip, deflate, br",
      ...headers,
      ...(contentType ? { "Content-Type": contentType } : {}),
      ...(payload ? { "Content-Length": String(payload.byteLength) } : {}),
      Host: address.host,
    };
    return new Promise((resolve, reject) => {
      const options = {
        agent: this.#agent,
        method: method.toUpperCase(),
        headers: sent,
        path: address.pathname + address.search,
      };
      const asking = http.request(
        { ...options, host: host.hostname.replace(/[[\]]/g, ""), port: host.port },
        (answer) => {
          /** @type {Buffer[]} */
          const parts = [];
          let size = 0;
          answer.on("data", (/** @type {Buffer} */ part) => {
            parts.push(part);
            size += part.byteLength;
          });
          answer.on("aborted", () => reject(new Fault(`Address unavailable: ${url}`)));
          answer.on("end", () => {
            try {
              resolve({
                status: answer.statusCode ?? 0,
                headers: pairs(answer.rawHeaders),
                body: whole(parts, size, answer.headers["content-encoding"], url),
              });
            } catch (failure) {
              reject(failure);
            }
          });
        },
      );
      asking.on("error", () => reject(new Fault(`Address unavailable: ${url}`)));
      asking.end(payload ?? undefined);
    });
  }

  close() {
    this.#agent.destroy();
  }
}

/** @param {Buffer[]} parts @param {number} size @param {string | undefined} encoding @param {string} url */
function whole(parts, size, encoding, url) {
  const raw = Buffer.concat(parts, size);
  const opened =
    !raw.byteLength || !encoding
      ? raw
      : encoding === "gzip"
        ? zlib.gunzipSync(raw)
        : encoding === "br"
          ? zlib.brotliDecompressSync(raw)
          : zlib.inflateSync(raw);
  if (opened.byteLength > LIMITS.fetchResponse) throw new Fault(`Exceeded maximum response size: ${url}`);
  return new Uint8Array(opened);
}

/** @param {string[]} raw @returns {[string, string][]} */
function pairs(raw) {
  /** @type {[string, string][]} */
  const found = [];
  for (let place = 0; place + 1 < raw.length; place += 2) found.push([raw[place] ?? "", raw[place + 1] ?? ""]);
  return found;
}

/** @param {Request} request @throws {Fault} */
function checked({ url, headers, payload }) {
  if (!URL.canParse(url) || !/^https?:/i.test(url)) throw new Fault(`Invalid argument: ${url}`);
  if (Buffer.byteLength(url) > LIMITS.fetchUrl) throw new Fault("Limit Exceeded: URLFetch URL Length.");
  const names = Object.entries(headers);
  if (names.length > LIMITS.fetchHeaders) throw new Fault("Limit Exceeded: URLFetch Header Count.");
  const size = names.reduce((sum, [name, value]) => sum + name.length + value.length, 0);
  if (size > LIMITS.fetchHeaderBytes) throw new Fault("Limit Exceeded: URLFetch Header Size.");
  if (payload && payload.byteLength > LIMITS.fetchPayload) throw new Fault("Limit Exceeded: URLFetch POST Size.");
}
