/*
 * OData.Feed, version 4: the service's sets as a navigation table, each set a table whose columns and rows are asked
 * for when they are needed. What selects columns or rows becomes part of the question; what cannot is an error here,
 * where Power Query would bring everything and go on by itself.
 */
import csdl from "odata-csdl";
import { folded } from "./folding.js";
import { queryString } from "./service.js";
import { MDate, readIso, zoned } from "./times.js";
import { ANY, isOf, MError, MRecord, MTable, MType } from "./values.js";

/**
 * @typedef {import("./values.js").Value} Value
 * @typedef {import("./values.js").MFunction} MFunction
 * @typedef {import("./service.js").Service} Service
 * @typedef {Record<string, string | boolean>} Described
 * @typedef {Record<string, Record<string, Described>>} Schema
 * @typedef {{ service: Service, root: URL, keyName: string, omitsNulls: boolean }} Feed
 */

const ACCEPTED =
  "application/json;odata.metadata=minimal;q=1.0,application/json;odata=minimalmetadata;q=0.9," +
  "application/atomsvc+xml;q=0.8,application/atom+xml;q=0.8,application/xml;q=0.7,text/plain;q=0.7";

/** Characters of an address beyond which it fails: MaxUriLength, where nobody says otherwise. */
const LONGEST = 2048;

/** @type {Record<string, Value>} */
const REQUIRED = { Implementation: "2.0", ODataVersion: 4 };

/**
 * The navigation table of a service.
 * @param {Service} service @param {string} address @param {MRecord | null} headers @param {Value} options
 */
export async function feed(service, address, headers, options) {
  const given = options instanceof MRecord ? await options.all() : {};
  const { ApiKeyName: keyName, OmitValues: omitted = null, ...others } = given;
  const isOther = Object.keys({ ...REQUIRED, ...others }).some((name) => others[name] !== REQUIRED[name]);
  if (headers || isOther || typeof keyName !== "string" || (omitted ?? "nulls") !== "nulls") {
    throw new MError("other headers or options of OData.Feed are not known here");
  }
  const source = { service, root: new URL(address), keyName, omitsNulls: omitted !== null };
  const { value: listed } = await read(source, source.root);
  const types = await typesOf(source);
  const rows = /** @type {{ name: string, url: string }[]} */ (listed).map(({ name, url }) => {
    const properties = types.get(name);
    if (!properties) throw new MError(`the metadata has no set ${name}`);
    return [name, new FeedTable(source, url, properties, []), "table"];
  });
  return MTable.untyped(["Name", "Data", "Signature"], rows);
}

/** A set, or a part of it, that has not been asked for. */
class FeedTable extends MTable {
  /**
   * @param {Feed} source @param {string} url
   * @param {Map<string, MType>} properties @param {string[]} conditions
   */
  constructor(source, url, properties, conditions) {
    const columns = [...properties].map(([name, type]) => ({ name, type }));
    super(columns, () => ask(source, url, properties, conditions));
    this.parts = /** @type {const} */ ([source, url, properties, conditions]);
  }

  /** @override @param {string[]} names */
  selectColumns(names) {
    const [source, url, properties, conditions] = this.parts;
    const chosen = new Map(names.map((name) => [name, properties.get(name) ?? ANY]));
    names.forEach((name) => this.place(name));
    return new FeedTable(source, url, chosen, conditions);
  }

  /** @override @param {MFunction} condition */
  async selectRows(condition) {
    const [source, url, properties, conditions] = this.parts;
    return new FeedTable(source, url, properties, [...conditions, await folded(condition, this)]);
  }
}

/**
 * All rows, page by page.
 * @param {Feed} source @param {string} url
 * @param {Map<string, MType>} properties @param {string[]} conditions
 */
async function ask(source, url, properties, conditions) {
  const filter = conditions.length > 1 ? conditions.map((one) => `(${one})`).join(" and ") : conditions[0];
  const options = [filter && `$filter=${queryString([["", filter]]).slice(1)}`];
  options.push(`$select=${queryString([["", [...properties.keys()].join(",")]]).slice(1)}`);
  /** @type {URL | null} */
  let page = new URL(`${url}?${options.filter(Boolean).join("&")}`, source.root);
  const rows = [];
  while (page) {
    /** @type {Awaited<ReturnType<typeof read>>} */
    const { value, next } = await read(source, page);
    for (const entity of value) rows.push([...properties].map(([name, type]) => cell(entity, name, type, source)));
    page = next;
  }
  return rows;
}

/** @param {Feed} source @param {URL} address */
async function read(source, address) {
  const { service, root, keyName, omitsNulls } = source;
  if (!address.href.startsWith(root.href)) throw new MError(`${address.href} lies outside of the feed`);
  if (address.searchParams.has(keyName)) throw new MError("a link repeats the key");
  if (address.href.length > LONGEST) throw new MError(`an address of ${address.href.length} characters`);
  const headers = { Accept: ACCEPTED, "OData-MaxVersion": "4.0", ...(omitsNulls && { Prefer: "omit-values=nulls" }) };
  const answer = await service.get(address, keyName, headers);
  if (answer.headers.get("OData-Version") !== "4.0") throw new MError("the answer is not of OData 4.0");
  const page = JSON.parse(new TextDecoder().decode(answer.body));
  const link = page["@odata.nextLink"];
  return { value: /** @type {Record<string, unknown>[]} */ (page.value), next: link ? new URL(link) : null };
}

/** @param {Record<string, unknown>} entity @param {string} name @param {MType} type @param {Feed} source */
function cell(entity, name, type, { omitsNulls }) {
  const found = /** @type {Value} */ (entity[name]);
  if (found === undefined && omitsNulls && type.nullable) return null;
  const value = typeof found === "string" ? ofText(found, type) : found;
  if (value === undefined || !isOf(value, type)) throw new MError(`${name} is ${found}, which is no ${type}`);
  return value;
}

/** @param {string} text @param {MType} type @returns {Value} */
function ofText(text, type) {
  if (type.name === "text") return text;
  const { ticks, minutes } = readIso(text);
  return type.name === "datetimezone" ? zoned(ticks, minutes ?? 0) : new MDate(ticks);
}

/** @type {Record<string, [string, string?]>} */
const EDM = {
  "Edm.Boolean": ["logical"],
  "Edm.Date": ["date"],
  "Edm.DateTimeOffset": ["datetimezone"],
  "Edm.Double": ["number"],
  "Edm.Int32": ["number", "Int64.Type"],
  "Edm.Int64": ["number", "Int64.Type"],
  "Edm.String": ["text"],
};

/**
 * The properties of each set and their types, by the metadata.
 * @param {Feed} source
 */
async function typesOf({ service, root, keyName }) {
  const answer = await service.get(new URL("$metadata", root), keyName, {
    Accept: ACCEPTED,
    "OData-MaxVersion": "4.0",
  });
  const document = /** @type {Record<string, Schema>} */ (csdl.xml2json(Buffer.from(answer.body), { messages: [] }));
  const container = String(document.$EntityContainer);
  const [namespace, name] = [container.slice(0, container.lastIndexOf(".")), container.split(".").pop() ?? ""];
  const schema = document[namespace] ?? {};
  const sets = Object.entries(schema[name] ?? {}).filter(([, set]) => set.$Collection);
  return new Map(
    sets.map(([set, { $Type: type }]) => [set, propertiesOf(schema[String(type).split(".").pop() ?? ""])]),
  );
}

/** @param {Record<string, Described> | undefined} type */
function propertiesOf(type = {}) {
  if (type.$BaseType || type.$OpenType) throw new MError("open and derived types are not read here");
  const plain = Object.entries(type).filter(
    ([name, property]) => !/[$@]/.test(name) && property.$Kind !== "NavigationProperty",
  );
  return new Map(
    plain.map(([name, property]) => {
      const [kind, facet] = EDM[String(property.$Type ?? "Edm.String")] ?? [];
      if (!kind || property.$Collection) throw new MError(`the type of ${name} is not read here`);
      return [name, new MType(kind, property.$Nullable === true, facet)];
    }),
  );
}
