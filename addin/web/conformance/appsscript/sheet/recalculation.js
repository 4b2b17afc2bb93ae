/*
 * Recalculation as Sheets does it. A custom function's result is kept by its name and the values of its arguments, and
 * is computed again only when one of these changes; formulas that come to be computed together are executions of their
 * own, up to 30 at once, and the others wait their turn behind "Loading...". A formula that refers to one which is being
 * computed waits for it. Of formulas that are computed at the same time, equal ones do not share an execution.
 */
import { LIMITS } from "../cloud/limits.js";
import { result, tooLong, unspill } from "./cells.js";
import { areas, evaluated, FormulaError, isCustom, isVolatile, parsed } from "./formulas.js";
import { letters } from "./references.js";

/**
 * @typedef {import("./workbook.js").Workbook} Workbook @typedef {import("./workbook.js").Cell} Cell
 * @typedef {import("./workbook.js").Sheet} Sheet
 * @typedef {import("../cloud/execution.js").Outcome} Outcome @typedef {import("../cloud/execution.js").Place} Place
 * @typedef {(name: string, args: unknown[], place: Place) => Promise<Outcome>} Calling
 * @typedef {{ sheet: Sheet, row: number, column: number, cell: Cell, formula: string, key?: string }} Formula
 */

const CIRCULAR = "Circular dependency detected. To resolve with iterative calculation, see File > Settings.";

/** Turns of a recalculation, after which formulas are held to go in a circle. */
const TURNS = 10_000;

export class Recalculation {
  /** Results by function and arguments. @type {Map<string, Outcome>} */
  #kept = new Map();
  /** What each cell was last computed from. @type {WeakMap<Cell, { formula: string, key: string }>} */
  #done = new WeakMap();
  /** @type {Map<Cell, Promise<void>>} */
  #running = new Map();
  #waiting = 0;
  /** @type {Promise<void> | null} */
  #pass = null;
  /** @type {(() => void)[]} */
  #queue = [];
  /** The seen state of the workbook; where nothing was edited, nothing is looked at. */
  #seen = -1;
  /** @type {{ writes: number, formulas: Formula[] }} */
  #listed = { writes: -1, formulas: [] };

  /** @param {Workbook} workbook @param {() => number} now @param {Calling} calling */
  constructor(workbook, now, calling) {
    this.workbook = workbook;
    this.now = now;
    this.calling = calling;
  }

  /** Results of another code's functions are worth nothing. */
  forget() {
    this.#kept.clear();
    this.#done = new WeakMap();
    this.#seen = -1;
  }

  /** Begin what is to be computed; the promise is kept when all of it is. @returns {Promise<void>} */
  settle() {
    this.#pass ??= this.#settle().finally(() => (this.#pass = null));
    return this.#pass;
  }

  async #settle() {
    for (let turn = 0; turn < TURNS; turn++) {
      this.begin();
      // What has been computed without an execution may be what others refer to.
      if (!this.#running.size && this.#seen === this.workbook.edits) return;
      if (this.#running.size) await Promise.race(this.#running.values());
    }
    throw new Error("the formulas go in a circle");
  }

  /** Begin what can begin now. */
  begin() {
    if (this.#seen === this.workbook.edits) return;
    this.#seen = this.workbook.edits;
    for (const formula of this.#formulas()) {
      if (this.#running.has(formula.cell) || this.#waits(formula)) continue;
      this.#look(formula);
    }
  }

  /** @returns {Formula[]} */
  #formulas() {
    const { writes } = this.workbook;
    if (this.#listed.writes !== writes) this.#listed = { writes, formulas: this.#found() };
    return this.#listed.formulas;
  }

  /** @returns {Formula[]} */
  #found() {
    return this.workbook.sheets.flatMap((sheet) =>
      [...sheet.cells()]
        .filter(([, , cell]) => cell.formula)
        .map(([row, column, cell]) => ({ sheet, row, column, cell, formula: cell.formula }))
        .sort((one, other) => one.row - other.row || one.column - other.column),
    );
  }

  /** Whether it refers to a cell that is being computed. @param {Formula} formula */
  #waits({ sheet, cell, formula }) {
    if (!this.#running.size) return false;
    try {
      for (const area of areas(parsed(formula, this.workbook.locale), this.workbook, sheet))
        for (const [row, column, of] of this.workbook.places(area)) {
          const read = of.cell(row, column);
          const source = read?.spilledFrom ?? read;
          if (source && source !== cell && this.#running.has(source)) return true;
        }
    } catch {
      return false; // what is wrong with it is said when it is computed
    }
    return false;
  }

  /** @param {Formula} formula */
  #look({ sheet, row, column, cell, formula }) {
    try {
      const node = parsed(formula, this.workbook.locale);
      if (this.#readsItself(node, sheet, cell)) throw new FormulaError("#REF!", CIRCULAR);
      const place = { sheet: sheet.id, row, column };
      const custom = (/** @type {string} */ name) => {
        throw new FormulaError("#ERROR!", `${name} stands inside another formula, which is not known here.`);
      };
      const scope = { workbook: this.workbook, from: sheet, now: this.now(), custom };
      if (!isCustom(node) || !("call" in node)) {
        const before = cell.value;
        this.#show({ sheet, row, column, cell, formula }, { value: evaluated(node, scope) });
        if (cell.value !== before) this.workbook.edits++;
        return;
      }
      // Google's page: it says Loading... for ever.
      if (node.args.some((arg) => arg && isVolatile(arg)) || this.#readsVolatile(node, sheet)) return this.#load(cell);
      const args = node.args.map((arg) => evaluated(arg, scope));
      const key = JSON.stringify([node.call.toUpperCase(), args.map(keyed)]);
      const done = this.#done.get(cell);
      if (done?.formula === formula && done.key === key && !cell.stale) return;
      cell.stale = false;
      const kept = this.#kept.get(key);
      this.#done.set(cell, { formula, key });
      if (kept) return this.#show({ sheet, row, column, cell, formula }, kept);
      this.#load(cell);
      this.#running.set(cell, this.#compute({ sheet, row, column, cell, formula, key }, node.call, args, place));
    } catch (failure) {
      if (!(failure instanceof FormulaError)) throw failure;
      this.#done.delete(cell);
      this.#fail(cell, failure.shown, failure.message);
    }
  }

  /** @param {import("./formulas.js").Node} node @param {Sheet} sheet @param {Cell} cell */
  #readsItself(node, sheet, cell) {
    for (const area of areas(node, this.workbook, sheet))
      for (const [row, column, of] of this.workbook.places(area)) if (of.cell(row, column) === cell) return true;
    return false;
  }

  /** @param {import("./formulas.js").Node} node @param {Sheet} sheet */
  #readsVolatile(node, sheet) {
    for (const area of areas(node, this.workbook, sheet))
      for (const [row, column, of] of this.workbook.places(area)) {
        const formula = of.cell(row, column)?.formula;
        if (formula && /\b(NOW|TODAY|RAND|RANDBETWEEN)\s*\(/i.test(formula)) return true;
      }
    return false;
  }

  /** @param {Cell} cell */
  #load(cell) {
    cell.error = "Loading...";
    cell.value = null;
  }

  /** @param {Formula & { key: string }} formula @param {string} name @param {unknown[]} args @param {Place} place */
  async #compute(formula, name, args, place) {
    const { cell, key } = formula;
    if (this.#waiting >= LIMITS.simultaneous) await new Promise((resolve) => this.#queue.push(() => resolve(null)));
    this.#waiting++;
    try {
      const outcome = await this.calling(name, args, place);
      // A failure is not kept: who enters the formula again has it computed again.
      if (!outcome.failure) this.#kept.set(key, outcome);
      if (cell.formula === formula.formula) this.#show(formula, outcome);
    } finally {
      this.#waiting--;
      this.#queue.shift()?.();
      this.#running.delete(cell);
      this.workbook.edits++;
    }
  }

  /** @param {Formula} formula @param {Outcome} outcome */
  #show(formula, { value, failure }) {
    const { sheet, row, column, cell } = formula;
    if (failure) return this.#fail(cell, failure.name === "#NAME?" ? "#NAME?" : "#ERROR!", failure.said);
    const lines = asResult(value);
    if (typeof lines === "string") return this.#fail(cell, "#ERROR!", lines);
    const [height, width] = [lines.length, lines[0]?.length ?? 0];
    for (let down = 0; down < height; down++)
      for (let across = 0; across < width; across++) {
        const there = sheet.cell(row + down, column + across);
        if (!there || there === cell || there.spilledFrom === cell) continue;
        if (there.value === null && !there.formula && !there.error) continue;
        const at = `${letters(column + across)}${row + down}`;
        cell.stale = true; // it is put down as soon as there is room
        return this.#fail(cell, "#REF!", `Array result was not expanded because it would overwrite data in ${at}.`);
      }
    unspill(cell);
    // A result that is longer than its sheet makes it longer, as far as the workbook may grow.
    const more = Math.max(0, row + height - 1 - sheet.maxRows) * sheet.maxColumns;
    if (more && this.#tooMany(more)) return this.#fail(cell, "#ERROR!", "Result too large");
    sheet.maxRows = Math.max(sheet.maxRows, row + height - 1);
    sheet.maxColumns = Math.max(sheet.maxColumns, column + width - 1);
    lines.forEach((line, down) =>
      line.forEach((one, across) => {
        const there = sheet.made(row + down, column + across);
        if (there === cell) cell.said = "";
        else {
          there.spilledFrom = cell;
          cell.spilled.push(there);
        }
        result(this.workbook, there, one);
      }),
    );
  }

  /** @param {number} more cells */
  #tooMany(more) {
    try {
      this.workbook.limit(more);
      return false;
    } catch {
      return true;
    }
  }

  /** @param {Cell} cell @param {string} shown @param {string} said */
  #fail(cell, shown, said) {
    unspill(cell);
    Object.assign(cell, { value: null, error: shown, said });
  }
}

/** @param {unknown} value of an argument, for comparison */
const keyed = (value) =>
  value === undefined ? ["omitted"] : value instanceof Date ? ["date", value.getTime()] : value;

/**
 * What a custom function has returned as lines of cells, or what is wrong with it. A list is a column.
 * @param {unknown} value @returns {unknown[][] | string}
 */
function asResult(value) {
  if (!Array.isArray(value)) return cellValue(value) ?? [[value]];
  const lines = value.map((line) => (Array.isArray(line) ? line : [line]));
  const width = lines[0]?.length ?? 0;
  if (!lines.length || !width) return [[null]];
  if (lines.some((line) => line.length !== width)) return "The rows of the result are not of the same length.";
  if (lines.length * width > LIMITS.resultCells) return "Result too large";
  for (const line of lines)
    for (const one of line) {
      const wrong = cellValue(one);
      if (wrong) return wrong;
    }
  return lines;
}

/** @param {unknown} value @returns {string | null} what is wrong with it */
function cellValue(value) {
  if (value === null || value === undefined || value instanceof Date) return null;
  if (typeof value === "string") return value.length > LIMITS.cellCharacters ? tooLong : null;
  if (typeof value === "number" || typeof value === "boolean") return null;
  return `A result can be no ${Array.isArray(value) ? "array within an array's row" : typeof value}.`;
}
