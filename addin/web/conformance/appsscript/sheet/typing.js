/*
 * What a text becomes when somebody types it into a cell, and so what setValue and setValues make of it: a formula, a
 * number, a percentage, a boolean, a date, or a text. A cell whose format is plain text (`@`) keeps every text as it is,
 * and so does a leading apostrophe, which is not part of the value.
 */
import { serialOfDay } from "./zones.js";

/**
 * @typedef {import("./locales.js").Locale} Locale
 * @typedef {{ value: string | number | boolean, format?: string, formula?: string, quoted?: boolean }} Typed
 */

/** @param {string} text @param {string} format of the cell @param {Locale} locale @param {number} year of today @returns {Typed} */
export function typed(text, format, locale, year) {
  if (format === "@") return { value: text };
  if (text.startsWith("'")) return { value: text.slice(1), quoted: true };
  if (text.startsWith("=") && text.length > 1) return { value: "", formula: text };
  const trimmed = text.trim();
  if (/^(true|false)$/i.test(trimmed)) return { value: trimmed.toLowerCase() === "true" };
  const found = number(trimmed, locale) ?? moment(trimmed, locale, year);
  if (found) return found;
  // What begins with a sign is a formula for Sheets: +39 0432 1 is one with an error.
  if (/^[+-]/.test(text) && text.length > 1) return { value: "", formula: `=${text}` };
  return { value: text };
}

/** @param {string} text */
const literally = (text) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");

/** @type {Map<Locale, RegExp>} */
const patterns = new Map();

/** @param {Locale} locale */
function numberPattern(locale) {
  const made = patterns.get(locale);
  if (made) return made;
  const [point, comma] = [literally(locale.decimal), literally(locale.group)];
  const pattern = new RegExp(
    `^([+-]?)(\\$|€)?(\\d+|\\d{1,3}(?:${comma}\\d{3})+)?(${point}\\d*)?(e[+-]?\\d+)?(%|\\s?€)?$`,
    "i",
  );
  patterns.set(locale, pattern);
  return pattern;
}

/** @param {string} text @param {Locale} locale @returns {Typed | null} */
function number(text, locale) {
  const { decimal, group } = locale;
  const match = numberPattern(locale).exec(text);
  if (!match) return null;
  const [, sign = "", before, whole = "", fraction = "", power = "", after = ""] = match;
  if (!whole && fraction.length < 2) return null;
  const digits = whole.replaceAll(group, "") || "0";
  const value = Number(`${sign}${digits}${fraction.replace(decimal, ".").replace(/\.$/, "")}${power}`);
  if (!Number.isFinite(value)) return null;
  const places = fraction.length > 1 ? ".00" : "";
  if (after === "%") return { value: value / 100, format: `0${places}%` };
  if (before || after) return { value, format: `${before ?? ""}#,##0${places}${after}` };
  if (power) return { value, format: "0.00E+00" };
  return whole.includes(group) ? { value, format: `#,##0${places}` } : { value };
}

const TIME = /^(\d{1,2})[:.](\d{2})(?:[:.](\d{2})(?:[.,](\d{1,3}))?)?(?:\s?(am|pm))?$/i;

/** @param {string} text @param {Locale} locale @param {number} year @returns {Typed | null} */
function moment(text, locale, year) {
  const [first = "", second, more] = text.split(/[ T]+/);
  if (more !== undefined) return null;
  const day = dayOf(first, locale, year);
  if (day !== null) {
    if (second === undefined) return { value: day, format: locale.date };
    const time = timeOf(second);
    return time === null ? null : { value: day + time, format: `${locale.date} ${locale.time}` };
  }
  const time = second === undefined ? timeOf(first) : null;
  return time === null || !first.includes(":") ? null : { value: time, format: locale.time };
}

/** @param {string} text */
function timeOf(text) {
  const match = TIME.exec(text);
  if (!match) return null;
  const [, hour, minute, second = "0", fraction = "0", half] = match;
  const hours = half ? (Number(hour) % 12) + (half.toLowerCase() === "pm" ? 12 : 0) : Number(hour);
  if (hours > 23 || Number(minute) > 59 || Number(second) > 59) return null;
  return (hours * 3600 + Number(minute) * 60 + Number(second) + Number(`0.${fraction}`)) / 86_400;
}

/** @param {string} text @param {Locale} locale @param {number} thisYear */
function dayOf(text, { order, decimal }, thisYear) {
  const iso = /^(\d{4})[-/](\d{1,2})[-/](\d{1,2})$/.exec(text);
  if (iso) return serial(Number(iso[1]), Number(iso[2]), Number(iso[3]));
  // A point parts a date only where it does not part a number.
  const marks = decimal === "," ? "[-/.]" : "[-/]";
  const local = new RegExp(`^(\\d{1,2})(${marks})(\\d{1,2})(?:\\2(\\d{4}|\\d{2}))?$`).exec(text);
  if (!local) return null;
  const [, one, , other, said] = local;
  const year = said === undefined ? thisYear : said.length === 2 ? 2000 + Number(said) : Number(said);
  const [month, day] = order === "mdy" ? [Number(one), Number(other)] : [Number(other), Number(one)];
  return serial(year, month, day);
}

/** @param {number} year @param {number} month @param {number} day */
function serial(year, month, day) {
  const date = new Date(Date.UTC(year, month - 1, day));
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day ? serialOfDay(year, month, day) : null;
}
