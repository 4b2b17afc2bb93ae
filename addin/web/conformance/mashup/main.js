/*
 * Power Query's part, played here: `node conformance/mashup/main.js` reads what to do as JSON and prints what it found.
 *
 * In: `texts` by name, looked at without evaluating them; `outside`, the names of queries and parameters that they may
 * expect; and `evaluations` by name, each a `text`, `steps` of it edited, `parameters` (ISO 8601, of no zone) and other
 * queries (`queries`, texts) that stand beside it, with the `key` that a person gives and the clock (`now`).
 * Out: for each text whether it parses, the formatter's layout of it, unbound names and sources; for each evaluation
 * the columns with their types, the rows, and the requests that were made.
 */
import { text as whole } from "node:stream/consumers";
import { unbound } from "./bindings.js";
import { evaluate } from "./evaluation.js";
import { library } from "./library.js";
import { Scope } from "./scope.js";
import { Service } from "./service.js";
import { sources } from "./sources.js";
import { edited, formatted, parsed } from "./syntax.js";
import { DateTime, readIso } from "./times.js";
import { kindOf, Lazy, MRecord, MTable } from "./values.js";

/**
 * @typedef {import("./values.js").Value} Value
 * @typedef {{ text: string, steps?: Record<string, string>, parameters?: Record<string, string>,
 *   queries?: Record<string, string> }} Evaluation
 * @typedef {{ texts?: Record<string, string>, outside?: string[], evaluations?: Record<string, Evaluation>,
 *   key?: string, now?: string }} Task
 */

/** @type {Task} */
const task = JSON.parse(await whole(process.stdin));
const { key = "", now = "" } = task;

/** @param {string} text */
async function lookedAt(text) {
  try {
    const root = await parsed(text);
    const known = [...library(new Service(""), now).keys(), ...(task.outside ?? [])];
    return { formatted: await formatted(text), unbound: unbound(root, known), sources: sources(root) };
  } catch (failure) {
    return { error: String(failure) };
  }
}

/** @param {Evaluation} evaluation */
async function evaluated({ text, steps = {}, parameters = {}, queries = {} }) {
  const service = new Service(key);
  /** @type {Map<string, Lazy>} */
  const beside = new Map();
  const scope = new Scope(library(service, now)).inside(beside);
  for (const [name, moment] of Object.entries(parameters))
    beside.set(name, Lazy.of(new DateTime(readIso(moment).ticks)));
  for (const [name, query] of Object.entries(queries)) {
    beside.set(name, new Lazy(async () => evaluate(await parsed(query), scope)));
  }
  try {
    const meant = Object.keys(steps).length ? await edited(text, steps) : text;
    const value = await evaluate(await parsed(meant), scope);
    return { ...(await told(value)), asked: service.asked };
  } catch (failure) {
    return { error: String(failure), asked: service.asked };
  }
}

/** @param {Value} value */
async function told(value) {
  if (!(value instanceof MTable)) return { value: await plain(value) };
  const columns = value.columns.map(({ name, type }) => [name, String(type)]);
  return { columns, rows: await plain(await value.rows()) };
}

/**
 * A value as JSON: lists and records as there, a time beside its type.
 * @param {Value} value @returns {Promise<unknown>}
 */
async function plain(value) {
  if (Array.isArray(value)) {
    const items = [];
    for (const item of value) items.push(await plain(item));
    return items;
  }
  if (value instanceof MTable) return plain(await value.records());
  if (value instanceof MRecord) return all(await value.all(), plain);
  if (value === null || typeof value !== "object") return value;
  return { [kindOf(value)]: String(value) };
}

/**
 * @template T, R
 * @param {Record<string, T> | undefined} named @param {(one: T) => Promise<R>} each
 */
async function all(named, each) {
  /** @type {Record<string, R>} */
  const found = {};
  for (const [name, one] of Object.entries(named ?? {})) found[name] = await each(one);
  return found;
}

const found = { texts: await all(task.texts, lookedAt), evaluations: await all(task.evaluations, evaluated) };
process.stdout.write(JSON.stringify(found));
