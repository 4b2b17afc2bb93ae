/*
 * Times and zones. A Date is a moment; what a cell shows of it is the wall time of the spreadsheet's zone.
 */

const QUARTER = 15 * 60 * 1000;
const DAY = 24 * 3600 * 1000;

/** Offsets that were asked of Google in this execution. @type {Map<string, number>} */
const OFFSETS = new Map();

/** The zone of the spreadsheet, which need not be that of the script. */
function sheetZone_() {
  return SpreadsheetApp.getActiveSpreadsheet().getSpreadsheetTimeZone();
}

/**
 * The Date of a cell as a parameter: a day where it is midnight in the sheet, else a moment of its wall time.
 * @param {Date} value @param {string} zone the spreadsheet's
 */
function momentText_(value, zone) {
  // A cell counts in parts of a day: eight o'clock may come as a millisecond before.
  const near = Math.round(value.getTime() / 1000) * 1000;
  const moment = Math.abs(value.getTime() - near) > 1 ? value : new Date(near);
  const text = Utilities.formatDate(moment, zone, "yyyy-MM-dd'T'HH:mm:ss.SSS");
  return text.endsWith("T00:00:00.000") ? text.slice(0, 10) : text.replace(/\.000$/, "");
}

/**
 * The day that a moment is in, in a zone.
 * @param {number} moment milliseconds @param {string} zone
 */
function dayText_(moment, zone) {
  return Utilities.formatDate(new Date(moment), zone, "yyyy-MM-dd");
}

/**
 * A time of the service, as the Date whose wall time in the sheet is the one of the zone that was asked for.
 * @param {string} text RFC 3339, with an offset @param {string} zone the spreadsheet's @param {string} shown
 * @returns {Date}
 */
function dateOf_(text, zone, shown) {
  if (zone === shown) return new Date(text);
  return atWall_(Date.parse(`${text.replace(/(Z|[+-]\d\d:\d\d)$/, "")}Z`), zone);
}

/**
 * The Date that shows a wall time in a zone.
 * @param {number} wall milliseconds, as if the wall time were UTC @param {string} zone
 */
function atWall_(wall, zone) {
  return new Date(wall - offset_(wall - offset_(wall, zone), zone));
}

/**
 * How far a zone is ahead of UTC at a moment, in milliseconds.
 * @param {number} moment @param {string} zone
 */
function offset_(moment, zone) {
  const day = Math.floor(moment / DAY) * DAY;
  const begins = askedOffset_(day, zone);
  // A call for each cell would take minutes: clocks change on few days.
  if (begins === askedOffset_(day + DAY, zone)) return begins;
  return askedOffset_(Math.floor(moment / QUARTER) * QUARTER, zone);
}

/** @param {number} moment @param {string} zone */
function askedOffset_(moment, zone) {
  const name = `${zone} ${moment}`;
  const known = OFFSETS.get(name);
  if (known !== undefined) return known;
  const text = Utilities.formatDate(new Date(moment), zone, "Z");
  const size = (Number(text.slice(1, 3)) * 60 + Number(text.slice(3, 5))) * 60000;
  const offset = text.startsWith("-") ? -size : size;
  OFFSETS.set(name, offset);
  return offset;
}
