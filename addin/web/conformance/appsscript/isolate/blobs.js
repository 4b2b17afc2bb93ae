/* Blobs, and the bytes of Apps Script: signed, from -128 to 127. */
import { Service } from "./membrane.js";

/** @param {number[]} bytes signed or not */
export const octets = (bytes) => Buffer.from(bytes.map((byte) => byte & 0xff));

/** @param {Uint8Array} bytes */
export const signed = (bytes) => [...new Int8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength)];

/** @param {string} charset */
export function encodingOf(charset) {
  const name = charset.toLowerCase().replaceAll("_", "-");
  if (name === "us-ascii") return "ascii";
  return /^(iso-8859-1|latin-?1)$/.test(name) ? "latin1" : /^utf-?16/.test(name) ? "utf16le" : "utf8";
}

export class Blob extends Service {
  static service = "Utilities.Blob";
  static takes = {
    getDataAsString: ["", "String"],
    setBytes: ["Byte[]"],
    setContentType: ["String?"],
    setDataFromString: ["String", "String,String"],
    setName: ["String"],
  };

  /** @param {Uint8Array} bytes @param {string | null} type @param {string | null} name */
  constructor(bytes, type = null, name = null) {
    super();
    this.bytes = bytes;
    this.type = type;
    this.name = name;
  }

  getBytes() {
    return signed(this.bytes);
  }

  /** @param {string} [charset] */
  getDataAsString(charset = "UTF-8") {
    return Buffer.from(this.bytes).toString(encodingOf(charset));
  }

  getContentType() {
    return this.type;
  }

  getName() {
    return this.name;
  }

  copyBlob() {
    return new Blob(this.bytes, this.type, this.name);
  }

  isGoogleType() {
    return false;
  }

  /** @param {number[]} bytes */
  setBytes(bytes) {
    this.bytes = octets(bytes);
    return this;
  }

  /** @param {string | null} type */
  setContentType(type) {
    this.type = type;
    return this;
  }

  /** @param {string} text @param {string} [charset] */
  setDataFromString(text, charset = "UTF-8") {
    this.bytes = Buffer.from(text, encodingOf(charset));
    return this;
  }

  /** @param {string} name */
  setName(name) {
    this.name = name;
    return this;
  }
}
