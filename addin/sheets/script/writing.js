/*
 * Rows are written with their types. Sheets reads a text that is written as if it were typed, so that 0045 becomes a
 * number and =1+1 a formula, except where a cell's format is plain text: so formats are set first, and texts are read
 * back. A table that is not what the service sent is not shown.
 */

/** Number formats of columns. Others keep what Sheets makes of numbers. */
const FORMATS = /** @type {Record<string, string>} */ ({
  text: "@",
  json: "@",
  time: "yyyy-mm-dd hh:mm:ss",
  date: "yyyy-mm-dd",
});

/**
 * Writes rows into a sheet that is large enough.
 * @param {GoogleAppsScript.Spreadsheet.Sheet} sheet @param {number} row @param {number} column where they begin
 * @param {Cell[][]} rows @param {string[]} types of the columns
 */
function writeRows_(sheet, row, column, rows, types) {
  if (rows.length === 0) return;
  formatColumns_(sheet, row, column, rows.length, types, true);
  const range = sheet.getRange(row, column, rows.length, types.length);
  range.setValues(rows.map((one) => one.map((cell) => (cell === null ? "" : cell))));
  types.forEach((type, place) => {
    if (FORMATS[type] === "@") readBack_(sheet.getRange(row, column + place, rows.length, 1), rows, place);
  });
}

/**
 * Gives columns the formats of their types; those of the same kind that lie together at once.
 * @param {GoogleAppsScript.Spreadsheet.Sheet} sheet @param {number} row @param {number} column
 * @param {number} count rows @param {string[]} types
 * @param {boolean} isAll whether columns of numbers are made plain, too
 */
function formatColumns_(sheet, row, column, count, types, isAll) {
  const formats = types.map((type) => FORMATS[type] || (isAll ? "General" : ""));
  for (let begins = 0; begins < formats.length;) {
    let ends = begins + 1;
    while (ends < formats.length && formats[ends] === formats[begins]) ends += 1;
    const format = formats[begins];
    if (format) sheet.getRange(row, column + begins, count, ends - begins).setNumberFormat(format);
    begins = ends;
  }
}

/**
 * Sees to it that texts are what was written.
 * @param {GoogleAppsScript.Spreadsheet.Range} range one column @param {Cell[][]} rows @param {number} place the column's
 */
function readBack_(range, rows, place) {
  const values = range.getValues();
  const formulas = range.getFormulas();
  const wrong = rows.findIndex((row, at) => {
    const cell = row[place];
    const written = cell === null || cell === undefined ? "" : cell;
    return values[at]?.[0] !== written || (formulas[at]?.[0] || "") !== "";
  });
  if (wrong < 0) return;
  range.clearContent();
  throw new Error(
    `Google changed a text while it was written (${JSON.stringify(rows[wrong]?.[place])}): nothing is shown of it.`,
  );
}

/**
 * Makes a sheet at least so large.
 * @param {GoogleAppsScript.Spreadsheet.Sheet} sheet @param {number} rows @param {number} columns
 */
function enlarge_(sheet, rows, columns) {
  const [height, width] = [sheet.getMaxRows(), sheet.getMaxColumns()];
  if (height < rows) sheet.insertRowsAfter(height, rows - height);
  if (width < columns) sheet.insertColumnsAfter(width, columns - width);
}
