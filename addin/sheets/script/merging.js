/*
 * Update or add: what stands in the sheet, with the staged rows in the place of those with the same key, and the others
 * behind. The whole is made in the hidden sheet, to the right of what was staged.
 */

/** Rows that are written together although they did not change: a call of Google's costs as much as some of them. */
const GAP = 50;

/** Milliseconds that have to be left: this is done in one execution, or from its beginning. */
const MERGE_TIME = 150000;

/**
 * @param {Run} run @param {Pin} pin
 */
function merge_(run, pin) {
  if (Date.now() - STARTED > RUN_TIME - MERGE_TIME && Date.now() - STARTED > 60000)
    throw later_("loading, the rows are being merged …");
  if (standing_(pin.id).columns !== columnsSign_(run)) throw new Error(changed_(pin));
  const types = run.types.split(",");
  const place = placeOf_(pin);
  const sheet = stagingOf_(run);
  const staged =
    run.rows > run.headers ? rowsOf_(sheet.getRange(1 + run.headers, 1, run.rows - run.headers, types.length)) : [];
  const standing = rowsOf_(place).slice(run.headers);
  const column = types.length + 2;
  enlarge_(sheet, run.headers + standing.length + staged.length, column + types.length - 1);
  const area = sheet.getRange(1, column, sheet.getMaxRows(), types.length);
  area.clear();
  place.copyTo(
    sheet.getRange(1, column, place.getNumRows(), types.length),
    SpreadsheetApp.CopyPasteType.PASTE_VALUES,
    false,
  );
  const { changed, rows } = mergedRows_(standing, staged, keyPlaces_(pin, run));
  for (const [from, to] of stretches_(changed)) {
    writeRows_(sheet, 1 + run.headers + from, column, rows.slice(from, to + 1), types);
  }
  run.merged = run.headers + rows.length;
  run.phase = "copy";
}

/** @param {Run} run */
function mergedRange_(run) {
  const width = run.types.split(",").length;
  return stagingOf_(run).getRange(1, width + 2, run.merged, width);
}

/**
 * The rows of both, and the places of those that are not what stood there.
 * @param {Cell[][]} standing @param {Cell[][]} staged @param {number[]} keys
 * @returns {{ rows: Cell[][], changed: number[] }}
 */
function mergedRows_(standing, staged, keys) {
  const rows = standing.slice();
  const places = new Map(standing.map((row, place) => [keyOf_(row, keys), place]));
  /** @type {Set<number>} */
  const changed = new Set();
  for (const row of staged) {
    const key = keyOf_(row, keys);
    const known = places.get(key);
    const place = known === undefined ? rows.length : known;
    if (known !== undefined && JSON.stringify(rows[known]) === JSON.stringify(row)) continue;
    rows[place] = row;
    places.set(key, place);
    changed.add(place);
  }
  return { rows, changed: [...changed].sort((one, two) => one - two) };
}

/**
 * Places that are near each other, as stretches from one to another.
 * @param {number[]} places in order
 * @returns {[number, number][]}
 */
function stretches_(places) {
  /** @type {[number, number][]} */
  const found = [];
  for (const place of places) {
    const last = found[found.length - 1];
    if (last && place - last[1] <= GAP && place - last[0] < STAGED_ROWS) last[1] = place;
    else found.push([place, place]);
  }
  return found;
}

/** @param {Cell[]} row @param {number[]} keys */
function keyOf_(row, keys) {
  return JSON.stringify(keys.map((place) => String(row[place] instanceof Date ? Number(row[place]) : row[place])));
}

/** @param {Pin} pin @param {Run} run */
function keyPlaces_(pin, run) {
  return pin.keys.map((key) => {
    const place = run.names.indexOf(key);
    if (place < 0) throw new Error(changed_(pin));
    return place;
  });
}

/** @param {GoogleAppsScript.Spreadsheet.Range} range @returns {Cell[][]} */
function rowsOf_(range) {
  return range.getValues().map((row) => row.map((cell) => (cell === "" ? null : cell)));
}
