/*
 * What stands between a script's global scope and the services: values cross it as the script's own Dates, Arrays and
 * Errors (`instanceof` has to hold), services as objects with their documented methods and nothing else.
 *
 * A service is a class with `static service`, its name as Google's documentation says it, and `static takes`: the
 * parameters of each method that takes some, one string for each overload (`...` for whatever comes). Its fields that begin with a capital are its
 * constants.
 */
import { types } from "node:util";
import { Fault } from "../cloud/faults.js";
import { permitted } from "./permissions.js";

/**
 * @typedef {{ Date: DateConstructor, Array: ArrayConstructor, Object: ObjectConstructor, Error: ErrorConstructor,
 *   TypeError: ErrorConstructor }} Realm
 * @typedef {Record<string, string[]>} Takes
 */

/** Base of all that scripts call. */
export class Service {
  toString() {
    return documented(this).service.split(".").at(-1) ?? "";
  }
}

/** What a service's class says of itself. @param {Service} service */
function documented(service) {
  const { service: name = "", takes = {} } = /** @type {{ service?: string, takes?: Takes }} */ (service.constructor);
  return { service: name, takes };
}

/** A constant that is neither text nor number, as Google's enumerations are. */
export class Constant extends Service {
  #name;

  /** @param {string} name */
  constructor(name) {
    super();
    this.#name = name;
  }

  name() {
    return this.#name;
  }

  /** @override */
  toString() {
    return this.#name;
  }

  toJSON() {
    return this.#name;
  }
}

/** @template {string} N @param {N[]} names */
export function constants(...names) {
  return /** @type {Record<N, Constant>} */ (Object.fromEntries(names.map((name) => [name, new Constant(name)])));
}

export class Membrane {
  /** @type {WeakMap<object, object>} */
  #shown = new WeakMap();
  /** @type {WeakMap<object, Service>} */
  #meant = new WeakMap();

  /** @param {Realm} realm @param {import("../cloud/execution.js").Kind} kind @param {string[] | null} scopes */
  constructor(realm, kind, scopes) {
    this.realm = realm;
    this.kind = kind;
    this.scopes = scopes;
  }

  /** A value for the script. @param {any} value @returns {any} */
  out(value) {
    if (value === null || (typeof value !== "object" && typeof value !== "function")) return value;
    if (value instanceof Service) return this.#show(value);
    if (typeof value === "function") return value;
    if (types.isDate(value)) return new this.realm.Date(value.getTime());
    if (Array.isArray(value)) {
      const list = new this.realm.Array(value.length);
      for (let place = 0; place < value.length; place++) list[place] = this.out(value[place]);
      return list;
    }
    if (ArrayBuffer.isView(value))
      return this.out([...new Int8Array(value.buffer, value.byteOffset, value.byteLength)]);
    const made = new this.realm.Object();
    for (const [name, one] of Object.entries(value)) made[/** @type {keyof Object} */ (name)] = this.out(one);
    return made;
  }

  /** A value of the script's, for a service. @param {any} value @returns {any} */
  in(value) {
    if (value === null || typeof value !== "object") return value;
    const meant = this.#meant.get(value);
    if (meant) return meant;
    if (types.isDate(value)) return new Date(value.getTime());
    if (Array.isArray(value)) return Array.from(value, (one) => this.in(one));
    if (ArrayBuffer.isView(value) || Object.prototype.toString.call(value) !== "[object Object]") return value;
    return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, this.in(one)]));
  }

  /** @param {Service} service */
  #show(service) {
    const known = this.#shown.get(service);
    if (known) return known;
    const shown = new this.realm.Object();
    this.#shown.set(service, shown);
    this.#meant.set(shown, service);
    for (const [name, value] of Object.entries(service))
      if (/^[A-Z]/.test(name)) Object.defineProperty(shown, name, { value: this.out(value), enumerable: true });
    for (let of = service.constructor; of !== Function.prototype; of = Object.getPrototypeOf(of)) {
      for (const name of Object.getOwnPropertyNames(of.prototype)) {
        if (name === "constructor" || Object.hasOwn(shown, name)) continue;
        Object.defineProperty(shown, name, { value: this.#method(service, name) });
      }
    }
    return shown;
  }

  /** @param {Service} service @param {string} name */
  #method(service, name) {
    const of = documented(service);
    const method = /** @type {Record<string, (...args: unknown[]) => unknown>} */ (/** @type {unknown} */ (service))[
      name
    ];
    return (/** @type {unknown[]} */ ...given) => {
      try {
        permitted(of.service, name, this.kind, this.scopes);
        const args = given.map((one) => this.in(one));
        if (name !== "toString" && name !== "toJSON") checked(of, name, args);
        return this.out(method?.apply(service, args));
      } catch (failure) {
        throw this.#error(failure);
      }
    };
  }

  /** @param {unknown} failure */
  #error(failure) {
    if (!(failure instanceof Error)) return failure;
    const shown = new this.realm.Error(failure.message);
    // A fault of this host's own must not pass for one of Google's.
    shown.name = failure instanceof Fault ? failure.name : "HostError";
    return shown;
  }
}

/** @param {ReturnType<typeof documented>} of @param {string} method @param {unknown[]} args */
function checked(of, method, args) {
  const overloads = of.takes[method] ?? [""];
  for (const overload of overloads) {
    const wanted = overload.split(",").filter(Boolean);
    if (overload === "...") return;
    if (wanted.length === args.length && wanted.every((type, place) => fits(args[place], type.trim()))) return;
  }
  const given = args.map(typeName).join(",");
  throw new Fault(`The parameters (${given}) don't match the method signature for ${of.service}.${method}.`);
}

/** @param {unknown} value @param {string} type @returns {boolean} */
function fits(value, type) {
  if (type.endsWith("[]")) return Array.isArray(value) && value.every((one) => fits(one, type.slice(0, -2)));
  if (type.endsWith("?")) return value === null || fits(value, type.slice(0, -1));
  switch (type) {
    case "Any":
      return true;
    case "String":
      return typeof value === "string";
    case "Number":
      return typeof value === "number";
    case "Integer":
    case "Byte":
      return Number.isInteger(value);
    case "Boolean":
      return typeof value === "boolean";
    case "Date":
      return value instanceof Date;
    case "Object":
      return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Date);
    case "Constant":
      return value instanceof Constant;
    default:
      return value instanceof Service && documented(value).service.endsWith(type);
  }
}

/** @param {unknown} value @returns {string} */
function typeName(value) {
  if (value === null || value === undefined) return "null";
  if (Array.isArray(value)) return `${value.length ? typeName(value[0]) : "Object"}[]`;
  if (typeof value === "string") return "String";
  if (typeof value !== "object") return typeof value;
  return value instanceof Service ? documented(value).service : "(class)";
}
