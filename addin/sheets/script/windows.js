/*
 * The window of a question: two cells, each a date, a month, a year, or a word.
 */

/**
 * What one cell says of a window: `first` and `last` are the days it begins and ends with, `alone` is the parameter that
 * it is without another cell.
 * @typedef {{ first: string, last: string, alone: [string, string] | null }} Bound
 */

/**
 * The parameters of a window.
 * @param {unknown} from @param {unknown} to values of cells
 * @param {string} zone in which today is meant
 * @returns {Record<string, string>}
 */
function windowOf_(from, to, zone) {
  const since = boundOf_("from", from, zone);
  const until = boundOf_("to", to, zone);
  if (since && !until && since.alone) return { [since.alone[0]]: since.alone[1] };
  /** @type {Record<string, string>} */
  const asked = {};
  for (const [name, bound] of /** @type {const} */ ([
    ["from", since],
    ["to", until],
  ])) {
    if (!bound) continue;
    if (bound.first === "") {
      throw new Error(
        `${bound.alone ? bound.alone[1] : ""} is a whole window: leave the cell for ${name === "from" ? "to" : "from"} empty.`,
      );
    }
    asked[name] = name === "from" ? bound.first : bound.last;
  }
  return asked;
}

/**
 * @param {string} name @param {unknown} given @param {string} zone
 * @returns {Bound | null} null where the cell is empty
 */
function boundOf_(name, given, zone) {
  const value = oneCell_(name, given);
  if (isBlank_(value)) return null;
  if (value instanceof Date) return day_(momentText_(value, sheetZone_()));
  if (typeof value === "number") return boundOfNumber_(name, value);
  const text = String(value).trim();
  if (text === "") return null;
  if (/^\d{4}$/.test(text)) return year_(text);
  const month = /^(\d{4})-(\d{1,2})$/.exec(text);
  if (month) return month_(String(month[1]), String(month[2]).padStart(2, "0"));
  if (/^\d+[dwm]$/i.test(text)) {
    if (name === "to") throw new Error(`${text} is a whole window: it belongs into the cell for from.`);
    return { first: "", last: "", alone: ["last", text.toLowerCase()] };
  }
  const word = text.toLowerCase();
  if (word === "today" || word === "yesterday") {
    const day = dayText_(Date.now() - (word === "today" ? 0 : 24 * 3600 * 1000), zone);
    return { first: day, last: day, alone: name === "from" ? [word, ""] : null };
  }
  return day_(text);
}

/**
 * A number is a year, or a day as spreadsheets count them.
 * @param {string} name @param {number} value
 * @returns {Bound}
 */
function boundOfNumber_(name, value) {
  if (Number.isInteger(value) && value >= 1900 && value <= 2200) return year_(String(value));
  if (value < 20000 || value > 110000) {
    throw new Error(`${name} cannot be ${value}: give a date, a text such as 2026-10-01, or a year.`);
  }
  // Days since 30 December 1899, in whatever zone: a spreadsheet's number has none.
  const wall = new Date(Math.round((value - 25569) * 86400000)).toISOString();
  return day_(wall.endsWith("T00:00:00.000Z") ? wall.slice(0, 10) : wall.slice(0, 19));
}

/** @param {string} text @returns {Bound} */
function day_(text) {
  return { first: text, last: text, alone: null };
}

/** @param {string} year @returns {Bound} */
function year_(year) {
  return { first: `${year}-01-01`, last: `${year}-12-31`, alone: ["year", year] };
}

/** @param {string} year @param {string} month two digits @returns {Bound} */
function month_(year, month) {
  const last = new Date(Date.UTC(Number(year), Number(month), 0)).getUTCDate();
  return { first: `${year}-${month}-01`, last: `${year}-${month}-${last}`, alone: ["month", `${year}-${month}`] };
}
