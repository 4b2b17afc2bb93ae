/* One execution of a script: its own global scope, its deadline, its log. */
import { LIMITS } from "./limits.js";

/**
 * `customFunction` is called by a cell, `trigger` by the clock, `menu` and `sidebar` by a person, `open` and `edit` are
 * the simple triggers.
 * @typedef {"customFunction" | "menu" | "sidebar" | "trigger" | "open" | "edit"} Kind
 * @typedef {{ name: string, message: string, line: number | null, said: string }} Failure
 * @typedef {{ value?: unknown, failure?: Failure }} Outcome
 * @typedef {{ sheet: number, row: number, column: number }} Place
 */

/** @type {Record<Kind, number>} */
const LIMIT = {
  customFunction: LIMITS.customFunction,
  menu: LIMITS.execution,
  sidebar: LIMITS.execution,
  trigger: LIMITS.execution,
  open: LIMITS.simpleTrigger,
  edit: LIMITS.simpleTrigger,
};

let last = 0;

export class Execution {
  /** @type {import("./clock.js").Pause | null} */
  pause = null;
  /** @type {{ level: string, text: string }[]} */
  logs = [];
  /** @type {Failure | null} */
  failure = null;
  ended = -1;
  expire = () => {};

  /**
   * @param {Kind} kind @param {string} functionName @param {number} started
   * @param {Place | null} place the cell of a custom function
   */
  constructor(kind, functionName, started, place = null) {
    this.id = ++last;
    this.kind = kind;
    this.functionName = functionName;
    this.started = started;
    this.place = place;
    this.deadline = started + LIMIT[kind];
  }

  /** As the page of executions shows it. */
  get listed() {
    const { id, kind, functionName, started, ended, logs, failure } = this;
    const status = ended < 0 ? "running" : failure ? "failed" : "completed";
    return { id, kind, function: functionName, started, duration: ended - started, status, logs, failure };
  }
}
