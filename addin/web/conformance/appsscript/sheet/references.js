/* A1 notation, read and written. */
import { Fault } from "../cloud/faults.js";

/** @typedef {import("./workbook.js").Workbook} Workbook @typedef {import("./workbook.js").Sheet} Sheet */
/** @typedef {import("./workbook.js").Area} Area */

/** @param {number} column from 1 */
export function letters(column) {
  let text = "";
  for (let rest = column; rest > 0; rest = Math.floor((rest - 1) / 26))
    text = String.fromCharCode(65 + ((rest - 1) % 26)) + text;
  return text;
}

/** @param {string} text */
const columnOf = (text) => [...text.toUpperCase()].reduce((sum, mark) => sum * 26 + mark.charCodeAt(0) - 64, 0);

const PART = /^\$?([A-Za-z]{1,3})?\$?(\d+)?$/;

/**
 * The area that a reference means, or null if it is none.
 * @param {Workbook} workbook @param {Sheet} from the sheet of a reference that names none @param {string} text
 * @returns {Area | null}
 */
export function area(workbook, from, text) {
  const named = [...workbook.names].find(([name]) => name.toLowerCase() === text.toLowerCase());
  if (named) return named[1];
  const split = /^(?:'((?:[^']|'')+)'|([^!']+))!(.+)$/.exec(text);
  const sheetName = split ? (split[1]?.replaceAll("''", "'") ?? split[2] ?? "") : "";
  const sheet = split ? workbook.named(sheetName) : from;
  const cells = split?.[3] ?? text;
  const [begin = "", end = begin, ...rest] = cells.split(":");
  const [one, other] = [PART.exec(begin), PART.exec(end)];
  if (!sheet || rest.length || !one || !other) return null;
  if ((!one[1] && !one[2]) || (!other[1] && !other[2])) return null;
  // A lone letter or number is no reference, but A:B and 1:2 are.
  if (!cells.includes(":") && (!one[1] || !one[2])) return null;
  const row = Number(one[2] ?? 1);
  const column = one[1] ? columnOf(one[1]) : 1;
  const lastRow = Number(other[2] ?? sheet.maxRows);
  const lastColumn = other[1] ? columnOf(other[1]) : sheet.maxColumns;
  const [top, left] = [Math.min(row, lastRow), Math.min(column, lastColumn)];
  return {
    sheet,
    row: top,
    column: left,
    rows: Math.abs(lastRow - row) + 1,
    columns: Math.abs(lastColumn - column) + 1,
  };
}

/** @param {Workbook} workbook @param {Sheet} from @param {string} text @throws {Fault} */
export function areaOf(workbook, from, text) {
  const found = area(workbook, from, text);
  if (!found) throw new Fault("Range not found");
  return found;
}

/** @param {Area} of */
export function a1({ row, column, rows, columns }) {
  const from = `${letters(column)}${row}`;
  return rows === 1 && columns === 1 ? from : `${from}:${letters(column + columns - 1)}${row + rows - 1}`;
}
