/* console and Logger: lines of an execution's log. */
import { Service } from "./membrane.js";

/** @typedef {import("./worker.js").Call} Call */

/** @param {unknown} value */
const written = (value) => {
  if (typeof value === "string") return value;
  if (value instanceof Error) return String(value);
  return typeof value === "object" && value !== null ? (JSON.stringify(value) ?? String(value)) : String(value);
};

/** @param {unknown[]} said with %s, %d and %j, as in printf */
function line([first, ...rest]) {
  if (typeof first !== "string") return [first, ...rest].map(written).join(" ");
  const left = [...rest];
  const text = first.replace(/%[sdj]/g, (mark) => (left.length ? written(left.shift()) : mark));
  return [text, ...left.map(written)].join(" ");
}

export class Console extends Service {
  static service = "console";
  static takes = { log: ["..."], info: ["..."], warn: ["..."], error: ["..."] };
  #call;

  /** @param {Call} call */
  constructor(call) {
    super();
    this.#call = call;
  }

  /** @param {...unknown} said */
  log(...said) {
    this.#write("DEBUG", said);
  }

  /** @param {...unknown} said */
  info(...said) {
    this.#write("INFO", said);
  }

  /** @param {...unknown} said */
  warn(...said) {
    this.#write("WARNING", said);
  }

  /** @param {...unknown} said */
  error(...said) {
    this.#write("ERROR", said);
  }

  /** @param {string} level @param {unknown[]} said */
  #write(level, said) {
    this.#call("log", level, line(said));
  }
}

export class Logger extends Service {
  static service = "Logger";
  static takes = { log: ["..."] };
  #call;
  /** @type {string[]} */
  #lines = [];

  /** @param {Call} call */
  constructor(call) {
    super();
    this.#call = call;
  }

  /** @param {...unknown} said */
  log(...said) {
    this.#lines.push(line(said));
    this.#call("log", "INFO", line(said));
    return this;
  }

  getLog() {
    return this.#lines.map((one) => `${one}\n`).join("");
  }

  clear() {
    this.#lines = [];
  }
}
