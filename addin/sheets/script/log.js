/*
 * The log: a sheet with a line for each time that a pinned table was written, the latest first.
 */

const LOG = "TVox log";
const LOG_LINES = 200;
const LOG_HEADER = ["When", "Table", "Where", "How", "Rows", "Seconds", "Result"];
const LOG_TYPES = ["time", "text", "text", "text", "integer", "number", "text"];

/**
 * The latest lines of the log as texts.
 * @returns {string[][]}
 */
function tvoxLog() {
  const sheet = SpreadsheetApp.getActiveSpreadsheet().getSheetByName(LOG);
  if (!sheet || sheet.getLastRow() < 2) return [];
  return sheet.getRange(2, 1, Math.min(sheet.getLastRow() - 1, 50), LOG_HEADER.length).getDisplayValues();
}

/**
 * @param {Pin} pin @param {number} rows that were written @param {number} milliseconds @param {string} result
 */
function log_(pin, rows, milliseconds, result) {
  const sheet = logSheet_();
  const range = SpreadsheetApp.getActiveSpreadsheet().getRangeByName(placeName_(pin.id));
  const seconds = Math.round(milliseconds / 100) / 10;
  sheet.insertRowsBefore(2, 1);
  const line = [new Date(), pin.name, range ? address_(range) : "", pin.mode, rows, seconds, result.slice(0, 1000)];
  writeRows_(sheet, 2, 1, [line], LOG_TYPES);
  const last = sheet.getLastRow();
  if (last > LOG_LINES + 1) sheet.deleteRows(LOG_LINES + 2, last - LOG_LINES - 1);
}

/** @returns {GoogleAppsScript.Spreadsheet.Sheet} */
function logSheet_() {
  const spreadsheet = SpreadsheetApp.getActiveSpreadsheet();
  const found = spreadsheet.getSheetByName(LOG);
  if (found) return found;
  const active = spreadsheet.getActiveRange();
  const sheet = spreadsheet.insertSheet(LOG, spreadsheet.getNumSheets());
  if (active) spreadsheet.setActiveRange(active);
  sheet.getRange(1, 1, 1, LOG_HEADER.length).setValues([LOG_HEADER]).setFontWeight("bold");
  sheet.setFrozenRows(1);
  return sheet;
}
