/*
 * Pinned tables: questions whose rows a trigger writes into the sheet, each at a place with a name of its own
 * (TVOX_PIN_1, which formulas may use), so that rows above it may come and go.
 */

/**
 * `mode`: all rows are replaced, new ones appended, or those with the same `keys` updated and others added. `hour` is
 * that of the day, for those that are written daily.
 * @typedef {{
 *   id: string, name: string, asked: AskedFor, mode: "replace" | "append" | "update", keys: string[],
 *   every: "manual" | "quarter" | "hour" | "day", hour: number,
 * }} Pin
 *
 * How it stands: when it was tried and written, as milliseconds, its rows without the header, what it said, and its
 * columns with their types.
 * @typedef {{ tried: number, written: number, rows: number, said: string, isGood: boolean, columns: string }} Standing
 */

const PINS = "tvox.pins";
const PIN = "tvox.pin.";
const STANDING = "tvox.pinned.";
const MODES = ["replace", "append", "update"];
const EVERY = { manual: 0, quarter: 15, hour: 60, day: 1440 };

/**
 * The pinned tables, each with its place and how it stands.
 * @returns {(Pin & { place: string, standing: Standing })[]}
 */
function tvoxPins() {
  return pinIds_().map((id) => {
    const range = SpreadsheetApp.getActiveSpreadsheet().getRangeByName(placeName_(id));
    return { ...pin_(id), place: range ? address_(range) : "", standing: standing_(id) };
  });
}

/**
 * Pins a question to a place, or changes what is pinned. `cell` is such as "Sheet1!A1"; empty, the chosen one. Without
 * `keys` the table's own are taken.
 * @param {Partial<Pin> & { asked: AskedFor, cell?: string }} given
 * @returns {(Pin & { place: string, standing: Standing })[]}
 */
function tvoxSavePin(given) {
  const mode = given.mode || "replace";
  const every = given.every || "hour";
  if (!MODES.includes(mode)) throw new Error(`A pinned table is one to replace, append or update, not ${mode}.`);
  if (!(every in EVERY))
    throw new Error(`A pinned table is written each quarter, hour or day, or by hand, not ${every}.`);
  const hour = Number(given.hour || 0);
  if (!(Number.isInteger(hour) && hour >= 0 && hour < 24)) throw new Error("The hour of the day is one from 0 to 23.");
  const question = rowsQuestion_(given.asked);
  const { names } = headOf_(question);
  const keys = mode === "update" ? keysOf_(given.keys || [], given.asked.table, names) : [];
  const ids = pinIds_();
  const id = given.id || String(Math.max(0, ...ids.map(Number)) + 1);
  if (given.id && !ids.includes(id)) throw new Error("This pinned table is gone.");
  if (!given.id || given.cell) place_(id, given.cell || "");
  /** @type {Pin} */
  const pin = { id, name: given.name || given.asked.table, asked: given.asked, mode, keys, every, hour };
  keepLong_(PIN + id, pin);
  if (!given.id) properties_().setProperty(PINS, JSON.stringify([...ids, id]));
  begin_();
  return tvoxPins();
}

/**
 * Forgets a pinned table. Its rows stay in the sheet.
 * @param {string} id
 * @returns {(Pin & { place: string, standing: Standing })[]}
 */
function tvoxRemovePin(id) {
  const spreadsheet = SpreadsheetApp.getActiveSpreadsheet();
  const range = spreadsheet.getRangeByName(placeName_(id));
  if (range) {
    range.getCell(1, 1).clearNote();
    spreadsheet.removeNamedRange(placeName_(id));
  }
  properties_().setProperty(PINS, JSON.stringify(pinIds_().filter((one) => one !== id)));
  properties_().deleteProperty(STANDING + id);
  forgetLong_(PIN + id);
  return tvoxPins();
}

/** @returns {string[]} */
function pinIds_() {
  return JSON.parse(properties_().getProperty(PINS) || "[]");
}

/** @param {string} id @returns {Pin} */
function pin_(id) {
  const pin = long_(PIN + id);
  if (!pin) throw new Error("This pinned table is gone.");
  return pin;
}

/** @param {string} id @returns {Standing} */
function standing_(id) {
  const kept = properties_().getProperty(STANDING + id);
  return kept ? JSON.parse(kept) : { tried: 0, written: 0, rows: 0, said: "", isGood: true, columns: "" };
}

/** @param {string} id @param {Standing} standing */
function keepStanding_(id, standing) {
  properties_().setProperty(STANDING + id, JSON.stringify({ ...standing, said: standing.said.slice(0, 500) }));
}

/** Those whose time has come. @returns {string[]} */
function duePins_() {
  return pinIds_().filter((id) => {
    const pin = pin_(id);
    const { tried } = standing_(id);
    if (pin.every === "manual") return false;
    // Triggers come a little early or late: half a minute is not waited for.
    if (pin.every !== "day") return Date.now() - tried >= EVERY[pin.every] * 60000 - 30000;
    const zone = sheetZone_();
    const begins = atWall_(Date.parse(`${dayText_(Date.now(), zone)}T00:00:00Z`) + pin.hour * 3600000, zone).getTime();
    return Date.now() >= begins && tried < begins;
  });
}

/**
 * Names and types of the columns of a question, whatever its header is.
 * @param {Question} question
 * @returns {{ names: string[], types: string }}
 */
function headOf_(question) {
  const asked = { ...question.parameters, limit: "0", header: "names", fresh: "cached", partial: "allow" };
  const reply = ask_(question.path, { asked });
  return { names: told_(reply)[0], types: reply.headers["x-column-types"] || "" };
}

/**
 * @param {string[]} given @param {string} table @param {string[]} names of the columns that come
 * @returns {string[]}
 */
function keysOf_(given, table, names) {
  const wished = given.map((one) => one.trim()).filter((one) => one !== "");
  const keys = wished.length ? wished : told_(ask_(`/tables/${encodeURIComponent(table)}`)).key || [];
  const missing = keys.find((/** @type {string} */ key) => !names.includes(key));
  if (missing !== undefined) throw new Error(`Rows are known by ${missing}, which is not among the columns: add it.`);
  if (keys.length === 0) throw new Error("Which columns say that two rows are the same? Name them as keys.");
  return keys;
}

/**
 * Gives a pinned table a place.
 * @param {string} id @param {string} cell
 */
function place_(id, cell) {
  const spreadsheet = SpreadsheetApp.getActiveSpreadsheet();
  const found = cell ? spreadsheet.getRange(cell) : spreadsheet.getCurrentCell();
  if (!found) throw new Error("Choose a cell first: the table begins there.");
  const anchor = found.getCell(1, 1);
  for (const other of pinIds_()) {
    const range = other === id ? null : spreadsheet.getRangeByName(placeName_(other));
    if (range && isWithin_(anchor, range)) throw new Error(`The table ${pin_(other).name} is pinned there already.`);
  }
  spreadsheet.setNamedRange(placeName_(id), anchor);
  // What was written elsewhere stays there.
  properties_().deleteProperty(STANDING + id);
}

/** @param {GoogleAppsScript.Spreadsheet.Range} cell @param {GoogleAppsScript.Spreadsheet.Range} range */
function isWithin_(cell, range) {
  return (
    cell.getSheet().getSheetId() === range.getSheet().getSheetId() &&
    cell.getRow() >= range.getRow() &&
    cell.getRow() <= range.getLastRow() &&
    cell.getColumn() >= range.getColumn() &&
    cell.getColumn() <= range.getLastColumn()
  );
}

/** @param {string} id */
function placeName_(id) {
  return `TVOX_PIN_${id}`;
}

/** @param {GoogleAppsScript.Spreadsheet.Range} range */
function address_(range) {
  return `${range.getSheet().getName()}!${range.getCell(1, 1).getA1Notation()}`;
}
