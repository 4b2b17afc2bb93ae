/* Moments and what the clocks of a zone show, as days since 30 December 1899, which is how a sheet keeps dates. */

const DAY = 86_400_000;
const ORIGIN = Date.UTC(1899, 11, 30);

/** @type {Map<string, Intl.DateTimeFormat>} */
const formats = new Map();

/** @param {string} zone */
function format(zone) {
  let known = formats.get(zone);
  if (!known) {
    const numeric = /** @type {const} */ ("numeric");
    known = new Intl.DateTimeFormat("en-US", {
      timeZone: zone,
      hourCycle: "h23",
      era: "short",
      year: numeric,
      month: numeric,
      day: numeric,
      hour: numeric,
      minute: numeric,
      second: numeric,
    });
    formats.set(zone, known);
  }
  return known;
}

/**
 * What a clock shows, as if it were in UTC.
 * @param {number} moment milliseconds @param {string} zone
 */
export function shown(moment, zone) {
  /** @type {Record<string, string>} */
  const part = {};
  for (const { type, value } of format(zone).formatToParts(moment)) part[type] = value;
  const year = part.era === "BC" ? 1 - Number(part.year) : Number(part.year);
  const date = new Date(0);
  date.setUTCFullYear(year, Number(part.month) - 1, Number(part.day));
  date.setUTCHours(Number(part.hour), Number(part.minute), Number(part.second), ((moment % 1000) + 1000) % 1000);
  return date.getTime();
}

/**
 * The moment at which a clock shows that: of two the first, of none the one after the gap.
 * @param {number} local as `shown` gives it @param {string} zone
 */
export function momentOf(local, zone) {
  const candidates = [local - DAY, local + DAY].map((near) => local - (shown(near, zone) - near));
  return Math.min(...candidates.filter((moment) => shown(moment, zone) === local), Infinity) === Infinity
    ? Math.max(...candidates)
    : Math.min(...candidates.filter((moment) => shown(moment, zone) === local));
}

/** @param {number} moment @param {string} zone */
export const serialOf = (moment, zone) => (shown(moment, zone) - ORIGIN) / DAY;

/** @param {number} serial @param {string} zone */
export const momentOfSerial = (serial, zone) => momentOf(Math.round(serial * DAY) + ORIGIN, zone);

/** The fields of a serial, as a Date whose UTC fields they are. @param {number} serial */
export const fieldsOf = (serial) => new Date(Math.round(serial * DAY) + ORIGIN);

/** @param {number} year @param {number} month from 1 @param {number} day */
export const serialOfDay = (year, month, day) => (Date.UTC(year, month - 1, day) - ORIGIN) / DAY;
