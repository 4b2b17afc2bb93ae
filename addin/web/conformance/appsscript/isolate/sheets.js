/* A sheet of the spreadsheet, as scripts have it. */
import { Fault } from "../cloud/faults.js";
import { Service } from "./membrane.js";
import { bounded, Range } from "./ranges.js";

/** @typedef {import("./worker.js").Call} Call @typedef {import("./spreadsheet.js").Spreadsheet} Spreadsheet */

const RANGE = ["String", "Integer,Integer", "Integer,Integer,Integer", "Integer,Integer,Integer,Integer"];

export class Sheet extends Service {
  static service = "SpreadsheetApp.Sheet";
  static takes = {
    getRange: RANGE,
    setName: ["String"],
    appendRow: ["Any[]"],
    clear: ["", "Object"],
    insertRowsAfter: ["Integer,Integer"],
    insertRowsBefore: ["Integer,Integer"],
    insertRowAfter: ["Integer"],
    insertRowBefore: ["Integer"],
    insertColumnsAfter: ["Integer,Integer"],
    insertColumnsBefore: ["Integer,Integer"],
    deleteRow: ["Integer"],
    deleteRows: ["Integer,Integer"],
    deleteColumn: ["Integer"],
    deleteColumns: ["Integer,Integer"],
    setFrozenRows: ["Integer"],
    setFrozenColumns: ["Integer"],
    setActiveRange: ["Range"],
    setColumnWidth: ["Integer,Integer"],
    setColumnWidths: ["Integer,Integer,Integer"],
    getColumnWidth: ["Integer"],
    autoResizeColumn: ["Integer"],
    autoResizeColumns: ["Integer,Integer"],
    getSheetValues: ["Integer,Integer,Integer,Integer"],
  };

  /** @param {Call} call @param {number} id @param {Spreadsheet} parent */
  constructor(call, id, parent) {
    super();
    this.call = call;
    this.id = id;
    this.parent = parent;
  }

  getSheetId() {
    return this.id;
  }

  getParent() {
    return this.parent;
  }

  getName() {
    return this.call("sheet.get", this.id, "name");
  }

  getSheetName() {
    return this.getName();
  }

  getIndex() {
    return this.call("sheet.index", this.id);
  }

  /** @param {string} name */
  setName(name) {
    this.call("sheet.rename", this.id, name);
    return this;
  }

  /** @param {string | number} row @param {number} [column] @param {number} [rows] @param {number} [columns] */
  getRange(row, column = 1, rows = 1, columns = 1) {
    const { id } = this;
    if (typeof row === "string") return this.#range(this.call("book.area", row, id));
    const spot = bounded({ id, row, column, rows, columns });
    if (spot.row + rows - 1 > this.getMaxRows() || spot.column + columns - 1 > this.getMaxColumns())
      throw new Fault("The coordinates of the range are outside the dimensions of the sheet.");
    return this.#range(spot);
  }

  getDataRange() {
    return this.getRange(1, 1, Math.max(1, this.getLastRow()), Math.max(1, this.getLastColumn()));
  }

  /** @param {number} row @param {number} column @param {number} rows @param {number} columns */
  getSheetValues(row, column, rows, columns) {
    return this.getRange(row, column, rows, columns).getValues();
  }

  getActiveRange() {
    const active = this.call("book.active");
    return active.id === this.id ? this.#range(active) : null;
  }

  getActiveCell() {
    const { row, column } = this.call("book.active");
    return this.getRange(row, column);
  }

  getCurrentCell() {
    return this.getActiveCell();
  }

  /** @param {Range} range */
  setActiveRange(range) {
    return range.activate();
  }

  activate() {
    this.getRange(1, 1).activate();
    return this;
  }

  getLastRow() {
    return this.call("sheet.last", this.id).row;
  }

  getLastColumn() {
    return this.call("sheet.last", this.id).column;
  }

  getMaxRows() {
    return this.call("sheet.get", this.id, "maxRows");
  }

  getMaxColumns() {
    return this.call("sheet.get", this.id, "maxColumns");
  }

  /** @param {unknown[]} values */
  appendRow(values) {
    const row = this.getLastRow() + 1;
    if (row > this.getMaxRows()) this.insertRowsAfter(this.getMaxRows(), 1);
    if (values.length > this.getMaxColumns())
      this.insertColumnsAfter(this.getMaxColumns(), values.length - this.getMaxColumns());
    this.getRange(row, 1, 1, values.length).setValues([values]);
    return this;
  }

  /** @param {{ contentsOnly?: boolean, formatOnly?: boolean }} [options] */
  clear(options = {}) {
    this.#whole().clear(options);
    return this;
  }

  clearContents() {
    this.#whole().clearContent();
    return this;
  }

  clearFormats() {
    this.#whole().clearFormat();
    return this;
  }

  clearNotes() {
    this.#whole().clearNote();
    return this;
  }

  /** @param {number} after @param {number} count */
  insertRowsAfter(after, count) {
    return this.#shift("rows", after + 1, count);
  }

  /** @param {number} before @param {number} count */
  insertRowsBefore(before, count) {
    return this.#shift("rows", before, count);
  }

  /** @param {number} after */
  insertRowAfter(after) {
    return this.#shift("rows", after + 1, 1);
  }

  /** @param {number} before */
  insertRowBefore(before) {
    return this.#shift("rows", before, 1);
  }

  /** @param {number} after @param {number} count */
  insertColumnsAfter(after, count) {
    return this.#shift("columns", after + 1, count);
  }

  /** @param {number} before @param {number} count */
  insertColumnsBefore(before, count) {
    return this.#shift("columns", before, count);
  }

  /** @param {number} row */
  deleteRow(row) {
    return this.#shift("rows", row, -1);
  }

  /** @param {number} row @param {number} count */
  deleteRows(row, count) {
    return this.#shift("rows", row, -count);
  }

  /** @param {number} column */
  deleteColumn(column) {
    return this.#shift("columns", column, -1);
  }

  /** @param {number} column @param {number} count */
  deleteColumns(column, count) {
    return this.#shift("columns", column, -count);
  }

  hideSheet() {
    this.call("sheet.hide", this.id, true);
    return this;
  }

  showSheet() {
    this.call("sheet.hide", this.id, false);
    return this;
  }

  isSheetHidden() {
    return this.call("sheet.get", this.id, "hidden");
  }

  /** @param {number} rows */
  setFrozenRows(rows) {
    this.call("sheet.freeze", this.id, "frozenRows", rows);
  }

  getFrozenRows() {
    return this.call("sheet.get", this.id, "frozenRows");
  }

  /** @param {number} columns */
  setFrozenColumns(columns) {
    this.call("sheet.freeze", this.id, "frozenColumns", columns);
  }

  getFrozenColumns() {
    return this.call("sheet.get", this.id, "frozenColumns");
  }

  /** @param {number} column @param {number} width */
  setColumnWidth(column, width) {
    this.call("sheet.width", this.id, column, width);
    return this;
  }

  /** @param {number} column @param {number} count @param {number} width */
  setColumnWidths(column, count, width) {
    for (let place = column; place < column + count; place++) this.setColumnWidth(place, width);
    return this;
  }

  /** @param {number} column */
  getColumnWidth(column) {
    return this.call("sheet.width", this.id, column, 0);
  }

  /** Widths are nothing that a script could rely on. */
  autoResizeColumn() {
    return this;
  }

  autoResizeColumns() {
    return this;
  }

  /** @param {"rows" | "columns"} what @param {number} at @param {number} count */
  #shift(what, at, count) {
    this.call("sheet.shift", this.id, what, at, count);
    return this;
  }

  #whole() {
    return this.getRange(1, 1, Math.max(1, this.getLastRow()), this.getMaxColumns());
  }

  /** @param {import("../cloud/sheets.js").Spot} spot */
  #range(spot) {
    return new Range(this.call, spot, (id) => this.parent.sheet(id));
  }
}
