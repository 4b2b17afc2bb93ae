/* A range of cells, as scripts have it. */
import { Fault } from "../cloud/faults.js";
import { Service } from "./membrane.js";

/**
 * @typedef {import("./worker.js").Call} Call @typedef {import("../cloud/sheets.js").Spot} Spot
 * @typedef {import("./sheets.js").Sheet} Sheet
 * @typedef {(id: number) => Sheet} SheetOf
 */

const WHOLE = { content: true, format: true, note: false };

export class Range extends Service {
  static service = "SpreadsheetApp.Range";
  static takes = {
    setValue: ["Any"],
    setValues: ["Any[][]"],
    setFormula: ["String"],
    setFormulas: ["String[][]"],
    setNumberFormat: ["String"],
    setNumberFormats: ["String[][]"],
    setNote: ["String?"],
    setNotes: ["Any[][]"],
    clear: ["", "Object"],
    offset: ["Integer,Integer", "Integer,Integer,Integer", "Integer,Integer,Integer,Integer"],
    getCell: ["Integer,Integer"],
    copyTo: ["Range", "Range,Constant,Boolean"],
    ...Object.fromEntries(
      ["Background", "FontColor", "FontFamily", "FontLine", "FontStyle", "FontWeight", "HorizontalAlignment"].map(
        (name) => [`set${name}`, ["String?"]],
      ),
    ),
    setVerticalAlignment: ["String?"],
    setFontSize: ["Integer"],
    setWrap: ["Boolean"],
  };

  /** @param {Call} call @param {Spot} spot @param {SheetOf} sheetOf */
  constructor(call, spot, sheetOf) {
    super();
    this.call = call;
    this.spot = spot;
    this.sheetOf = sheetOf;
  }

  getSheet() {
    return this.sheetOf(this.spot.id);
  }

  getRow() {
    return this.spot.row;
  }

  getRowIndex() {
    return this.spot.row;
  }

  getColumn() {
    return this.spot.column;
  }

  getNumRows() {
    return this.spot.rows;
  }

  getNumColumns() {
    return this.spot.columns;
  }

  getHeight() {
    return this.spot.rows;
  }

  getWidth() {
    return this.spot.columns;
  }

  getLastRow() {
    return this.spot.row + this.spot.rows - 1;
  }

  getLastColumn() {
    return this.spot.column + this.spot.columns - 1;
  }

  getGridId() {
    return this.spot.id;
  }

  getA1Notation() {
    return this.call("range.a1", this.spot);
  }

  getValues() {
    return this.call("range.values", this.spot);
  }

  getValue() {
    return this.getValues()[0][0];
  }

  getDisplayValues() {
    return this.call("range.displayed", this.spot);
  }

  getDisplayValue() {
    return this.getDisplayValues()[0][0];
  }

  getFormulas() {
    return this.call("range.formulas", this.spot);
  }

  getFormula() {
    return this.getFormulas()[0][0];
  }

  getNumberFormats() {
    return this.call("range.formats", this.spot).map((/** @type {string[]} */ line) =>
      line.map((one) => one || "General"),
    );
  }

  getNumberFormat() {
    return this.getNumberFormats()[0][0];
  }

  getNotes() {
    return this.call("range.notes", this.spot);
  }

  getNote() {
    return this.getNotes()[0][0];
  }

  isBlank() {
    return this.getValues()
      .flat()
      .every((/** @type {unknown} */ value) => value === "");
  }

  /** @param {unknown[][]} values */
  setValues(values) {
    this.call(
      "range.setValues",
      this.spot,
      values.map((line) => line.map(cloned)),
    );
    return this;
  }

  /** @param {unknown} value */
  setValue(value) {
    return this.setValues(this.#filled(value));
  }

  /** @param {string[][]} formulas */
  setFormulas(formulas) {
    this.call("range.setFormulas", this.spot, formulas);
    return this;
  }

  /** @param {string} formula */
  setFormula(formula) {
    return this.setFormulas(this.#filled(formula));
  }

  /** @param {string[][]} formats */
  setNumberFormats(formats) {
    const kept = formats.map((line) => line.map((one) => (/^general$/i.test(one) ? "" : one)));
    this.call("range.setFormats", this.spot, kept);
    return this;
  }

  /** @param {string} format */
  setNumberFormat(format) {
    return this.setNumberFormats(this.#filled(format));
  }

  /** @param {(string | null)[][]} notes */
  setNotes(notes) {
    this.call(
      "range.setnotes",
      this.spot,
      notes.map((line) => line.map((one) => one ?? "")),
    );
    return this;
  }

  /** @param {string | null} note */
  setNote(note) {
    return this.setNotes(this.#filled(note));
  }

  clearNote() {
    return this.#cleared({ content: false, format: false, note: true });
  }

  clearContent() {
    return this.#cleared({ ...WHOLE, format: false });
  }

  clearFormat() {
    return this.#cleared({ ...WHOLE, content: false });
  }

  /** @param {{ contentsOnly?: boolean, formatOnly?: boolean }} [options] */
  clear({ contentsOnly = false, formatOnly = false } = {}) {
    return this.#cleared({ content: !formatOnly, format: !contentsOnly, note: false });
  }

  /** @param {number} down @param {number} across @param {number} [rows] @param {number} [columns] */
  offset(down, across, rows = this.spot.rows, columns = this.spot.columns) {
    const { id, row, column } = this.spot;
    return new Range(this.call, bounded({ id, row: row + down, column: column + across, rows, columns }), this.sheetOf);
  }

  /** @param {number} row @param {number} column */
  getCell(row, column) {
    if (row < 1 || column < 1 || row > this.spot.rows || column > this.spot.columns)
      throw new Fault("Cell reference out of range");
    return this.offset(row - 1, column - 1, 1, 1);
  }

  /**
   * Of formulas their values are copied: those of this project's sheets are not moved about.
   * @param {Range} destination @param {{ name(): string }} [type]
   */
  copyTo(destination, type) {
    const what = type?.name() ?? "PASTE_NORMAL";
    if (!["PASTE_NORMAL", "PASTE_VALUES"].includes(what)) throw new Fault(`${what} is not known to this host`);
    this.call("range.copy", this.spot, destination.spot, what === "PASTE_NORMAL");
  }

  activate() {
    this.call("book.activate", this.spot);
    return this;
  }

  /** @param {string | null} color */
  setBackground(color) {
    return this.#look({ background: color });
  }

  getBackground() {
    return this.call("range.look", this.spot)[0][0].background ?? "#ffffff";
  }

  /** @param {string | null} color */
  setFontColor(color) {
    return this.#look({ fontColor: color });
  }

  /** @param {string | null} family */
  setFontFamily(family) {
    return this.#look({ fontFamily: family });
  }

  /** @param {string | null} line */
  setFontLine(line) {
    return this.#look({ fontLine: line });
  }

  /** @param {string | null} style */
  setFontStyle(style) {
    return this.#look({ fontStyle: style });
  }

  /** @param {string | null} weight */
  setFontWeight(weight) {
    return this.#look({ fontWeight: weight });
  }

  getFontWeight() {
    return this.call("range.look", this.spot)[0][0].fontWeight ?? "normal";
  }

  /** @param {number} size */
  setFontSize(size) {
    return this.#look({ fontSize: size });
  }

  /** @param {string | null} alignment */
  setHorizontalAlignment(alignment) {
    return this.#look({ horizontalAlignment: alignment });
  }

  /** @param {string | null} alignment */
  setVerticalAlignment(alignment) {
    return this.#look({ verticalAlignment: alignment });
  }

  /** @param {boolean} wrap */
  setWrap(wrap) {
    return this.#look({ wrap });
  }

  /** @param {Record<string, unknown>} look */
  #look(look) {
    this.call("range.setLook", this.spot, look);
    return this;
  }

  /** @param {{ content: boolean, format: boolean, note: boolean }} what */
  #cleared(what) {
    this.call("range.clear", this.spot, what);
    return this;
  }

  /** @template T @param {T} value */
  #filled(value) {
    return Array.from({ length: this.spot.rows }, () => Array.from({ length: this.spot.columns }, () => value));
  }
}

/** An object becomes text, as scripts see it in the cell. @param {unknown} value */
const cloned = (value) =>
  typeof value === "object" && value !== null && !(value instanceof Date)
    ? String(value)
    : typeof value === "function"
      ? ""
      : value;

/** @param {Spot} spot @throws {Fault} */
export function bounded(spot) {
  if (spot.rows < 1) throw new Fault("The number of rows in the range must be at least 1.");
  if (spot.columns < 1) throw new Fault("The number of columns in the range must be at least 1.");
  if (spot.row < 1) throw new Fault("The starting row of the range is too small.");
  if (spot.column < 1) throw new Fault("The starting column of the range is too small.");
  return spot;
}
