/* CacheService, PropertiesService and LockService, as scripts call them. */
import { Fault } from "../cloud/faults.js";
import { Service } from "./membrane.js";

/** @typedef {import("./worker.js").Call} Call @typedef {import("../cloud/host.js").Holder} Holder */

class Stored extends Service {
  /** @param {Call} call @param {Holder} of */
  constructor(call, of) {
    super();
    this.call = call;
    this.of = of;
  }
}

export class Cache extends Stored {
  static service = "CacheService.Cache";
  static takes = {
    get: ["String"],
    getAll: ["String[]"],
    put: ["String,String", "String,String,Integer"],
    putAll: ["Object", "Object,Integer"],
    remove: ["String"],
    removeAll: ["String[]"],
  };

  /** @param {string} key */
  get(key) {
    return this.call("cache.get", this.of, [key])[key] ?? null;
  }

  /** @param {string[]} keys */
  getAll(keys) {
    return this.call("cache.get", this.of, keys);
  }

  /** @param {string} key @param {string} value @param {number} [seconds] */
  put(key, value, seconds) {
    this.call("cache.put", this.of, { [key]: value }, seconds);
  }

  /** @param {Record<string, string>} values @param {number} [seconds] */
  putAll(values, seconds) {
    this.call("cache.put", this.of, texts(values, "CacheService.Cache.putAll"), seconds);
  }

  /** @param {string} key */
  remove(key) {
    this.call("cache.remove", this.of, [key]);
  }

  /** @param {string[]} keys */
  removeAll(keys) {
    this.call("cache.remove", this.of, keys);
  }
}

export class Properties extends Stored {
  static service = "PropertiesService.Properties";
  static takes = {
    getProperty: ["String"],
    setProperty: ["String,String"],
    setProperties: ["Object", "Object,Boolean"],
    deleteProperty: ["String"],
  };

  /** @param {string} key */
  getProperty(key) {
    return this.call("properties.get", this.of, key);
  }

  getProperties() {
    return this.call("properties.all", this.of);
  }

  getKeys() {
    return Object.keys(this.call("properties.all", this.of));
  }

  /** @param {string} key @param {string} value */
  setProperty(key, value) {
    return this.setProperties({ [key]: value });
  }

  /** @param {Record<string, string>} values @param {boolean} [only] */
  setProperties(values, only = false) {
    this.call("properties.set", this.of, texts(values, "PropertiesService.Properties.setProperties"), only);
    return this;
  }

  /** @param {string} key */
  deleteProperty(key) {
    this.call("properties.remove", this.of, key);
    return this;
  }

  deleteAllProperties() {
    this.call("properties.remove", this.of, null);
    return this;
  }
}

export class Lock extends Stored {
  static service = "LockService.Lock";
  static takes = { tryLock: ["Integer"], waitLock: ["Integer"] };

  /** @param {number} milliseconds */
  tryLock(milliseconds) {
    return this.call("lock.take", this.of, milliseconds);
  }

  /** @param {number} milliseconds */
  waitLock(milliseconds) {
    if (!this.tryLock(milliseconds))
      throw new Fault("Lock timeout: another process was holding the lock for too long.");
  }

  hasLock() {
    return this.call("lock.has", this.of);
  }

  releaseLock() {
    this.call("lock.release", this.of);
  }
}

/** @param {Record<string, unknown>} values @param {string} method @returns {Record<string, string>} */
function texts(values, method) {
  for (const value of Object.values(values))
    if (typeof value !== "string")
      throw new Fault(`The parameters (${typeof value}) don't match the method signature for ${method}.`);
  return /** @type {Record<string, string>} */ (values);
}

export class CacheService extends Service {
  static service = "CacheService";
  #made;

  /** @param {Call} call */
  constructor(call) {
    super();
    this.#made = made(Cache, call);
  }

  getDocumentCache() {
    return this.#made.document;
  }

  getScriptCache() {
    return this.#made.script;
  }

  getUserCache() {
    return this.#made.user;
  }
}

export class PropertiesService extends Service {
  static service = "PropertiesService";
  #made;

  /** @param {Call} call */
  constructor(call) {
    super();
    this.#made = made(Properties, call);
  }

  getDocumentProperties() {
    return this.#made.document;
  }

  getScriptProperties() {
    return this.#made.script;
  }

  getUserProperties() {
    return this.#made.user;
  }
}

export class LockService extends Service {
  static service = "LockService";
  #made;

  /** @param {Call} call */
  constructor(call) {
    super();
    this.#made = made(Lock, call);
  }

  getDocumentLock() {
    return this.#made.document;
  }

  getScriptLock() {
    return this.#made.script;
  }

  getUserLock() {
    return this.#made.user;
  }
}

/** @template {Stored} S @param {new (call: Call, of: Holder) => S} of @param {Call} call @returns {Record<Holder, S>} */
function made(of, call) {
  return { document: new of(call, "document"), script: new of(call, "script"), user: new of(call, "user") };
}
