/* Dates and times of M, counted in its own ticks of 100 nanoseconds; day and clock only, no zone's rules. */

const TICKS_OF_MILLISECOND = 10_000n;
const TICKS_OF_MINUTE = 60_000n * TICKS_OF_MILLISECOND;

export class Duration {
  /** @param {bigint} ticks */
  constructor(ticks) {
    this.ticks = ticks;
  }

  /** In seconds. */
  toString() {
    return String(Number(this.ticks) / 1e7);
  }
}

export class MDate {
  /** @param {bigint} ticks from 1970 to the day's beginning */
  constructor(ticks) {
    this.ticks = ticks;
  }

  toString() {
    return iso(this.ticks).slice(0, 10);
  }
}

/** A day and a clock, of no zone. */
export class DateTime {
  /** @param {bigint} ticks from the beginning of 1970 */
  constructor(ticks) {
    this.ticks = ticks;
  }

  toString() {
    return iso(this.ticks);
  }
}

/** A day and a clock beside their distance from UTC; two that are the same moment are equal. */
export class DateTimeZone {
  /** @param {bigint} ticks as UTC @param {number} minutes the offset */
  constructor(ticks, minutes) {
    this.ticks = ticks;
    this.minutes = minutes;
  }

  /** The moment in UTC. */
  toString() {
    return `${iso(this.ticks)}Z`;
  }
}

/**
 * The ticks of a day and a clock.
 * @param {number} year @param {number} month @param {number} day
 * @param {number} [hour] @param {number} [minute] @param {number} [second] with its fraction
 */
export function ticksOf(year, month, day, hour = 0, minute = 0, second = 0) {
  const whole = Date.UTC(year, month - 1, day, hour, minute, Math.trunc(second));
  const back = new Date(whole);
  const given = [year, month - 1, day, hour, minute, Math.trunc(second)];
  const found = [back.getUTCFullYear(), back.getUTCMonth(), back.getUTCDate()];
  const clock = [back.getUTCHours(), back.getUTCMinutes(), back.getUTCSeconds()];
  if (String([...found, ...clock]) !== String(given)) throw new RangeError(`there is no ${given}`);
  return BigInt(whole) * TICKS_OF_MILLISECOND + BigInt(Math.round((second % 1) * 1e7));
}

/**
 * The ticks of a length of time.
 * @param {number} days @param {number} hours @param {number} minutes @param {number} seconds
 */
export function ticksOfDuration(days, hours, minutes, seconds) {
  return BigInt(Math.round((((days * 24 + hours) * 60 + minutes) * 60 + seconds) * 1e7));
}

const ISO = /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d(?:\.\d{1,7})?))?)?(Z|[+-]\d\d:\d\d)?$/;

/**
 * What an ISO 8601 text says: ticks as written, and the offset in minutes, null if there is none.
 * @param {string} text
 */
export function readIso(text) {
  const match = ISO.exec(text);
  if (!match) throw new RangeError(`${JSON.stringify(text)} is no date or time in ISO 8601`);
  const [year = 0, month = 0, day = 0, hour, minute, second] = match.slice(1, 7).map((part) => Number(part ?? 0));
  const zone = match[7];
  const offset = zone && zone !== "Z" ? Number(zone.slice(1, 3)) * 60 + Number(zone.slice(4)) : 0;
  return {
    ticks: ticksOf(year, month, day, hour, minute, second),
    hasClock: match[4] !== undefined,
    minutes: zone ? (zone.startsWith("-") ? -offset : offset) : null,
  };
}

/**
 * A moment from what was written and its offset.
 * @param {bigint} written @param {number} minutes
 */
export function zoned(written, minutes) {
  return new DateTimeZone(written - BigInt(minutes) * TICKS_OF_MINUTE, minutes);
}

/**
 * Ticks some months later; the last day of a month where the day does not exist.
 * @param {bigint} ticks @param {number} months
 */
export function monthsLater(ticks, months) {
  const { year, month, day, hour, minute, second, fraction } = parts(ticks);
  const first = new Date(Date.UTC(year, month - 1 + months, 1));
  const last = new Date(Date.UTC(first.getUTCFullYear(), first.getUTCMonth() + 1, 0)).getUTCDate();
  const moved = ticksOf(first.getUTCFullYear(), first.getUTCMonth() + 1, Math.min(day, last), hour, minute, second);
  return moved + fraction;
}

/** @param {bigint} ticks */
export function parts(ticks) {
  const fraction = ((ticks % 10_000_000n) + 10_000_000n) % 10_000_000n;
  const date = new Date(Number((ticks - fraction) / TICKS_OF_MILLISECOND));
  return {
    year: date.getUTCFullYear(),
    month: date.getUTCMonth() + 1,
    day: date.getUTCDate(),
    hour: date.getUTCHours(),
    minute: date.getUTCMinutes(),
    second: date.getUTCSeconds(),
    fraction,
  };
}

/** @param {bigint} ticks */
function iso(ticks) {
  const { year, month, day, hour, minute, second, fraction } = parts(ticks);
  const two = (/** @type {number} */ part) => String(part).padStart(2, "0");
  const rest = fraction ? `.${String(fraction).padStart(7, "0").replace(/0+$/, "")}` : "";
  const clock = `${two(hour)}:${two(minute)}:${two(second)}${rest}`;
  return `${String(year).padStart(4, "0")}-${two(month)}-${two(day)}T${clock}`;
}

const SPECIFIERS = /'([^']*)'|(yyyy|MM|dd|HH|mm|ss|f{1,7})|([A-Za-z%\\"])|([^A-Za-z%\\"'])/g;
/** Letters that stand for themselves in a custom format, for no specifier is written so. */
const LITERAL = "T";

/**
 * Ticks in one of .NET's custom formats, as far as they are numbers.
 * @param {bigint} ticks @param {string} format
 */
export function inFormat(ticks, format) {
  const { year, month, day, hour, minute, second, fraction } = parts(ticks);
  const numbers = { yyyy: [year, 4], MM: [month, 2], dd: [day, 2], HH: [hour, 2], mm: [minute, 2], ss: [second, 2] };
  return format.replace(SPECIFIERS, (_, quoted, specifier, letter, other) => {
    if (quoted !== undefined) return quoted;
    if (other !== undefined) return other;
    if (letter === LITERAL) return letter;
    if (letter !== undefined) throw new Error(`the format specifier ${letter} is not known here`);
    if (specifier.startsWith("f")) return String(fraction).padStart(7, "0").slice(0, specifier.length);
    const [number, width] = numbers[/** @type {keyof typeof numbers} */ (specifier)];
    return String(number).padStart(width ?? 0, "0");
  });
}
