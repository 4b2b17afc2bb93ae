/* JSON and CSV as Power Query reads them. */
import { MError, MRecord, MTable } from "./values.js";

/** @typedef {import("./values.js").Value} Value */

/** @param {Uint8Array} body @returns {Value} */
export function json(body) {
  return ofJson(JSON.parse(text(body)));
}

/** @param {unknown} found @returns {Value} */
export function ofJson(found) {
  if (Array.isArray(found)) return found.map(ofJson);
  if (typeof found === "object" && found !== null) {
    return MRecord.of(Object.entries(found).map(([name, value]) => [name, ofJson(value)]));
  }
  return /** @type {Value} */ (found);
}

/** @param {Uint8Array} body */
function text(body) {
  return new TextDecoder("utf-8", { fatal: true }).decode(body);
}

/** @type {Record<string, Value>} */
const CSV_OPTIONS = { Delimiter: ",", Encoding: 65001, QuoteStyle: 1 };

/**
 * Csv.Document for UTF-8 with commas, where line breaks may be quoted: every value a text, columns without names.
 * @param {Uint8Array} body @param {MRecord} options
 */
export async function csv(body, options) {
  for (const [name, value] of Object.entries(await options.all())) {
    if (CSV_OPTIONS[name] !== value)
      throw new MError(`${name} = ${value} is no option of Csv.Document that is known here`);
  }
  const rows = rowsOf(text(body));
  const width = rows[0]?.length ?? 0;
  if (rows.some((row) => row.length !== width)) throw new MError("rows of different lengths are not read here");
  const names = Array.from({ length: width }, (_, place) => `Column${place + 1}`);
  return MTable.untyped(names, rows);
}

const FIELD = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n|\n|$)/y;

/** Rows of fields (RFC 4180). @param {string} text */
function rowsOf(text) {
  /** @type {string[][]} */
  const rows = [];
  /** @type {string[]} */
  let row = [];
  for (FIELD.lastIndex = 0; FIELD.lastIndex < text.length || row.length;) {
    const at = FIELD.lastIndex;
    const match = FIELD.exec(text);
    if (!match) throw new MError(`the CSV is not well-formed at character ${at}`);
    row.push(match[1]?.replaceAll('""', '"') ?? match[2] ?? "");
    if (match[3] === ",") continue;
    rows.push(row);
    row = [];
  }
  return rows;
}
