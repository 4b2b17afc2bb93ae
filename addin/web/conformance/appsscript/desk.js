/* The person's part: what is typed, clicked and seen at the spreadsheet, as main.js lists it. */
import { Host } from "./cloud/host.js";
import { Front } from "./front.js";
import { put, rectangle, scripted, shownOf } from "./sheet/cells.js";
import { areaOf } from "./sheet/references.js";
import { overTheWire } from "./wire.js";

/** @typedef {Record<string, any>} Question */

export class Desk {
  /** @type {Front | null} */
  #front = null;

  /** @param {number} started milliseconds of the epoch */
  constructor(started) {
    this.host = new Host(started);
    const { workbook } = this.host;
    /** @type {Record<string, (question: Question) => unknown>} */
    this.verbs = {
      load: ({ code, manifest }) => this.host.load(code, manifest),
      set: (given) => this.#set(given),
      type: ({ at, values, settle = true }) => this.#type(at, values, settle),
      format: ({ at, format }) => {
        for (const [row, column, sheet] of workbook.places(this.#area(at))) sheet.made(row, column).format = format;
      },
      settle: () => this.host.settle(),
      read: ({ at }) => this.#read(at),
      call: ({ function: name, args = [], kind = "menu" }) => this.#done(this.host.run(kind, name, args.map(revived))),
      custom: ({ function: name, args = [] }) => this.#done(this.host.run("customFunction", name, args.map(revived))),
      together: ({ calls, kind = "menu" }) => this.#together(calls, kind),
      item: ({ path }) => this.#done(this.host.run("menu", this.host.ui.item(path))),
      sidebar: ({ function: name, args = [] }) => this.sidebar(name, args),
      answers: ({ buttons }) => void this.host.ui.answers.push(...buttons),
      advance: async ({ seconds }) => plain(await this.host.triggers.pass(this.host.clock.now + seconds * 1000)),
      ui: () => this.#ui(),
      requests: ({ clear = false }) => {
        const { fetching } = this.host;
        const { asked } = fetching;
        if (clear) fetching.asked = [];
        return asked;
      },
      log: ({ clear = false }) => {
        const listed = this.host.executions.map((one) => one.listed);
        if (clear) this.host.executions = [];
        return listed;
      },
      book: () => this.#book(),
      state: () => this.#state(),
      front: async () => ({ address: await (this.#front ??= new Front(this)).open() }),
    };
  }

  /** @param {Question} question @throws {Error} for what cannot be done */
  async ask(question) {
    const verb = this.verbs[question.do];
    if (!verb) throw new Error(`there is no ${question.do}: ${Object.keys(this.verbs).join(", ")}`);
    return verb(question);
  }

  async close() {
    await this.#front?.close();
    await this.host.close();
  }

  /** What google.script.run does with a call: only JSON's values go through. @param {string} name @param {unknown[]} args */
  async sidebar(name, args) {
    const refused = overTheWire(args, "the arguments");
    if (refused) return { failure: { name: "TypeError", message: refused, line: null, said: refused } };
    if (name.endsWith("_") || !this.host.functions().includes(name)) {
      const said = `google.script.run.${name} is not a function`;
      return { failure: { name: "TypeError", message: said, line: null, said } };
    }
    const outcome = await this.host.run("sidebar", name, args);
    await this.host.settle();
    if (outcome.failure) return outcome;
    const wrong = overTheWire(outcome.value, "the returned value");
    if (wrong) return { failure: { name: "TypeError", message: wrong, line: null, said: wrong } };
    return { value: outcome.value ?? null };
  }

  /** @param {string} at */
  #area(at) {
    return areaOf(this.host.workbook, this.host.workbook.active.sheet, at);
  }

  /** @param {Promise<import("./cloud/execution.js").Outcome>} running */
  async #done(running) {
    const outcome = await running;
    await this.host.settle();
    return plain(outcome);
  }

  /** @param {[string, unknown[]][]} calls @param {import("./cloud/execution.js").Kind} kind */
  async #together(calls, kind) {
    const outcomes = await Promise.all(calls.map(([name, args]) => this.host.run(kind, name, args.map(revived))));
    await this.host.settle();
    return plain(outcomes);
  }

  /** @param {Question} given */
  #set({ names, ...given }) {
    const { host } = this;
    const { workbook, fetching } = host;
    if (given.user !== undefined) host.user = given.user;
    if (given.userLocale !== undefined) host.userLocale = given.userLocale;
    if (given.identityToken !== undefined) host.identityToken = given.identityToken;
    if (given.zone !== undefined) workbook.zone = given.zone;
    if (given.locale !== undefined) workbook.localeName = given.locale;
    if (given.name !== undefined) workbook.name = given.name;
    if (given.routes !== undefined) fetching.routes = given.routes;
    if (given.latency !== undefined) fetching.latency = given.latency;
    if (given.spent !== undefined) fetching.quota.spend(given.spent);
    for (const [name, at] of Object.entries(names ?? {})) workbook.names.set(name, this.#area(at));
    workbook.changed();
  }

  /** @param {string} at @param {unknown[][]} values @param {boolean} settle */
  async #type(at, values, settle) {
    const { workbook, clock } = this.host;
    const from = this.#area(at);
    for (const [down, line] of values.entries())
      for (const [across, value] of line.entries())
        put(workbook, from.sheet.made(from.row + down, from.column + across), revived(value), clock.now);
    workbook.active = from;
    if (settle) await this.host.settle();
  }

  /** @param {string} at */
  #read(at) {
    const { workbook } = this.host;
    const area = this.#area(at);
    const values = rectangle(area, (cell) => scripted(workbook, cell));
    return {
      values: plain(values),
      types: values.map((line) => line.map(typeOf)),
      displayed: rectangle(area, (cell) => shownOf(workbook, cell)),
      formats: rectangle(area, (cell) => cell?.format ?? ""),
      formulas: rectangle(area, (cell) => cell?.formula ?? ""),
      errors: rectangle(area, (cell) => (cell?.error ? { shown: cell.error, said: cell.said } : null)),
      notes: rectangle(area, (cell) => cell?.note ?? ""),
    };
  }

  #ui() {
    const { menus, sidebar, dialog, asked } = this.host.ui;
    return { menus: Object.fromEntries(menus), sidebar, dialog, asked };
  }

  #book() {
    const { sheets, names, name, zone, localeName } = this.host.workbook;
    const listed = sheets.map(({ name, hidden, frozenRows, maxRows, maxColumns, last }) => ({
      name,
      hidden,
      frozenRows,
      maxRows,
      maxColumns,
      ...last,
    }));
    const named = [...names].map(([key, { sheet, row, column, rows, columns }]) => [
      key,
      { sheet: sheet.name, row, column, rows, columns },
    ]);
    return { name, zone, locale: localeName, sheets: listed, names: Object.fromEntries(named) };
  }

  #state() {
    const { caches, properties, triggers, clock, fetching, peak } = this.host;
    const each = (/** @type {Record<string, { listed: unknown }>} */ of) =>
      Object.fromEntries(Object.entries(of).map(([name, one]) => [name, one.listed]));
    const now = new Date(clock.now).toISOString();
    return {
      now,
      caches: each(caches),
      properties: each(properties),
      triggers: triggers.listed,
      spent: fetching.quota.spent,
      peak,
    };
  }
}

/** @param {unknown} value */
const typeOf = (value) => (value instanceof Date ? "date" : value === "" ? "empty" : typeof value);

/** Dates as JSON can have them. @param {unknown} value @returns {unknown} */
function plain(value) {
  if (value instanceof Date) return { date: Number.isNaN(value.getTime()) ? null : value.toISOString() };
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value === "object" && value !== null && !ArrayBuffer.isView(value))
    return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, plain(one)]));
  return value;
}

/** @param {any} value @returns {unknown} */
function revived(value) {
  if (Array.isArray(value)) return value.map(revived);
  if (typeof value === "object" && value !== null && typeof value.date === "string") return new Date(value.date);
  return value;
}
