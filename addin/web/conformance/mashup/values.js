/* The values of M. Null, logical, number, text and list are those of JavaScript; the others have classes. */
import { DateTime, DateTimeZone, MDate } from "./times.js";

/**
 * @typedef {null | boolean | number | string | List | MRecord | MTable | MFunction | MType | Binary | Time} Value
 * @typedef {Array<Value>} List
 * @typedef {Uint8Array} Binary
 * @typedef {DateTime | DateTimeZone | MDate | import("./times.js").Duration} Time
 * @typedef {{ name: string, type: MType }} Column
 * @typedef {(...values: any[]) => Value | Promise<Value>} Body
 * @typedef {{ name: string, type: MType, optional: boolean }} Parameter
 */

/** An error as M raises it: a reason and a message. */
export class MError extends Error {
  /** @param {string} message @param {string} [reason] */
  constructor(message, reason = "Expression.Error") {
    super(`${reason}: ${message}`);
  }
}

/** A value that is made when somebody asks for it, and only once. */
export class Lazy {
  /** @param {() => Promise<Value>} make */
  constructor(make) {
    this.make = make;
    this.begun = false;
    /** @type {(() => Value) | undefined} gives what came of it, or throws it again */
    this.outcome = undefined;
  }

  /** @param {Value} value */
  static of(value) {
    return new Lazy(() => Promise.resolve(value));
  }

  /** @returns {Promise<Value>} */
  async get() {
    if (this.outcome) return this.outcome();
    // One thing is evaluated after the other: who asks for what has begun is asked for by it.
    if (this.begun) throw new MError("A cyclic reference was encountered during evaluation.");
    this.begun = true;
    try {
      const value = await this.make();
      this.outcome = () => value;
    } catch (failure) {
      this.outcome = () => {
        throw failure;
      };
    }
    return this.outcome();
  }
}

export class MRecord {
  /** @param {Map<string, Lazy>} fields */
  constructor(fields) {
    this.fields = fields;
  }

  /** @param {Iterable<[string, Value]>} entries */
  static of(entries) {
    return new MRecord(new Map([...entries].map(([name, value]) => [name, Lazy.of(value)])));
  }

  /** A field that may not have been evaluated. @param {string} name */
  lazily(name) {
    const found = this.fields.get(name);
    if (!found) throw new MError(`The field '${name}' of the record wasn't found.`);
    return found;
  }

  /** @param {string} name @returns {Promise<Value>} */
  async field(name) {
    return this.lazily(name).get();
  }

  /** @returns {Promise<Record<string, Value>>} */
  async all() {
    const names = [...this.fields.keys()];
    /** @type {Record<string, Value>} */
    const found = {};
    for (const name of names) found[name] = await this.field(name);
    return found;
  }
}

export class MType {
  /** @param {string} name a primitive type @param {boolean} [nullable] @param {string} [facet] such as Int64.Type */
  constructor(name, nullable = false, facet = "") {
    this.name = name;
    this.nullable = nullable || name === "any" || name === "null";
    this.facet = facet;
  }

  toString() {
    const name = this.facet || this.name;
    return this.nullable && name !== "any" && name !== "null" ? `nullable ${name}` : name;
  }
}

export const ANY = new MType("any");

/** Columns, and rows that are read when they are needed. */
export class MTable {
  /** @param {Column[]} columns @param {() => Promise<Value[][]>} load */
  constructor(columns, load) {
    this.columns = columns;
    this.load = load;
    /** @type {Promise<Value[][]> | undefined} */
    this.read = undefined;
  }

  /** @param {Column[]} columns @param {Value[][]} rows */
  static of(columns, rows) {
    return new MTable(columns, () => Promise.resolve(rows));
  }

  /** @param {string[]} names @param {Value[][]} rows */
  static untyped(names, rows) {
    return MTable.of(
      names.map((name) => ({ name, type: ANY })),
      rows,
    );
  }

  get names() {
    return this.columns.map(({ name }) => name);
  }

  /** @param {string} name */
  place(name) {
    const found = this.names.indexOf(name);
    if (found < 0) throw new MError(`The column '${name}' of the table wasn't found.`);
    return found;
  }

  rows() {
    this.read ??= this.load();
    return this.read;
  }

  async records() {
    const rows = await this.rows();
    return rows.map((row) => MRecord.of(this.names.map((name, place) => [name, row[place] ?? null])));
  }

  /** @param {string[]} names @returns {MTable} */
  selectColumns(names) {
    const places = names.map((name) => this.place(name));
    const columns = places.map((place) => /** @type {Column} */ (this.columns[place]));
    const load = async () => (await this.rows()).map((row) => places.map((place) => row[place] ?? null));
    return new MTable(columns, load);
  }

  /** @param {MFunction} condition @returns {Promise<MTable>} */
  async selectRows(condition) {
    const [rows, records] = [await this.rows(), await this.records()];
    const kept = [];
    for (const [place, record] of records.entries()) {
      if (ascribed(await condition.call([record]), new MType("logical")))
        kept.push(/** @type {Value[]} */ (rows[place]));
    }
    return MTable.of(this.columns, kept);
  }
}

/** A function; one that a text wrote has its expression too, for a source may read it rather than call it. */
export class MFunction {
  /**
   * @param {Parameter[]} parameters @param {MType} result @param {Body} body
   * @param {{ expression: import("./syntax.js").Node, scope: import("./scope.js").Scope<Lazy> }} [written]
   */
  constructor(parameters, result, body, written) {
    this.parameters = parameters;
    this.result = result;
    this.body = body;
    this.written = written;
  }

  /** @param {Value[]} given @returns {Promise<Value>} */
  async call(given) {
    const required = this.parameters.filter(({ optional }) => !optional).length;
    if (given.length < required || given.length > this.parameters.length) {
      const names = this.parameters.map(({ name }) => name).join(", ");
      throw new MError(`${given.length} arguments were passed to a function which expects (${names}).`);
    }
    const values = this.parameters.map(({ optional, type }, place) => {
      const value = given[place] ?? null;
      return optional && value === null ? value : ascribed(value, type);
    });
    return ascribed(await this.body(...values), this.result);
  }
}

/** @param {Value} value @returns {string} */
export function kindOf(value) {
  if (value === null) return "null";
  if (Array.isArray(value)) return "list";
  if (typeof value === "boolean") return "logical";
  if (typeof value === "number") return "number";
  if (typeof value === "string") return "text";
  if (value instanceof MRecord) return "record";
  if (value instanceof MTable) return "table";
  if (value instanceof MFunction) return "function";
  if (value instanceof MType) return "type";
  if (value instanceof Uint8Array) return "binary";
  if (value instanceof DateTimeZone) return "datetimezone";
  if (value instanceof DateTime) return "datetime";
  return value instanceof MDate ? "date" : "duration";
}

/** Whether a value is of a type. @param {Value} value @param {MType} type */
export function isOf(value, type) {
  if (value === null) return type.nullable;
  return type.name === "any" || type.name === "anynonnull" || kindOf(value) === type.name;
}

/** @template {Value} T @param {T} value @param {MType} type */
export function ascribed(value, type) {
  if (isOf(value, type)) return value;
  throw new MError(`We cannot convert a value of type ${kindOf(value)} to type ${type}.`);
}
