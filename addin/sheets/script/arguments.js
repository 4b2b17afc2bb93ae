/*
 * What stands in cells becomes the parameters of a question.
 */

/**
 * A question for the service. `body` is what a POST sends; without one it is a GET. `parameters` are those of either.
 * `minutes`: how long its answer is as good as new. `shown` is the zone whose wall time cells show, `zone` the
 * spreadsheet's; `isPlain`: times are to be left as the service writes them.
 * @typedef {{
 *   path: string,
 *   post: boolean,
 *   parameters: Record<string, string>,
 *   minutes: number | null,
 *   zone: string,
 *   shown: string,
 *   isPlain: boolean,
 * }} Question
 */

/** Options that are numbers: there "1,5" is what others write 1.5. */
const NUMBERS = ["limit", "offset", "wait", "cache", "interval", "threshold", "short", "size"];

/**
 * The question of a table's rows, as arguments of cells ask it.
 * @param {{ table: unknown, from?: unknown, to?: unknown, columns?: unknown, filter?: unknown, options?: unknown }} given
 * @returns {Question}
 */
function rowsQuestion_(given) {
  const table = oneText_("table", given.table);
  if (table === "") throw new Error("Which table? The first argument is its name; =TVOX_TABLES() lists them.");
  const options = optionsOf_(given.options);
  const zone = sheetZone_();
  const asked = windowOf_(given.from, given.to, options["tz"] || zone);
  put_(asked, "columns", listOf_("columns", given.columns).join(","));
  put_(asked, "filter", conditionOf_(given.filter));
  return questionOf_(`/tables/${encodeURIComponent(table)}.grid`, false, asked, options, zone);
}

/**
 * The question of a Data Model query, as arguments of cells ask it.
 * @param {{ graphql: unknown, rows?: unknown, columns?: unknown, options?: unknown }} given
 * @returns {Question}
 */
function queryQuestion_(given) {
  /** @type {Record<string, string>} */
  const asked = {};
  put_(asked, "query", oneText_("graphql", given.graphql));
  if (asked["query"] === undefined) throw new Error("Which query? The first argument is its text, in GraphQL.");
  put_(asked, "rows", oneText_("rows", given.rows));
  put_(asked, "columns", listOf_("columns", given.columns).join(","));
  const options = optionsOf_(given.options);
  // A table that ends after a page would be a wrong one.
  if (options["pages"] === undefined) asked["pages"] = "all";
  return questionOf_("/import.grid", true, asked, options, sheetZone_());
}

/**
 * A question of arguments and options together. Takes the options that are the script's own out of them.
 * @param {string} path @param {boolean} post
 * @param {Record<string, string>} asked what the arguments say
 * @param {Record<string, string>} options what the options say
 * @param {string} zone the spreadsheet's
 * @returns {Question}
 */
function questionOf_(path, post, asked, options, zone) {
  const { cache, ...others } = options;
  for (const name of Object.keys(others)) {
    if (asked[name] !== undefined) throw new Error(`${name} is given twice: as an argument and in the options.`);
  }
  const parameters = { ...asked, ...others };
  const shown = parameters["tz"] || zone;
  parameters["tz"] = shown;
  return {
    path,
    post,
    parameters,
    minutes: cache === undefined ? null : minutesOf_(cache),
    zone,
    shown,
    isPlain: others["times"] !== undefined,
  };
}

/**
 * Options as names and values: a text such as "sort=-id&limit=5" (also with ; or a line each), or two columns of cells.
 * @param {unknown} given
 * @returns {Record<string, string>}
 */
function optionsOf_(given) {
  /** @type {Record<string, string>} */
  const options = {};
  for (const [name, value] of Array.isArray(given) ? pairsOfCells_(given) : pairsOfText_(oneText_("options", given))) {
    if (name === "api_key") throw new Error("A key does not belong in a cell: sign in with TVox > Open the sidebar.");
    if (options[name] !== undefined) throw new Error(`${name} is given twice in the options.`);
    options[name] = NUMBERS.includes(name) ? numberText_(value) : value;
  }
  return options;
}

/**
 * @param {unknown[]} rows
 * @returns {[string, string][]}
 */
function pairsOfCells_(rows) {
  /** @type {[string, string][]} */
  const pairs = [];
  for (const row of rows) {
    const [name, value, ...more] = /** @type {unknown[]} */ (Array.isArray(row) ? row : [row]);
    if (!more.every(isBlank_)) throw new Error("Options in cells are two columns: names and values.");
    if (isBlank_(name)) continue;
    if (isBlank_(value) && String(name).includes("=")) pairs.push(...pairsOfText_(String(name)));
    else pairs.push([String(name).trim(), textOf_(value)]);
  }
  return pairs;
}

/**
 * @param {string} text
 * @returns {[string, string][]}
 */
function pairsOfText_(text) {
  // What stands in quotes belongs together: filter=cli eq 'a;b'
  const pieces = text.match(/(?:'[^']*'|[^'&;\n\r]|')+/g) || [];
  return pieces
    .map((piece) => piece.trim())
    .filter((piece) => piece !== "" && piece !== "?")
    .map((piece) => {
      const sign = piece.indexOf("=");
      const name = (sign < 0 ? piece : piece.slice(0, sign)).trim().replace(/^\?/, "");
      return [name, sign < 0 ? "" : piece.slice(sign + 1).trim()];
    });
}

/**
 * Conditions, one text or a cell each, as one.
 * @param {unknown} given
 */
function conditionOf_(given) {
  const conditions = listOf_("filter", given);
  return conditions.length < 2 ? conditions.join("") : conditions.map((one) => `(${one})`).join(" and ");
}

/**
 * The texts of one cell or of many, without empty ones.
 * @param {string} name @param {unknown} given
 * @returns {string[]}
 */
function listOf_(name, given) {
  if (!Array.isArray(given)) return [oneText_(name, given)].filter((text) => text !== "");
  const cells = /** @type {unknown[]} */ (given).flat();
  return cells.map((cell) => textOf_(cell).trim()).filter((text) => text !== "");
}

/**
 * The text of one cell.
 * @param {string} name @param {unknown} given
 */
function oneText_(name, given) {
  const value = oneCell_(name, given);
  return isBlank_(value) ? "" : textOf_(value).trim();
}

/**
 * The value of one cell, also where it comes as a range of one.
 * @param {string} name @param {unknown} given
 * @returns {unknown}
 */
function oneCell_(name, given) {
  if (!Array.isArray(given)) return given;
  const cells = /** @type {unknown[]} */ (given).flat();
  if (cells.length > 1) throw new Error(`${name} is one cell, not a range of ${cells.length}.`);
  return cells[0];
}

/**
 * A cell's value as a parameter is written.
 * @param {unknown} value
 */
function textOf_(value) {
  if (value instanceof Date) return momentText_(value, sheetZone_());
  return isBlank_(value) ? "" : String(value);
}

/**
 * A number as the service reads it.
 * @param {string} text such as "1,5"
 */
function numberText_(text) {
  const spelled = text.trim().replace(/^(-?\d+),(\d+)$/, "$1.$2");
  return /^-?\d+(\.\d+)?$/.test(spelled) ? String(Number(spelled)) : text;
}

/** @param {string} text */
function minutesOf_(text) {
  const minutes = Number(text === "" ? NaN : text);
  if (!(minutes >= 0 && minutes <= 360)) throw new Error(`cache is minutes from 0 to 360, not ${text || "nothing"}.`);
  return minutes;
}

/** @param {unknown} value */
function isBlank_(value) {
  return value === undefined || value === null || value === "";
}

/**
 * Adds what is not empty.
 * @param {Record<string, string>} asked @param {string} name @param {string} value
 */
function put_(asked, name, value) {
  if (value !== "") asked[name] = value;
}
