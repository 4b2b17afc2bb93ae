/* What is read from cells and written into them, as scripts, persons and formulas do. */
import { Fault } from "../cloud/faults.js";
import { LIMITS } from "../cloud/limits.js";
import { displayed, isDate } from "./formats.js";
import { typed } from "./typing.js";
import { fieldsOf, momentOfSerial, serialOf, shown } from "./zones.js";

/**
 * @typedef {import("./workbook.js").Workbook} Workbook
 * @typedef {import("./workbook.js").Cell} Cell
 * @typedef {import("./workbook.js").Area} Area
 * @typedef {string | number | boolean | Date} Scripted what scripts read of a cell: "" for an empty one
 */

/** @param {Workbook} workbook @param {Cell | undefined} cell @returns {Scripted} */
export function scripted(workbook, cell) {
  if (!cell) return "";
  if (cell.error) return cell.error;
  const { value, format } = cell;
  if (value === null) return "";
  return typeof value === "number" && isDate(format) ? new Date(momentOfSerial(value, workbook.zone)) : value;
}

/** @param {Workbook} workbook @param {Cell | undefined} cell */
export const shownOf = (workbook, cell) =>
  cell ? cell.error || displayed(cell.value, cell.format, workbook.locale) : "";

/**
 * A rectangle of what `each` says of a cell.
 * @template T @param {Area} area @param {(cell: Cell | undefined) => T} each @returns {T[][]}
 */
export function rectangle({ sheet, row, column, rows, columns }, each) {
  return Array.from({ length: rows }, (_, down) =>
    Array.from({ length: columns }, (_, across) => each(sheet.cell(row + down, column + across))),
  );
}

/** @param {Workbook} workbook @param {Cell} cell what is there goes, with what it has spilled */
export function emptied(workbook, cell) {
  unspill(cell);
  if (cell.spilledFrom) cell.spilledFrom.stale = true;
  Object.assign(cell, { stale: true, value: null, formula: "", error: "", said: "", spilledFrom: null, quoted: false });
  workbook.changed();
}

/** @param {Cell} from what it has spilled goes */
export function unspill(from) {
  for (const cell of from.spilled)
    if (cell.spilledFrom === from) Object.assign(cell, { value: null, spilledFrom: null, error: "" });
  from.spilled = [];
}

/** @param {Workbook} workbook @param {Date} date */
const dateFormat = ({ zone, locale }, date) =>
  fieldsOf(serialOf(date.getTime(), zone)).getTime() % 86_400_000 ? `${locale.date} ${locale.time}` : locale.date;

/**
 * A value of a script's into a cell: a text as if somebody had typed it.
 * @param {Workbook} workbook @param {Cell} cell @param {unknown} value @param {number} now
 */
export function put(workbook, cell, value, now) {
  emptied(workbook, cell);
  if (value === null || value === undefined || value === "") return;
  if (value instanceof Date) return date(workbook, cell, value);
  if (typeof value === "number" || typeof value === "boolean") {
    // A cell of plain text shows a number as text, and is one from then on.
    cell.value = typeof value === "number" && !Number.isFinite(value) ? null : value;
    if (typeof value === "number" && !Number.isFinite(value)) cell.error = "#NUM!";
    return;
  }
  const text = String(value);
  if (text.length > LIMITS.cellCharacters) throw new Fault(tooLong);
  const year = new Date(shown(now, workbook.zone)).getUTCFullYear();
  const found = typed(text, cell.format, workbook.locale, year);
  cell.value = found.formula === undefined ? found.value : null;
  cell.formula = found.formula ?? "";
  cell.quoted = found.quoted ?? false;
  // A format that is there stays, but one of a date is put where the general one was.
  if (found.format && !cell.format) cell.format = found.format;
}

export const tooLong = `Your input contains more than the maximum of ${LIMITS.cellCharacters} characters in a single cell.`;

/**
 * A result of a custom function into a cell: texts stay texts.
 * @param {Workbook} workbook @param {Cell} cell @param {unknown} value as `asResult` has it
 */
export function result(workbook, cell, value) {
  cell.error = "";
  if (value instanceof Date) return date(workbook, cell, value);
  if (typeof value === "number" && !Number.isFinite(value)) {
    cell.value = null;
    cell.error = "#NUM!";
  } else cell.value = value === undefined || value === "" ? null : /** @type {import("./workbook.js").Plain} */ (value);
}

/** @param {Workbook} workbook @param {Cell} cell @param {Date} value */
function date(workbook, cell, value) {
  if (Number.isNaN(value.getTime())) {
    cell.value = null;
    cell.error = "#NUM!";
    return;
  }
  cell.value = serialOf(value.getTime(), workbook.zone);
  if (!isDate(cell.format) && cell.format !== "@") cell.format = dateFormat(workbook, value);
}

/** @param {unknown} values @param {number} rows @param {number} columns @throws {Fault} where they do not fit */
export function fitting(values, rows, columns) {
  const lines = /** @type {unknown[][]} */ (values);
  if (lines.length !== rows)
    throw new Fault(
      `The number of rows in the data does not match the number of rows in the range. The data has ${lines.length} but the range has ${rows}.`,
    );
  const odd = lines.find((line) => line.length !== columns);
  if (odd)
    throw new Fault(
      `The number of columns in the data does not match the number of columns in the range. The data has ${odd.length} but the range has ${columns}.`,
    );
  return lines;
}
