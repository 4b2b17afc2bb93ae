/*
 * The stamp: a cell on a hidden sheet. Formulas that name it are worked out again when it moves.
 */

const STAMP = "TVOX_STAMP";
const STAMP_SHEET = "TVox";

/**
 * Moves the stamp, so that every formula that names it asks anew.
 * @returns {number} the stamp
 */
function moveStamp_() {
  const cell = stampCell_();
  const before = Number(cell.getValue()) || 0;
  const stamp = Math.max(Date.now(), before + 1);
  cell.setValue(stamp);
  return stamp;
}

/** When the stamp moved last, 0 where there is none. */
function stampMoved_() {
  const range = SpreadsheetApp.getActiveSpreadsheet().getRangeByName(STAMP);
  return range ? Number(range.getValue()) || 0 : 0;
}

/** The stamp's cell, made where there is none. @returns {GoogleAppsScript.Spreadsheet.Range} */
function stampCell_() {
  const spreadsheet = SpreadsheetApp.getActiveSpreadsheet();
  const found = spreadsheet.getRangeByName(STAMP);
  if (found) return found;
  const sheet = hiddenSheet_(STAMP_SHEET);
  const cell = sheet.getRange(1, 2);
  sheet.getRange(1, 1).setValue("TVOX_STAMP: formulas that name it ask anew when it changes.");
  cell.setNumberFormat("0").setValue(0);
  spreadsheet.setNamedRange(STAMP, cell);
  return cell;
}

/**
 * A hidden sheet of this script, made where there is none; whoever looks at the document goes on looking at his sheet.
 * @param {string} name
 * @returns {GoogleAppsScript.Spreadsheet.Sheet}
 */
function hiddenSheet_(name) {
  const spreadsheet = SpreadsheetApp.getActiveSpreadsheet();
  const found = spreadsheet.getSheetByName(name);
  if (found) return found;
  const active = spreadsheet.getActiveRange();
  const sheet = spreadsheet.insertSheet(name, spreadsheet.getNumSheets());
  if (active) spreadsheet.setActiveRange(active);
  return sheet.hideSheet();
}
