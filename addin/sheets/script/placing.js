/*
 * The staged rows come into their place by one copy: whoever looks sees the old table or the new one.
 */

const STAGING = "TVox staging";

/**
 * Copies what is staged into the place, and notes how it stands. `keep` writes down how far the run is.
 * @param {Run} run @param {Pin} pin @param {() => void} keep
 */
function copy_(run, pin, keep) {
  const spreadsheet = SpreadsheetApp.getActiveSpreadsheet();
  const place = placeOf_(pin);
  const columns = columnsSign_(run);
  const before = standing_(pin.id);
  // A place without header and rows is as empty as a new one.
  const isFilled = isFilled_(pin.id) && before.rows + run.headers > 0;
  if (isFilled && pin.mode !== "replace" && before.columns !== columns) throw new Error(changed_(pin));
  const isAppended = pin.mode === "append" && isFilled;
  const staged = run.phase === "copy" && run.merged > 0 ? mergedRange_(run) : stagedRange_(run, isAppended);
  const width = run.types.split(",").length;
  const height = staged ? staged.getNumRows() : 0;
  // Written down first: an execution that dies after the copy would append the rows a second time.
  const isNew = run.start === 0;
  if (isNew) run.start = isAppended ? place.getLastRow() + 1 : place.getRow();
  const old = isFilled && !isAppended ? place : null;
  const target = room_(place, run.start, Math.max(height, 1), width, old, isNew);
  if (isNew) keep();
  const sheet = place.getSheet();
  const header = isAppended ? 0 : run.headers;
  const known = before.columns === columns ? (old ? place.getNumRows() : header) : header;
  if (height > known) {
    formatColumns_(
      sheet,
      run.start + known,
      place.getColumn(),
      height - known,
      run.types.split(","),
      isFilled && before.columns !== columns,
    );
  }
  if (staged || old) {
    const source = staged || stagingOf_(run).getRange(1, 1);
    const [tall, wide] = [target.getNumRows(), target.getNumColumns()];
    // The copy takes cells that are empty in the hidden sheet as well: they empty what stood there.
    enlarge_(source.getSheet(), source.getRow() + tall - 1, source.getColumn() + wide - 1);
    source.offset(0, 0, tall, wide).copyTo(target, SpreadsheetApp.CopyPasteType.PASTE_VALUES, false);
  }
  const first = isAppended ? place.getRow() : run.start;
  const rows = Math.max(run.start + height - first, 1);
  const whole = sheet.getRange(first, place.getColumn(), rows, width);
  spreadsheet.setNamedRange(placeName_(pin.id), whole);
  const count = (isAppended ? before.rows : -run.headers) + height;
  written_(run, pin, whole, Math.max(isNew || !isAppended ? count : rows - run.headers, 0), height - header);
}

/**
 * Where the rows are to stand, made large enough. Throws where something else stands there.
 * @param {GoogleAppsScript.Spreadsheet.Range} place @param {number} start
 * @param {number} height @param {number} width
 * @param {GoogleAppsScript.Spreadsheet.Range | null} old what is replaced
 * @param {boolean} isNew whether nothing of it can be there yet
 * @returns {GoogleAppsScript.Spreadsheet.Range}
 */
function room_(place, start, height, width, old, isNew) {
  const sheet = place.getSheet();
  const column = place.getColumn();
  const [rows, columns] = [old ? old.getNumRows() : 0, old ? old.getNumColumns() : 0];
  const [tall, wide] = [Math.max(height, rows), Math.max(width, columns)];
  enlarge_(sheet, start + tall - 1, column + wide - 1);
  const right = wide > columns ? sheet.getRange(start, column + columns, tall, wide - columns) : null;
  const below = columns && tall > rows ? sheet.getRange(start + rows, column, tall - rows, columns) : null;
  for (const free of isNew ? [right, below] : []) {
    if (free && !free.isBlank()) {
      throw new Error(
        `The table needs ${sheet.getName()}!${free.getA1Notation()}, and something stands there: move it, or pin the table elsewhere.`,
      );
    }
  }
  return sheet.getRange(start, column, tall, wide);
}

/**
 * What was staged, without its header where rows are appended; null where that is nothing.
 * @param {Run} run @param {boolean} isAppended
 */
function stagedRange_(run, isAppended) {
  const skipped = isAppended ? run.headers : 0;
  const rows = run.rows - skipped;
  if (rows < 1) return null;
  return stagingOf_(run).getRange(1 + skipped, 1, rows, run.types.split(",").length);
}

/**
 * Notes that a table is written, beside it and in the log.
 * @param {Run} run @param {Pin} pin @param {GoogleAppsScript.Spreadsheet.Range} range
 * @param {number} rows of the table @param {number} written
 */
function written_(run, pin, range, rows, written) {
  const now = Date.now();
  const when = Utilities.formatDate(new Date(now), sheetZone_(), "yyyy-MM-dd HH:mm");
  range.getCell(1, 1).setNote(`TVox: ${pin.name}, ${rows} rows. Written ${when} (${pin.mode}, ${everyText_(pin)}).`);
  keepStanding_(pin.id, { tried: now, written: now, rows, said: "", isGood: true, columns: columnsSign_(run) });
  log_(pin, written, now - run.began, "Good.");
}

/**
 * The hidden sheet that a run has begun with.
 * @param {Run} run
 */
function stagingOf_(run) {
  const sheet = SpreadsheetApp.getActiveSpreadsheet().getSheetByName(STAGING);
  if (sheet && sheet.getSheetId() === run.sheet) return sheet;
  throw new Error(`Somebody removed the sheet "${STAGING}" while it was in use: the table is written anew next time.`);
}

/** Empties the hidden sheet, and makes it small: its cells count among the ten million of a document. */
function emptyStaging_() {
  const sheet = hiddenSheet_(STAGING);
  sheet.clear();
  if (sheet.getMaxRows() > 1000) sheet.deleteRows(1001, sheet.getMaxRows() - 1000);
}

/** @param {Pin} pin */
function everyText_(pin) {
  if (pin.every === "day") return `daily at ${pin.hour}:00`;
  return { manual: "by hand", quarter: "every 15 minutes", hour: "hourly" }[pin.every];
}

/** @param {Run} run */
function columnsSign_(run) {
  return digest_(JSON.stringify([run.names, run.types, run.headers]));
}

/** @param {Pin} pin */
function changed_(pin) {
  return `The columns of ${pin.name} are others than those in the sheet: set it to replace once, or pin it elsewhere.`;
}

/** Whether a pinned table has been written. @param {string} id */
function isFilled_(id) {
  return standing_(id).written > 0;
}

/** @param {Pin} pin @returns {GoogleAppsScript.Spreadsheet.Range} */
function placeOf_(pin) {
  const range = SpreadsheetApp.getActiveSpreadsheet().getRangeByName(placeName_(pin.id));
  if (!range) throw new Error(`The place of ${pin.name} is gone: pin the table anew.`);
  return range;
}
