/* How a cell shows its value: number formats as far as TVox's tables need them. */
import { fieldsOf } from "./zones.js";

/** @typedef {import("./locales.js").Locale} Locale */

/** What a format is of, without its quoted texts and brackets. @param {string} format */
const bare = (format) => format.replace(/"[^"]*"|\\./g, "");

/** @param {string} format */
export const isDate = (format) =>
  format !== "@" &&
  /[ymdhs]/i.test(
    bare(format)
      .replace(/\[(?!h|m|s)[^\]]*\]/gi, "")
      .replace(/general/i, ""),
  );

/** @param {string | number | boolean | null} value @param {string} format @param {Locale} locale @returns {string} */
export function displayed(value, format, locale) {
  if (value === null) return "";
  if (typeof value === "boolean") return value ? "TRUE" : "FALSE";
  if (typeof value === "string") return value;
  if (isDate(format)) return dated(value, format);
  if (format === "@" || format === "" || /^general$/i.test(format)) return plain(value).replace(".", locale.decimal);
  return numbered(value, format, locale);
}

/** @param {number} value */
function plain(value) {
  const text = String(Number(value.toPrecision(15)));
  return Math.abs(value) >= 1e15 ? value.toExponential().replace("e+", "E+") : text;
}

/** @param {number} value @param {string} format @param {Locale} locale */
function numbered(value, format, { tag }) {
  const [positive = "", negative] = format.split(";");
  const chosen = value < 0 && negative !== undefined ? negative : positive;
  const match = /[#0,?]*[0#](?:\.([0#?]+))?(E\+0+)?(%)?/.exec(bare(chosen));
  if (!match) return chosen.replaceAll('"', "");
  const [pattern, fraction = "", power, percent] = match;
  const shown = (percent ? value * 100 : value) * (negative !== undefined && value < 0 ? -1 : 1);
  if (power)
    return value
      .toExponential(fraction.length)
      .replace(/e([+-])(\d)$/, "E$10$2")
      .toUpperCase();
  const least = (pattern.split(".")[0] ?? "").replace(/[^0]/g, "").length;
  const text = new Intl.NumberFormat(tag, {
    useGrouping: pattern.includes(",") ? "always" : false,
    minimumIntegerDigits: Math.max(1, least),
    minimumFractionDigits: fraction.replace(/[^0]/g, "").length,
    maximumFractionDigits: fraction.length,
  }).format(shown);
  return chosen.replace(pattern, text + (percent ?? "")).replaceAll('"', "");
}

/** @param {number} serial @param {string} format */
function dated(serial, format) {
  const at = fieldsOf(serial);
  const half = /a+\/p+m?|am\/pm/i.test(format);
  const elapsed = Math.floor(Math.abs(serial) * 24 + 1e-9);
  const pad = (/** @type {number} */ number, /** @type {number} */ width) => String(number).padStart(width, "0");
  let seenHour = false;
  const tokens = /"[^"]*"|\\.|\[h+\]|y+|M+|m+|d+|h+|s+(?:[.,]0+)?|am\/pm|a+\/p+m?/gi;
  return format.replace(tokens, (token, /** @type {number} */ place) => {
    const first = token[0]?.toLowerCase();
    if (first === '"') return token.slice(1, -1);
    if (first === "\\") return token.slice(1);
    if (first === "[") return pad(elapsed, token.length - 2);
    if (first === "y") return token.length > 2 ? pad(at.getUTCFullYear(), 4) : pad(at.getUTCFullYear() % 100, 2);
    if (first === "d") return pad(at.getUTCDate(), Math.min(token.length, 2));
    if (first === "a") return at.getUTCHours() < 12 ? "AM" : "PM";
    if (first === "h") {
      seenHour = true;
      return pad(half ? at.getUTCHours() % 12 || 12 : at.getUTCHours(), Math.min(token.length, 2));
    }
    if (first === "s") {
      const [whole = "", digits = ""] = token.split(/[.,]/);
      const second = pad(at.getUTCSeconds(), whole.length);
      return digits
        ? `${second}${token[whole.length]}${pad(at.getUTCMilliseconds(), 3).slice(0, digits.length)}`
        : second;
    }
    // M is a minute between an hour and a second.
    const isMinute = seenHour || /^[^a-z]*s/i.test(format.slice(place + token.length));
    return pad(isMinute && token[0] === "m" ? at.getUTCMinutes() : at.getUTCMonth() + 1, Math.min(token.length, 2));
  });
}
