/* The spreadsheet: sheets of cells, named ranges, notes, formats. Rows and columns count from 1, as in scripts. */
import { Fault } from "../cloud/faults.js";
import { LIMITS } from "../cloud/limits.js";
import { localeOf } from "./locales.js";

/**
 * @typedef {string | number | boolean | null} Plain what a cell keeps: null is empty, a date is a number
 * @typedef {{ value: Plain, format: string, formula: string, note: string, error: string, said: string,
 *   spilledFrom: Cell | null, spilled: Cell[], quoted: boolean, stale: boolean, look: Record<string, unknown> }} Cell
 * `stale`: somebody has written here since it was computed; `error` is #ERROR! and the like, `said` what Sheets says when one points at it.
 * @typedef {{ sheet: Sheet, row: number, column: number, rows: number, columns: number }} Area
 */

/** @returns {Cell} */
const emptyCell = () => ({
  value: null,
  format: "",
  formula: "",
  note: "",
  error: "",
  said: "",
  spilledFrom: null,
  spilled: [],
  quoted: false,
  stale: false,
  look: {},
});

export class Sheet {
  /** @type {Map<number, Map<number, Cell>>} */
  #cells = new Map();
  hidden = false;
  frozenRows = 0;
  frozenColumns = 0;
  maxRows = 1000;
  maxColumns = 26;
  /** @type {Map<number, number>} */
  widths = new Map();
  /** @type {Map<string, string>} */
  metadata = new Map();

  /** @param {number} id @param {string} name */
  constructor(id, name) {
    this.id = id;
    this.name = name;
  }

  /** @param {number} row @param {number} column @returns {Cell | undefined} */
  cell(row, column) {
    return this.#cells.get(row)?.get(column);
  }

  /** @param {number} row @param {number} column */
  made(row, column) {
    let line = this.#cells.get(row);
    if (!line) this.#cells.set(row, (line = new Map()));
    let cell = line.get(column);
    if (!cell) line.set(column, (cell = emptyCell()));
    return cell;
  }

  /** Every cell that there is, in no order. @returns {Iterable<[number, number, Cell]>} */
  *cells() {
    for (const [row, line] of this.#cells) for (const [column, cell] of line) yield [row, column, cell];
  }

  /** The last row and column with content. */
  get last() {
    let [row, column] = [0, 0];
    for (const [at, across, cell] of this.cells()) {
      if (cell.value === null && !cell.formula && !cell.error) continue;
      row = Math.max(row, at);
      column = Math.max(column, across);
    }
    return { row, column };
  }

  /**
   * Put lines in before a row (count > 0), or take them away from it on.
   * @param {"rows" | "columns"} what @param {number} at @param {number} count
   */
  shift(what, at, count) {
    const moved = (/** @type {number} */ place) => (place < at ? place : place < at - count ? 0 : place + count);
    /** @type {Map<number, Map<number, Cell>>} */
    const cells = new Map();
    for (const [row, line] of this.#cells) {
      const to = what === "rows" ? moved(row) : row;
      if (!to) continue;
      const after = [...line].map(
        ([column, cell]) => /** @type {const} */ ([what === "columns" ? moved(column) : column, cell]),
      );
      cells.set(to, new Map(after.filter(([column]) => column)));
    }
    this.#cells = cells;
    if (what === "rows") this.maxRows += count;
    else this.maxColumns += count;
  }
}

export class Workbook {
  name = "Untitled spreadsheet";
  id = "1TVoxTablesSpreadsheetOfTheHostOfOurOwnMaking";
  zone = "Etc/GMT";
  localeName = "en_US";
  /** @type {Sheet[]} */
  sheets = [];
  /** @type {Map<string, Area>} */
  names = new Map();
  /** @type {Map<string, string>} */
  metadata = new Map();
  /** @type {Area} */
  active;
  /** Counts what could change a formula's value. */
  edits = 0;
  /** Counts what could change which formulas there are. */
  writes = 0;
  #lastId = -1;

  constructor() {
    const sheet = this.insert("Sheet1");
    this.active = { sheet, row: 1, column: 1, rows: 1, columns: 1 };
  }

  get locale() {
    return localeOf(this.localeName);
  }

  /** Somebody has written somewhere. */
  changed() {
    this.edits++;
    this.writes++;
  }

  /** @param {number} id @throws {Fault} */
  sheet(id) {
    const found = this.sheets.find((sheet) => sheet.id === id);
    if (!found) throw new Fault(`Sheet ${id} not found`);
    return found;
  }

  /** Sheets compares names without case. @param {string} name */
  named(name) {
    return this.sheets.find((sheet) => sheet.name.toLowerCase() === name.toLowerCase());
  }

  /** @param {string} name @param {number} [place] */
  insert(name, place = this.sheets.length) {
    if (this.named(name)) throw new Fault(`A sheet with the name "${name}" already exists. Please enter another name.`);
    this.limit(1000 * 26);
    const sheet = new Sheet(++this.#lastId ? 1_000_000 + this.#lastId * 7919 : 0, name);
    this.sheets.splice(place, 0, sheet);
    return sheet;
  }

  /** @param {Sheet} sheet */
  remove(sheet) {
    if (this.sheets.length === 1) throw new Fault("You can't remove all the sheets in a document.");
    this.sheets = this.sheets.filter((one) => one !== sheet);
    for (const [name, area] of this.names) if (area.sheet === sheet) this.names.delete(name);
    if (this.active.sheet === sheet) this.active = { ...this.active, sheet: this.first, row: 1, column: 1 };
    this.changed();
  }

  get first() {
    return /** @type {Sheet} */ (this.sheets[0]);
  }

  /** @param {number} more cells @throws {Fault} when they would be too many */
  limit(more) {
    const cells = this.sheets.reduce((sum, sheet) => sum + sheet.maxRows * sheet.maxColumns, more);
    if (cells > LIMITS.workbookCells)
      throw new Fault(
        `This action would increase the number of cells in the workbook above the limit of ${LIMITS.workbookCells} cells.`,
      );
  }

  /** @param {Area} area */
  within({ sheet, row, column, rows, columns }) {
    if (row + rows - 1 > sheet.maxRows || column + columns - 1 > sheet.maxColumns || row < 1 || column < 1)
      throw new Fault("Those rows or columns are out of bounds.");
  }

  /** @param {Area} area @returns {Iterable<[number, number, Sheet]>} */
  *places({ sheet, row, column, rows, columns }) {
    for (let at = row; at < row + rows; at++)
      for (let across = column; across < column + columns; across++) yield [at, across, sheet];
  }
}
