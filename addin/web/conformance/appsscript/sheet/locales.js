/* What of a sheet follows its locale: separators, the order of a date, and the words of months. */

/**
 * @typedef {{ decimal: string, group: string, separator: string, order: "dmy" | "mdy", date: string, time: string, tag: string }} Locale
 */

/** @type {Record<string, Partial<Locale>>} */
const OWN = {
  en_US: { order: "mdy", date: "M/d/yyyy", time: "H:mm:ss" },
  en_GB: { order: "dmy", date: "dd/MM/yyyy", time: "HH:mm:ss" },
  it_IT: { order: "dmy", date: "dd/MM/yyyy", time: "H.mm.ss" },
  de_DE: { order: "dmy", date: "dd.MM.yyyy", time: "HH:mm:ss" },
  fr_FR: { order: "dmy", date: "dd/MM/yyyy", time: "HH:mm:ss" },
  es_ES: { order: "dmy", date: "dd/MM/yyyy", time: "H:mm:ss" },
};

/** @type {Map<string, Locale>} */
const known = new Map();

/**
 * @param {string} name as getSpreadsheetLocale gives it: it_IT @returns {Locale}
 * @throws {RangeError} for a locale whose dates are not known here
 */
export function localeOf(name) {
  const made = known.get(name);
  if (made) return made;
  const own = OWN[name];
  if (!own) throw new RangeError(`the locale ${name} is not known here: ${Object.keys(OWN).join(", ")} are`);
  const tag = name.replace("_", "-");
  const parts = new Intl.NumberFormat(tag, { useGrouping: true }).formatToParts(1_234_567.5);
  const decimal = parts.find(({ type }) => type === "decimal")?.value ?? ".";
  const group = parts.find(({ type }) => type === "group")?.value ?? ",";
  const separator = decimal === "," ? ";" : ",";
  /** @type {Locale} */
  const locale = { decimal, group, separator, order: "mdy", date: "M/d/yyyy", time: "H:mm:ss", tag, ...own };
  known.set(name, locale);
  return locale;
}
