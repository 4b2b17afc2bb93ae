/* Dates as Utilities.formatDate writes them and Utilities.parseDate reads them: patterns of Java's SimpleDateFormat. */
import { Fault } from "../cloud/faults.js";
import { momentOf, shown } from "../sheet/zones.js";

const TOKEN = /'((?:[^']|'')*)'|([A-Za-z])\2*|[^A-Za-z']+/g;
const MONTHS = "January February March April May June July August September October November December".split(" ");
const DAYS = "Sunday Monday Tuesday Wednesday Thursday Friday Saturday".split(" ");

/** A zone that Java knows: of one that it does not, it makes GMT. @param {string} zone */
export function zoneOf(zone) {
  const offset = /^(?:GMT|UTC)?([+-]\d{1,2})(?::?(\d{2}))?$/.exec(zone);
  const name = offset ? `${offset[1]?.[0]}${offset[1]?.slice(1).padStart(2, "0")}:${offset[2] ?? "00"}` : zone;
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    return name;
  } catch {
    return "UTC";
  }
}

/** @param {number} value @param {number} width */
const padded = (value, width) => String(value).padStart(width, "0");

/** @param {Date} at whose UTC fields are those of the week @returns {number} of ISO 8601, which is Italy's too */
function weekOf(at) {
  const thursday = new Date(at.getTime() + (3 - ((at.getUTCDay() + 6) % 7)) * 86_400_000);
  const first = Date.UTC(thursday.getUTCFullYear(), 0, 1);
  return 1 + Math.floor((thursday.getTime() - first) / (7 * 86_400_000));
}

/** @param {number} minutes @param {string} colon */
const offsetText = (minutes, colon) =>
  `${minutes < 0 ? "-" : "+"}${padded(Math.floor(Math.abs(minutes) / 60), 2)}${colon}${padded(Math.abs(minutes) % 60, 2)}`;

/** @param {Date} date @param {string} zoneName @param {string} pattern */
export function formatted(date, zoneName, pattern) {
  if (Number.isNaN(date.getTime())) throw new Fault("Invalid argument: date");
  const zone = zoneOf(zoneName);
  const local = shown(date.getTime(), zone);
  const at = new Date(local);
  const offset = Math.round((local - date.getTime()) / 60_000);
  const hour = at.getUTCHours();
  return pattern.replace(
    TOKEN,
    (token, /** @type {string | undefined} */ quoted, /** @type {string | undefined} */ letter) => {
      if (quoted !== undefined) return quoted === "" ? "'" : quoted.replaceAll("''", "'");
      if (!letter) return token;
      const width = token.length;
      switch (letter) {
        case "G":
          return at.getUTCFullYear() > 0 ? "AD" : "BC";
        case "y":
          return width === 2 ? padded(at.getUTCFullYear() % 100, 2) : padded(at.getUTCFullYear(), width);
        case "Y": {
          const thursday = new Date(local + (3 - ((at.getUTCDay() + 6) % 7)) * 86_400_000);
          return padded(thursday.getUTCFullYear(), width);
        }
        case "M":
        case "L": {
          const name = MONTHS[at.getUTCMonth()] ?? "";
          return width > 3 ? name : width === 3 ? name.slice(0, 3) : padded(at.getUTCMonth() + 1, width);
        }
        case "w":
          return padded(weekOf(at), width);
        case "d":
          return padded(at.getUTCDate(), width);
        case "D":
          return padded(Math.floor((local - Date.UTC(at.getUTCFullYear(), 0, 1)) / 86_400_000) + 1, width);
        case "E":
          return width > 3 ? (DAYS[at.getUTCDay()] ?? "") : (DAYS[at.getUTCDay()] ?? "").slice(0, 3);
        case "u":
          return padded(at.getUTCDay() || 7, width);
        case "a":
          return hour < 12 ? "AM" : "PM";
        case "H":
          return padded(hour, width);
        case "k":
          return padded(hour || 24, width);
        case "K":
          return padded(hour % 12, width);
        case "h":
          return padded(hour % 12 || 12, width);
        case "m":
          return padded(at.getUTCMinutes(), width);
        case "s":
          return padded(at.getUTCSeconds(), width);
        case "S":
          return padded(at.getUTCMilliseconds(), width);
        case "Z":
          return offsetText(offset, "");
        case "X":
          return offset === 0
            ? "Z"
            : width === 1
              ? offsetText(offset, "").slice(0, 3)
              : offsetText(offset, width === 2 ? "" : ":");
        case "z":
          return (
            new Intl.DateTimeFormat("en-US", { timeZone: zone, timeZoneName: width > 3 ? "long" : "short" })
              .formatToParts(date)
              .find(({ type }) => type === "timeZoneName")?.value ?? ""
          );
        default:
          throw new Fault(`Illegal pattern character '${letter}'`);
      }
    },
  );
}

/** What a letter reads, and what it says of the date. @type {Record<string, (width: number) => string>} */
const READS = {
  y: (width) => (width === 2 ? "\\d{2}" : "\\d{1,4}"),
  M: (width) => (width >= 3 ? "[A-Za-z]+" : "\\d{1,2}"),
  E: () => "[A-Za-z]+",
  a: () => "[AaPp][Mm]",
  S: () => "\\d{1,3}",
  Z: () => "[+-]\\d{4}",
  X: () => "Z|[+-]\\d{2}(?::?\\d{2})?",
  ...Object.fromEntries([..."dHhkKms"].map((letter) => [letter, () => "\\d{1,2}"])),
};

/** @param {string} text @param {string} zoneName @param {string} pattern */
export function parsed(text, zoneName, pattern) {
  /** @type {[string, number][]} */
  const letters = [];
  const expression = pattern.replace(
    TOKEN,
    (token, /** @type {string | undefined} */ quoted, /** @type {string | undefined} */ letter) => {
      const literal = quoted !== undefined ? quoted || "'" : letter ? null : token;
      if (literal !== null) return literal.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
      const reads = READS[letter ?? ""];
      if (!reads) throw new Fault(`Illegal pattern character '${letter}'`);
      letters.push([letter ?? "", token.length]);
      return `(${reads(token.length)})`;
    },
  );
  const match = new RegExp(`^${expression}`).exec(text);
  if (!match) throw new Fault(`Unparseable date: "${text}"`);
  /** @type {Record<string, string>} */
  const said = {};
  letters.forEach(([letter], place) => (said[letter] = match[place + 1] ?? ""));
  const number = (/** @type {string} */ letter, fallback = 0) =>
    said[letter] === undefined ? fallback : Number(said[letter]);
  const monthName = said.M && !/^\d/.test(said.M) ? said.M.toLowerCase() : null;
  const month = monthName ? MONTHS.findIndex((name) => name.toLowerCase().startsWith(monthName)) : number("M", 1) - 1;
  const short = letters.some(([letter, width]) => letter === "y" && width === 2);
  const half = /^p/i.test(said.a ?? "") ? 12 : 0;
  const hour =
    said.h !== undefined
      ? (number("h") % 12) + half
      : said.K !== undefined
        ? number("K") + half
        : said.k !== undefined
          ? number("k") % 24
          : number("H");
  const local = new Date(0);
  local.setUTCFullYear((short ? 2000 : 0) + number("y", short ? 0 : 1970), month, number("d", 1));
  local.setUTCHours(hour, number("m"), number("s"), number("S"));
  const offset = said.Z ?? said.X;
  if (offset === "Z") return local;
  if (offset) {
    const [, sign, hours, minutes = "00"] = /([+-])(\d{2}):?(\d{2})?/.exec(offset) ?? [];
    return new Date(local.getTime() - Number(`${sign}1`) * (Number(hours) * 60 + Number(minutes)) * 60_000);
  }
  return new Date(momentOf(local.getTime(), zoneOf(zoneName)));
}
