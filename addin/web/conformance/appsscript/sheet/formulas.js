/*
 * Formulas as far as a sheet of TVox's needs them: calls of custom functions and of a few of Sheets' own, literals,
 * references, and the operators; arguments apart by the locale's separator.
 */
import { area } from "./references.js";
import { scripted, rectangle } from "./cells.js";
import { momentOfSerial, serialOf, serialOfDay } from "./zones.js";

/**
 * @typedef {import("./workbook.js").Workbook} Workbook
 * @typedef {import("./workbook.js").Area} Area
 * @typedef {{ call: string, args: (Node | null)[] } | { literal: string | number | boolean } | { reference: string }
 *   | { operator: string, left: Node | null, right: Node }} Node
 * @typedef {{ workbook: Workbook, from: import("./workbook.js").Sheet, now: number,
 *   custom: (name: string, args: unknown[]) => unknown }} Scope
 */

/** What a cell shows in place of a value. */
export class FormulaError extends Error {
  /** @param {string} shown #REF! and the like @param {string} message */
  constructor(shown, message) {
    super(message);
    this.shown = shown;
  }
}

const VOLATILE = new Set(["NOW", "TODAY", "RAND", "RANDBETWEEN"]);
const BOUND = ["<=", ">=", "<>", "<", ">", "="];
/** @type {Record<string, number>} */
const STRENGTH = {
  ...Object.fromEntries(BOUND.map((one) => [one, 1])),
  "&": 2,
  "+": 3,
  "-": 3,
  "*": 4,
  "/": 4,
  "^": 5,
};

/** @param {string} text @param {import("./locales.js").Locale} locale */
function tokens(text, { decimal, separator }) {
  const digits = decimal === "," ? "\\d+(?:,\\d+)?" : "\\d+(?:\\.\\d+)?";
  // A semicolon parts arguments everywhere, a comma only where it is not the decimal mark.
  const marks = separator === "," ? "[,;]" : ";";
  const pattern = new RegExp(
    `\\s+|("(?:[^"]|"")*")|((?:'(?:[^']|'')+'!|[\\p{L}_][\\p{L}\\d_.]*!)?\\$?[\\p{L}_][\\p{L}\\d_.$]*(?::\\$?[A-Za-z]{0,3}\\$?\\d*)?)|(${digits}(?:[eE][+-]?\\d+)?)|(<=|>=|<>|[-+*/^&<>=()%])|(${marks})`,
    "uy",
  );
  const found = [];
  while (pattern.lastIndex < text.length) {
    const match = pattern.exec(text);
    if (!match) throw new FormulaError("#ERROR!", "Formula parse error.");
    const [, string, word, number, mark, comma] = match;
    if (string) found.push({ kind: "string", text: string.slice(1, -1).replaceAll('""', '"') });
    else if (word) found.push({ kind: "word", text: word });
    else if (number) found.push({ kind: "number", text: number.replace(",", ".") });
    else if (mark) found.push({ kind: "mark", text: mark });
    else if (comma) found.push({ kind: "separator", text: comma });
  }
  return found;
}

/** What formulas say, by locale and text. @type {Map<import("./locales.js").Locale, Map<string, Node>>} */
const read = new Map();

/** @param {string} formula with its = @param {import("./locales.js").Locale} locale @returns {Node} @throws {FormulaError} */
export function parsed(formula, locale) {
  const made = read.get(locale) ?? new Map();
  read.set(locale, made);
  const node = made.get(formula) ?? parse(formula, locale);
  made.set(formula, node);
  return node;
}

/** @param {string} formula @param {import("./locales.js").Locale} locale @returns {Node} */
function parse(formula, locale) {
  const all = tokens(formula.slice(1), locale);
  let place = 0;
  const wrong = () => new FormulaError("#ERROR!", "Formula parse error.");
  const is = (/** @type {string} */ text) => all[place]?.kind === "mark" && all[place]?.text === text;

  /** @param {number} least @returns {Node} */
  function expression(least) {
    let left = prefix();
    for (;;) {
      const token = all[place];
      const strength = token?.kind === "mark" ? (STRENGTH[token.text] ?? 0) : 0;
      if (!token || strength <= least) return left;
      place++;
      left = { operator: token.text, left, right: expression(strength) };
    }
  }

  /** @returns {Node} */
  function prefix() {
    const token = all[place++];
    if (!token) throw wrong();
    if (token.kind === "string") return { literal: token.text };
    if (token.kind === "number") {
      const value = Number(token.text);
      return is("%") && place++ ? { literal: value / 100 } : { literal: value };
    }
    if (token.kind === "word") return is("(") ? called(token.text) : named(token.text);
    if (token.text === "-" || token.text === "+") return { operator: token.text, left: null, right: expression(4) };
    if (token.text !== "(" || token.kind !== "mark") throw wrong();
    const inner = expression(0);
    if (!is(")")) throw wrong();
    place++;
    return inner;
  }

  /** @param {string} call @returns {Node} */
  function called(call) {
    place++;
    /** @type {(Node | null)[]} */
    const args = [];
    if (is(")") && ++place) return { call, args };
    for (;;) {
      const omitted = all[place]?.kind === "separator" || is(")");
      args.push(omitted ? null : expression(0));
      if (is(")") && ++place) return { call, args };
      if (all[place++]?.kind !== "separator") throw wrong();
    }
  }

  const root = expression(0);
  if (place < all.length) throw wrong();
  return root;
}

/** @param {string} text @returns {Node} */
const named = (text) =>
  /^(true|false)$/i.test(text) ? { literal: text.toLowerCase() === "true" } : { reference: text };

/** The areas that a formula refers to. @param {Node} node @param {Workbook} workbook @param {import("./workbook.js").Sheet} from @returns {Area[]} */
export function areas(node, workbook, from) {
  if ("reference" in node) return [area(workbook, from, node.reference)].filter((one) => one !== null);
  if ("call" in node) return node.args.flatMap((arg) => (arg ? areas(arg, workbook, from) : []));
  if ("operator" in node) return [node.left, node.right].flatMap((one) => (one ? areas(one, workbook, from) : []));
  return [];
}

/** Whether a volatile function stands in it. @param {Node} node @returns {boolean} */
export function isVolatile(node) {
  if ("call" in node)
    return VOLATILE.has(node.call.toUpperCase()) || node.args.some((arg) => arg !== null && isVolatile(arg));
  return "operator" in node && [node.left, node.right].some((one) => one !== null && isVolatile(one));
}

/** The custom function that a formula calls outermost, if it does. @param {Node} node */
export const isCustom = (node) => "call" in node && !(node.call.toUpperCase() in OWN);

/**
 * The value of a formula that is no custom function's call, or an argument of one: a Date for a date, a 2-D array for a
 * range, undefined for an omitted argument.
 * @param {Node | null} node @param {Scope} scope @returns {unknown}
 */
export function evaluated(node, scope) {
  if (!node) return undefined;
  if ("literal" in node) return node.literal;
  if ("reference" in node) return referred(node.reference, scope);
  if ("call" in node) {
    const own = OWN[node.call.toUpperCase()];
    const args = node.args.map((arg) => evaluated(arg, scope));
    return own ? own(args, scope) : scope.custom(node.call, args);
  }
  return operated(node.operator, node.left && evaluated(node.left, scope), evaluated(node.right, scope), scope);
}

/** @param {string} reference @param {Scope} scope */
function referred(reference, { workbook, from }) {
  const meant = area(workbook, from, reference);
  if (!meant) throw new FormulaError("#NAME?", `Unknown range name: '${reference.toUpperCase()}'.`);
  const values = rectangle(meant, (cell) => {
    if (cell?.error) throw new FormulaError(cell.error, cell.said);
    return scripted(workbook, cell);
  });
  return meant.rows === 1 && meant.columns === 1 ? values[0]?.[0] : values;
}

/** @param {unknown} value @param {Scope} scope */
function numeric(value, { workbook }) {
  if (value instanceof Date) return serialOf(value.getTime(), workbook.zone);
  if (value === "" || value === undefined) return 0;
  if (typeof value === "number" || typeof value === "boolean") return Number(value);
  throw new FormulaError("#VALUE!", `'${String(value)}' is a text and cannot be coerced to a number.`);
}

/** @param {string} operator @param {unknown} left @param {unknown} right @param {Scope} scope */
function operated(operator, left, right, scope) {
  if (operator === "&") return `${String(left)}${String(right)}`;
  if (BOUND.includes(operator)) {
    const order =
      typeof left === "string" || typeof right === "string"
        ? String(left).localeCompare(String(right))
        : numeric(left, scope) - numeric(right, scope);
    return (
      (operator.includes("=") && order === 0) ||
      (operator.includes("<") && order < 0) ||
      (operator.includes(">") && order > 0)
    );
  }
  const [one, other] = [numeric(left ?? 0, scope), numeric(right, scope)];
  if (operator === "/" && !other) throw new FormulaError("#DIV/0!", "Function DIVIDE parameter 2 cannot be zero.");
  const found =
    { "+": one + other, "-": one - other, "*": one * other, "/": one / other, "^": one ** other }[operator] ?? NaN;
  // A day and a number of days are a day again.
  const isDay = left instanceof Date !== right instanceof Date && /[+-]/.test(operator);
  return isDay ? new Date(momentOfSerial(found, scope.workbook.zone)) : found;
}

/** @type {Record<string, (args: any[], scope: Scope) => unknown>} */
const OWN = {
  DATE: ([year, month, day], { workbook }) => new Date(momentOfSerial(serialOfDay(year, month, day), workbook.zone)),
  NOW: (_, { now }) => new Date(now),
  TODAY: (_, { workbook, now }) => new Date(momentOfSerial(Math.floor(serialOf(now, workbook.zone)), workbook.zone)),
  SUM: (args, scope) =>
    args.flat(2).reduce((sum, one) => (typeof one === "string" ? sum : sum + numeric(one, scope)), 0),
  RAND: () => 0.5,
  RANDBETWEEN: ([low]) => low,
  TRUE: () => true,
  FALSE: () => false,
};
