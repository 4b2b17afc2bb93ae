/* The host: one spreadsheet, its bound script, and the executions of it. */
import { Recalculation } from "../sheet/recalculation.js";
import { Workbook } from "../sheet/workbook.js";
import { Clock } from "./clock.js";
import { Execution } from "./execution.js";
import { Fault } from "./faults.js";
import { Fetching } from "./fetching.js";
import { LIMITS } from "./limits.js";
import { Pool } from "./pool.js";
import { sheetAnswers } from "./sheets.js";
import { Cache, Lock, Properties, Quota } from "./stores.js";
import { Triggers } from "./triggers.js";
import { Ui } from "./ui.js";

/**
 * @typedef {import("./execution.js").Kind} Kind @typedef {import("./execution.js").Outcome} Outcome
 * @typedef {import("./execution.js").Place} Place
 * @typedef {"document" | "script" | "user"} Holder
 * @typedef {{ timeZone: string, oauthScopes?: string[], runtimeVersion?: string }} Manifest
 */

/** @template T @param {() => T} make @returns {Record<Holder, T>} */
const each = (make) => ({ document: make(), script: make(), user: make() });

export class Host {
  workbook = new Workbook();
  /** @type {{ text: string } | null} */
  code = null;
  /** @type {Manifest} */
  manifest = { timeZone: "Etc/GMT" };
  user = "analyst@example.com";
  userLocale = "en";
  /** What ScriptApp.getIdentityToken gives; null where nobody is signed in. @type {string | null} */
  identityToken = null;
  /** @type {Execution[]} */
  executions = [];
  /** The most executions that were under way at the same time. */
  peak = 0;

  /** @param {number} start milliseconds of the epoch, at which the clock stands */
  constructor(start) {
    this.clock = new Clock(start);
    const { clock } = this;
    this.fetching = new Fetching(clock);
    const calls = new Quota(clock, LIMITS.propertyCalls, "Service invoked too many times for one day: properties.");
    this.caches = each(() => new Cache(clock));
    this.properties = each(() => new Properties(calls));
    this.locks = each(() => new Lock(clock));
    this.triggers = new Triggers(this);
    this.ui = new Ui();
    this.pool = new Pool(clock, (execution, method, args) => this.#answer(execution, method, args));
    this.recalculation = new Recalculation(
      this.workbook,
      () => clock.now,
      (name, args, place) => this.#custom(name, args, place),
    );
    /** @type {Record<string, (execution: Execution, ...args: any[]) => unknown>} */
    this.answers = { ...this.#answers(), ...sheetAnswers(this) };
  }

  /** @param {string} text the code @param {Manifest} manifest @throws {Error} where the process has another zone */
  load(text, manifest) {
    const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
    if (zone !== manifest.timeZone) throw new Error(`start the host with TZ=${manifest.timeZone}: it runs in ${zone}`);
    this.code = { text };
    this.manifest = manifest;
    this.recalculation.forget();
  }

  /**
   * Run a function in a scope of its own, and let go of its locks when it ends.
   * @param {Kind} kind @param {string} functionName @param {unknown[]} args @param {Place | null} [place]
   * @returns {Promise<Outcome>}
   */
  async run(kind, functionName, args = [], place = null) {
    if (!this.code) throw new Error("no code is loaded");
    if (this.clock.living >= LIMITS.simultaneous && kind !== "customFunction") {
      const said = "There are too many scripts running simultaneously for this Google user account.";
      return { failure: { name: "Exception", message: said, line: null, said } };
    }
    const execution = new Execution(kind, functionName, this.clock.now, place);
    this.executions.push(execution);
    this.clock.begin(execution);
    this.peak = Math.max(this.peak, this.clock.living);
    const world = {
      scriptZone: this.manifest.timeZone,
      oauthScopes: this.manifest.oauthScopes ?? null,
      // A custom function runs for nobody.
      user: kind === "customFunction" || kind === "open" || kind === "edit" ? "" : this.user,
      userLocale: this.userLocale,
      temporaryKey: "temporary",
      scriptId: "1TVoxTablesScriptOfTheHostOfOurOwnMaking",
    };
    const outcome = await this.pool.run(execution, this.code, { functionName, args, kind, id: execution.id, world });
    execution.failure = outcome.failure ?? null;
    execution.ended = this.clock.now;
    for (const lock of Object.values(this.locks)) lock.release(execution);
    this.clock.end(execution);
    return outcome;
  }

  /** @param {string} name @param {unknown[]} args @param {Place} place @returns {Promise<Outcome>} */
  async #custom(name, args, place) {
    const known = this.functions().find((one) => one.toUpperCase() === name.toUpperCase());
    const said = `Unknown function: '${name}'.`;
    if (!known || known.endsWith("_")) return { failure: { name: "#NAME?", message: said, line: null, said } };
    return this.run("customFunction", known, args, place);
  }

  /** The names of the code's functions, as its text declares them. */
  functions() {
    return [...(this.code?.text ?? "").matchAll(/^(?:async )?function\*? ([\w$]+)/gm)].map((match) => match[1] ?? "");
  }

  /** All formulas that are to be computed are. */
  async settle() {
    await this.recalculation.settle();
  }

  /** @param {Execution} execution @param {string} method @param {unknown[]} args */
  #answer(execution, method, args) {
    const answer = this.answers[method];
    if (!answer) throw new Error(`nothing answers ${method}`);
    return answer(execution, ...args);
  }

  /** @returns {Record<string, (execution: Execution, ...args: any[]) => unknown>} */
  #answers() {
    const { caches, properties, locks, fetching, clock, ui, triggers } = this;
    return {
      "cache.get": (_, /** @type {Holder} */ of, keys) => caches[of].get(keys),
      "cache.put": (_, /** @type {Holder} */ of, values, seconds) => caches[of].put(values, seconds),
      "cache.remove": (_, /** @type {Holder} */ of, keys) => caches[of].remove(keys),
      "properties.get": (_, /** @type {Holder} */ of, key) => properties[of].get(key),
      "properties.all": (_, /** @type {Holder} */ of) => properties[of].all(),
      "properties.set": (_, /** @type {Holder} */ of, values, only) => properties[of].set(values, only),
      "properties.remove": (_, /** @type {Holder} */ of, key) => properties[of].remove(key),
      "lock.take": (execution, /** @type {Holder} */ of, milliseconds) => locks[of].take(execution, milliseconds),
      "lock.release": (execution, /** @type {Holder} */ of) => locks[of].release(execution),
      "lock.has": (execution, /** @type {Holder} */ of) => locks[of].holder === execution,
      "url.fetch": (execution, request) => fetching.fetch(execution, request),
      "url.fetchAll": (execution, requests) => fetching.fetchAll(execution, requests),
      sleep: (execution, milliseconds) => clock.pause(execution, clock.now + milliseconds),
      log: ({ logs }, level, text) => void logs.push({ level, text }),
      identityToken: () => this.identityToken,
      "triggers.add": (_, trigger) => triggers.add(trigger),
      "triggers.all": () => triggers.listed,
      "triggers.remove": (_, id) => triggers.remove(id),
      "ui.menu": (_, menu) => ui.menu(menu),
      "ui.show": (_, shown) => ui.show(shown),
      "ui.ask": (_, asked) => ui.ask(asked),
    };
  }

  async close() {
    this.fetching.close();
    await this.pool.close();
  }
}

export { Fault };
