/* Utilities, as scripts call it. */
import crypto from "node:crypto";
import zlib from "node:zlib";
import { Fault } from "../cloud/faults.js";
import { LIMITS } from "../cloud/limits.js";
import { Blob, encodingOf, octets, signed } from "./blobs.js";
import { formatted, parsed } from "./dates.js";
import { constants, Service } from "./membrane.js";

/** @typedef {import("./worker.js").Call} Call @typedef {import("./membrane.js").Constant} Constant */

const DIGESTS = constants("MD2", "MD5", "SHA_1", "SHA_256", "SHA_384", "SHA_512");
const MACS = constants("HMAC_MD5", "HMAC_SHA_1", "HMAC_SHA_256", "HMAC_SHA_384", "HMAC_SHA_512");
const CHARSETS = constants("US_ASCII", "UTF_8");

/** @param {string | number[]} data @param {Constant} [charset] */
const bytesOf = (data, charset) =>
  typeof data === "string" ? Buffer.from(data, encodingOf(charset?.name() ?? "UTF-8")) : octets(data);

const TEXT = ["String", "String,Any", "Byte[]"];

export class Utilities extends Service {
  static service = "Utilities";
  static takes = {
    formatDate: ["Date,String,String"],
    parseDate: ["String,String,String"],
    formatString: ["..."],
    sleep: ["Integer"],
    base64Encode: TEXT,
    base64EncodeWebSafe: TEXT,
    base64Decode: ["String", "String,Any"],
    base64DecodeWebSafe: ["String", "String,Any"],
    computeDigest: ["Any,String", "Any,String,Any", "Any,Byte[]"],
    computeHmacSha256Signature: ["String,String", "String,String,Any", "Byte[],Byte[]"],
    computeHmacSignature: ["Any,String,String", "Any,String,String,Any", "Any,Byte[],Byte[]"],
    gzip: ["Blob", "Blob,String"],
    ungzip: ["Blob"],
    newBlob: ["String", "Byte[]", "String,String", "Byte[],String", "String,String,String", "Byte[],String,String"],
    parseCsv: ["String", "String,String"],
  };
  DigestAlgorithm = DIGESTS;
  MacAlgorithm = MACS;
  Charset = CHARSETS;
  #call;

  /** @param {Call} call */
  constructor(call) {
    super();
    this.#call = call;
  }

  /** @param {Date} date @param {string} zone @param {string} pattern */
  formatDate(date, zone, pattern) {
    return formatted(date, zone, pattern);
  }

  /** @param {string} text @param {string} zone @param {string} pattern */
  parseDate(text, zone, pattern) {
    return parsed(text, zone, pattern);
  }

  /** @param {number} milliseconds */
  sleep(milliseconds) {
    if (milliseconds < 0 || milliseconds > LIMITS.sleep) throw new Fault("Argument out of range: milliseconds");
    this.#call("sleep", milliseconds);
  }

  /** @param {string | number[]} data @param {Constant} [charset] */
  base64Encode(data, charset) {
    return bytesOf(data, charset).toString("base64");
  }

  /** Web-safe, and with its padding. @param {string | number[]} data @param {Constant} [charset] */
  base64EncodeWebSafe(data, charset) {
    return this.base64Encode(data, charset).replaceAll("+", "-").replaceAll("/", "_");
  }

  /** @param {string} text */
  base64Decode(text) {
    if (/[^A-Za-z0-9+/=\s]/.test(text)) throw new Fault("Could not decode string.");
    return signed(Buffer.from(text, "base64"));
  }

  /** @param {string} text */
  base64DecodeWebSafe(text) {
    if (/[^A-Za-z0-9_\-=\s]/.test(text)) throw new Fault("Could not decode string.");
    return signed(Buffer.from(text, "base64url"));
  }

  /** @param {Constant} algorithm @param {string | number[]} data @param {Constant} [charset] */
  computeDigest(algorithm, data, charset) {
    const name = algorithm.name().replace("_", "").toLowerCase();
    return signed(crypto.createHash(name).update(bytesOf(data, charset)).digest());
  }

  /** @param {string | number[]} data @param {string | number[]} key @param {Constant} [charset] */
  computeHmacSha256Signature(data, key, charset) {
    return this.computeHmacSignature(MACS.HMAC_SHA_256, data, key, charset);
  }

  /** @param {Constant} algorithm @param {string | number[]} data @param {string | number[]} key @param {Constant} [charset] */
  computeHmacSignature(algorithm, data, key, charset) {
    const name = algorithm.name().replace("HMAC_", "").replace("_", "").toLowerCase();
    return signed(crypto.createHmac(name, bytesOf(key, charset)).update(bytesOf(data, charset)).digest());
  }

  getUuid() {
    return crypto.randomUUID();
  }

  /** @param {Blob} blob @param {string} [name] */
  gzip(blob, name) {
    return new Blob(zlib.gzipSync(blob.bytes), "application/x-gzip", name ?? `${blob.name ?? "archive"}.gz`);
  }

  /** @param {Blob} blob */
  ungzip(blob) {
    try {
      return new Blob(zlib.gunzipSync(blob.bytes), null, blob.name);
    } catch {
      throw new Fault("Could not decompress gzip.");
    }
  }

  /** @param {string | number[]} data @param {string} [type] @param {string} [name] */
  newBlob(data, type, name) {
    return new Blob(bytesOf(data), type ?? (typeof data === "string" ? "text/plain" : null), name ?? null);
  }

  /** @param {string} pattern @param {...unknown} values */
  formatString(pattern, ...values) {
    const left = [...values];
    return String(pattern).replace(/%(0?)(\d*)(?:\.(\d+))?([sdf%])/g, (_, zero, width, places, kind) => {
      if (kind === "%") return "%";
      const value = left.shift();
      const text = kind === "s" ? String(value) : Number(value).toFixed(kind === "d" ? 0 : Number(places ?? 6));
      return text.padStart(Number(width || 0), zero || " ");
    });
  }

  /** @param {string} text @param {string} [separator] */
  parseCsv(text, separator = ",") {
    /** @type {string[][]} */
    const lines = [[]];
    const pattern = new RegExp(`(?:"((?:[^"]|"")*)"|([^"${separator}\\r\\n]*))(${separator}|\\r?\\n|$)`, "y");
    while (pattern.lastIndex < text.length) {
      const match = pattern.exec(text);
      if (!match) throw new Fault("Could not parse text.");
      lines.at(-1)?.push(match[1]?.replaceAll('""', '"') ?? match[2] ?? "");
      if (match[3]?.endsWith("\n") && pattern.lastIndex < text.length) lines.push([]);
    }
    return lines;
  }
}
