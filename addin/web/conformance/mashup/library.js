/*
 * The functions and values of the standard library that are known here, each with the signature that Microsoft's
 * documentation gives it (learn.microsoft.com/powerquery-m) or a narrower one: what else an argument may be is an error.
 */
import { converted } from "./conversion.js";
import { csv, json } from "./documents.js";
import { feed } from "./odata.js";
import { equal } from "./operators.js";
import { webContents } from "./service.js";
import { DateTime, DateTimeZone, Duration, inFormat, MDate, monthsLater, readIso, ticksOf, zoned } from "./times.js";
import { ticksOfDuration } from "./times.js";
import { declared } from "./typing.js";
import { ascribed, Lazy, MError, MRecord, MTable, MType } from "./values.js";

/**
 * @typedef {import("./values.js").Value} Value
 * @typedef {import("./values.js").MFunction} MFunction
 * @typedef {import("./service.js").Service} Service
 */

const USE_NULL = 2;
const LOGICAL = new MType("logical");

/** @type {Record<string, Value>} */
const VALUES = {
  "Int64.Type": new MType("number", false, "Int64.Type"),
  "MissingField.Error": 0,
  "MissingField.UseNull": USE_NULL,
  "ODataOmitValues.Nulls": "nulls",
  "QuoteStyle.Csv": 1,
};

/** @type {Record<string, import("./values.js").Body>} */
const LISTS = {
  "List.Contains(list as list, value as any) as logical": async (list, value) => {
    for (const one of list) if (await equal(one, value)) return true;
    return false;
  },
  "List.Select(list as list, selection as function) as list": async (list, selection) => {
    const kept = [];
    for (const one of list) if (ascribed(await selection.call([one]), LOGICAL)) kept.push(one);
    return kept;
  },
  "List.Transform(list as list, transform as function) as list": async (list, transform) => {
    const found = [];
    for (const one of list) found.push(await transform.call([one]));
    return found;
  },
  "Text.Combine(texts as list, optional separator as nullable text) as text": (texts, separator) =>
    texts.filter((/** @type {Value} */ text) => text !== null).join(separator ?? ""),
};

/** @type {Record<string, import("./values.js").Body>} */
const RECORDS = {
  "Record.Field(record as record, field as text) as any": (record, field) => record.field(field),
  "Record.FieldNames(record as record) as list": (record) => [...record.fields.keys()],
  "Record.SelectFields(record as record, fields as any) as record": async (record, fields) => {
    const names = Array.isArray(fields) ? fields : [fields];
    return new MRecord(new Map(names.map((name) => [name, record.lazily(name)])));
  },
};

/** @type {Record<string, import("./values.js").Body>} */
const TABLES = {
  "Table.ColumnNames(table as table) as list": (table) => table.names,
  "Table.Combine(tables as list) as table": async (tables) => {
    const names = [...new Set(tables.flatMap((/** @type {MTable} */ table) => table.names))];
    const rows = [];
    for (const table of tables) {
      const places = names.map((name) => table.names.indexOf(name));
      for (const row of await table.rows()) rows.push(places.map((place) => row[place] ?? null));
    }
    return MTable.untyped(names, rows);
  },
  "Table.FromRecords(records as list, optional columns as any, optional missingField as nullable number) as table":
    async (records, columns, missing) => {
      const names = columns ?? [...(records[0]?.fields.keys() ?? [])];
      const rows = [];
      for (const record of records) {
        const row = [];
        for (const name of names) {
          const isMissing = missing === USE_NULL && !record.fields.has(name);
          row.push(isMissing ? null : await record.field(name));
        }
        rows.push(row);
      }
      return MTable.untyped(names, rows);
    },
  "Table.PromoteHeaders(table as table, optional options as nullable record) as table": async (table) => {
    const [first = [], ...rows] = await table.rows();
    if (first.some((/** @type {Value} */ name) => typeof name !== "string" || name === "")) {
      throw new MError("a header that is no text is not promoted here");
    }
    if (new Set(first).size !== first.length) throw new MError("two headers that are the same");
    return MTable.untyped(first, rows);
  },
  "Table.ReplaceValue(table as table, oldValue as any, newValue as any, replacer as function, columnsToSearch as list) as table":
    async (table, oldValue, newValue, replacer, columns) => {
      if ([oldValue, newValue].some((value) => typeof value === "object" && value !== null)) {
        throw new MError("values that each row makes are not replaced here");
      }
      const places = new Set(columns.map((/** @type {string} */ name) => table.place(name)));
      const rows = [];
      for (const row of await table.rows()) {
        const replaced = [...row];
        for (const place of places) replaced[place] = await replacer.call([row[place] ?? null, oldValue, newValue]);
        rows.push(replaced);
      }
      return MTable.of(table.columns, rows);
    },
  "Table.SelectColumns(table as table, columns as any) as table": (table, columns) =>
    table.selectColumns(Array.isArray(columns) ? columns : [columns]),
  "Table.SelectRows(table as table, condition as function) as table": (table, condition) => table.selectRows(condition),
  "Table.ToRecords(table as table) as list": (table) => table.records(),
  "Table.TransformColumnTypes(table as table, typeTransformations as list, optional culture as nullable text) as table":
    async (table, transformations, culture) => {
      if (culture !== "en-US") throw new MError("only the culture en-US is known here");
      const types = new Map(
        transformations.map((/** @type {[string, MType]} */ [name, type]) => [table.place(name), type]),
      );
      const columns = table.columns.map(
        (/** @type {import("./values.js").Column} */ column, /** @type {number} */ place) => ({
          ...column,
          type: types.get(place) ?? column.type,
        }),
      );
      const rows = await table.rows();
      return MTable.of(
        columns,
        rows.map((/** @type {Value[]} */ row) =>
          row.map((value, place) => (types.has(place) ? converted(value, columns[place].type) : value)),
        ),
      );
    },
  "Replacer.ReplaceValue(value as any, old as any, new as any) as any": async (value, old, replacement) =>
    (await equal(value, old)) ? replacement : value,
};

/** @type {Record<string, import("./values.js").Body>} */
const TIMES = {
  "#date(year as number, month as number, day as number) as date": (year, month, day) =>
    new MDate(ticksOf(year, month, day)),
  "#datetime(year as number, month as number, day as number, hour as number, minute as number, second as number) as datetime":
    (...parts) => new DateTime(ticksOf(.../** @type {[number, number, number]} */ (parts))),
  "#datetimezone(year as number, month as number, day as number, hour as number, minute as number, second as number, offsetHours as number, offsetMinutes as number) as datetimezone":
    (year, month, day, hour, minute, second, hours, minutes) =>
      zoned(ticksOf(year, month, day, hour, minute, second), hours * 60 + minutes),
  "#duration(days as number, hours as number, minutes as number, seconds as number) as duration": (
    days,
    hours,
    minutes,
    seconds,
  ) => new Duration(ticksOfDuration(days, hours, minutes, seconds)),
  "Date.AddMonths(dateTime as any, numberOfMonths as number) as any": (moment, months) => {
    const minute = 600_000_000n;
    if (moment instanceof DateTime) return new DateTime(monthsLater(moment.ticks, months));
    if (moment instanceof MDate) return new MDate(monthsLater(moment.ticks, months));
    ascribed(moment, new MType("datetimezone"));
    const written = moment.ticks + BigInt(moment.minutes) * minute;
    return zoned(monthsLater(written, months), moment.minutes);
  },
  "DateTime.ToText(dateTime as nullable datetime, optional options as any) as nullable text": async (
    moment,
    options,
  ) => {
    const { Format: format, Culture: culture } = options instanceof MRecord ? await options.all() : {};
    if (typeof format !== "string" || culture !== "en-US") throw new MError("only a Format of en-US is known here");
    return moment && inFormat(moment.ticks, format);
  },
  // The offset of the local time zone: online, as Power BI's service refreshes, that is UTC.
  "DateTimeZone.From(value as any) as nullable datetimezone": (value) => {
    if (value === null || value instanceof DateTimeZone) return value;
    if (value instanceof DateTime || value instanceof MDate) return zoned(value.ticks, 0);
    throw new MError("only dates and times are made a datetimezone here");
  },
};

/**
 * All of it, for texts that ask this service.
 * @param {Service} service @param {string} now what the clock says, in ISO 8601
 * @returns {Map<string, Lazy>}
 */
export function library(service, now) {
  /** @type {Record<string, import("./values.js").Body>} */
  const sources = {
    "Csv.Document(source as binary, columns as record) as table": csv,
    "DateTimeZone.FixedUtcNow() as datetimezone": () => zoned(readIso(now).ticks, 0),
    "Json.Document(jsonText as binary) as any": json,
    "OData.Feed(serviceUri as text, optional headers as nullable record, optional options as any) as any": (
      address,
      headers,
      options,
    ) => feed(service, address, headers, options),
    "Web.Contents(url as text, optional options as nullable record) as binary": (url, options) =>
      webContents(service, url, options),
  };
  const functions = [LISTS, RECORDS, TABLES, TIMES, sources].flatMap((group) => Object.entries(group));
  const values = Object.entries(VALUES).map(([name, value]) => /** @type {const} */ ([name, Lazy.of(value)]));
  return new Map([...values, ...functions.map(([signature, body]) => declared(signature, body))]);
}
