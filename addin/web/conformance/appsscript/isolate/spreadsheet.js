/* SpreadsheetApp and the spreadsheet that the script is bound to. */
import { Fault } from "../cloud/faults.js";
import { constants, Service } from "./membrane.js";
import { Range } from "./ranges.js";
import { Sheet } from "./sheets.js";
import { Ui } from "./ui.js";

/** @typedef {import("./worker.js").Call} Call @typedef {import("../cloud/sheets.js").Spot} Spot */

export class NamedRange extends Service {
  static service = "SpreadsheetApp.NamedRange";
  static takes = { setRange: ["Range"] };

  /** @param {Spreadsheet} of @param {string} name @param {Spot} area */
  constructor(of, name, area) {
    super();
    this.of = of;
    this.name = name;
    this.area = area;
  }

  getName() {
    return this.name;
  }

  getRange() {
    return this.of.range(this.area);
  }

  /** @param {Range} range */
  setRange(range) {
    this.of.setNamedRange(this.name, range);
    this.area = range.spot;
    return this;
  }

  remove() {
    this.of.removeNamedRange(this.name);
  }
}

export class Spreadsheet extends Service {
  static service = "SpreadsheetApp.Spreadsheet";
  static takes = {
    getSheetByName: ["String"],
    getSheetById: ["Integer"],
    insertSheet: ["", "String", "Integer", "String,Integer"],
    deleteSheet: ["Sheet"],
    setActiveSheet: ["Sheet", "Sheet,Boolean"],
    setActiveRange: ["Range"],
    getRange: ["String"],
    getRangeByName: ["String"],
    setNamedRange: ["String,Range"],
    removeNamedRange: ["String"],
    toast: ["String", "String,String", "String,String,Number?"],
    rename: ["String"],
    setSpreadsheetLocale: ["String"],
    setSpreadsheetTimeZone: ["String"],
    addMenu: ["String,Object[]"],
    addDeveloperMetadata: ["String", "String,String"],
  };
  /** @type {Map<number, Sheet>} */
  #sheets = new Map();

  /** @param {Call} call */
  constructor(call) {
    super();
    this.call = call;
  }

  // Not among the documented: for the other services. The membrane shows methods only.
  sheet = (/** @type {number} */ id) => {
    const known = this.#sheets.get(id) ?? new Sheet(this.call, id, this);
    this.#sheets.set(id, known);
    return known;
  };

  range = (/** @type {Spot} */ spot) => new Range(this.call, spot, this.sheet);

  getId() {
    return this.call("book.get", "id");
  }

  getUrl() {
    return `https://docs.google.com/spreadsheets/d/${this.getId()}/edit`;
  }

  getName() {
    return this.call("book.get", "name");
  }

  /** @param {string} name */
  rename(name) {
    this.call("book.set", "name", name);
  }

  getSpreadsheetTimeZone() {
    return this.call("book.get", "zone");
  }

  /** @param {string} zone */
  setSpreadsheetTimeZone(zone) {
    this.call("book.set", "zone", zone);
  }

  getSpreadsheetLocale() {
    return this.call("book.get", "localeName");
  }

  /** @param {string} locale */
  setSpreadsheetLocale(locale) {
    this.call("book.set", "localeName", locale);
  }

  getSheets() {
    return this.#listed.map(({ id }) => this.sheet(id));
  }

  getNumSheets() {
    return this.#listed.length;
  }

  /** @param {string} name */
  getSheetByName(name) {
    const found = this.#listed.find((one) => one.name === name);
    return found ? this.sheet(found.id) : null;
  }

  /** @param {number} id */
  getSheetById(id) {
    return this.#listed.some((one) => one.id === id) ? this.sheet(id) : null;
  }

  /** @param {string | number} [name] @param {number} [place] */
  insertSheet(name, place) {
    const [called, at] = typeof name === "number" ? [null, name] : [name ?? null, place ?? null];
    return this.sheet(this.call("book.insert", called, at));
  }

  /** @param {Sheet} sheet */
  deleteSheet(sheet) {
    this.call("book.delete", sheet.id);
  }

  getActiveSheet() {
    return this.sheet(this.call("book.active").id);
  }

  /** @param {Sheet} sheet */
  setActiveSheet(sheet) {
    return sheet.activate();
  }

  getActiveRange() {
    return this.range(this.call("book.active"));
  }

  /** @param {Range} range */
  setActiveRange(range) {
    return range.activate();
  }

  getActiveCell() {
    return this.getActiveSheet().getActiveCell();
  }

  getCurrentCell() {
    return this.getActiveCell();
  }

  getDataRange() {
    return this.getActiveSheet().getDataRange();
  }

  /** @param {string} text */
  getRange(text) {
    return this.range(this.call("book.area", text, null));
  }

  /** @param {string} name */
  getRangeByName(name) {
    const found = this.getNamedRanges().find(
      (/** @type {NamedRange} */ one) => one.name.toLowerCase() === name.toLowerCase(),
    );
    return found ? found.getRange() : null;
  }

  getNamedRanges() {
    return this.call("book.names").map(
      (/** @type {{ name: string, area: Spot }} */ one) => new NamedRange(this, one.name, one.area),
    );
  }

  /** @param {string} name @param {Range} range */
  setNamedRange(name, range) {
    this.call("book.setName", name, range.spot);
  }

  /** @param {string} name */
  removeNamedRange(name) {
    this.call("book.removeName", name);
  }

  /** @param {string} text @param {string} [title] */
  toast(text, title = "") {
    this.call("ui.ask", { kind: "toast", title, text, buttons: "" });
  }

  /** @param {string} caption @param {{ name: string, functionName: string }[]} items */
  addMenu(caption, items) {
    this.call("ui.menu", {
      caption,
      items: items.map((one) => (one ? { caption: one.name, function: one.functionName } : null)),
    });
  }

  /** @param {string} key @param {string} [value] */
  addDeveloperMetadata(key, value = "") {
    this.call("book.setMetadata", null, key, value);
    return this;
  }

  /** @returns {{ id: number, name: string }[]} */
  get #listed() {
    return this.call("book.sheets");
  }
}

export class SpreadsheetApp extends Service {
  static service = "SpreadsheetApp";
  static takes = {
    openById: ["String"],
    setActiveSheet: ["Sheet"],
    setActiveRange: ["Range"],
  };
  DeveloperMetadataVisibility = constants("DOCUMENT", "PROJECT");
  CopyPasteType = constants("PASTE_NORMAL", "PASTE_VALUES", "PASTE_FORMAT", "PASTE_NO_BORDERS", "PASTE_FORMULA");
  WrapStrategy = constants("WRAP", "OVERFLOW", "CLIP");

  /** @param {Call} call */
  constructor(call) {
    super();
    this.call = call;
    this.active = new Spreadsheet(call);
  }

  getActive() {
    return this.active;
  }

  getActiveSpreadsheet() {
    return this.active;
  }

  getActiveSheet() {
    return this.active.getActiveSheet();
  }

  getActiveRange() {
    return this.active.getActiveRange();
  }

  getCurrentCell() {
    return this.active.getCurrentCell();
  }

  /** @param {Sheet} sheet */
  setActiveSheet(sheet) {
    return sheet.activate();
  }

  /** @param {Range} range */
  setActiveRange(range) {
    return range.activate();
  }

  /** @param {string} id */
  openById(id) {
    if (id === this.active.getId()) return this.active;
    throw new Fault("Unexpected error while getting the method or property openById on object SpreadsheetApp.");
  }

  getUi() {
    return new Ui(this.call);
  }

  flush() {
    this.call("book.flush");
  }
}
