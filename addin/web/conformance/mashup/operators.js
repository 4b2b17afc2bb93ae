/* The operators of M. */
import { MError, MRecord, kindOf } from "./values.js";

/** @typedef {import("./values.js").Value} Value */

/** @type {Record<string, (left: any, right: any) => number | boolean>} */
const OF_ORDERED = {
  "<": (left, right) => left < right,
  "<=": (left, right) => left <= right,
  ">": (left, right) => left > right,
  ">=": (left, right) => left >= right,
};

/** @type {Record<string, (left: number, right: number) => number>} */
const OF_NUMBERS = {
  "+": (left, right) => left + right,
  "-": (left, right) => left - right,
  "*": (left, right) => left * right,
  "/": (left, right) => left / right,
};

/**
 * The value of a binary operator that needs both of its sides.
 * @param {string} operator @param {Value} left @param {Value} right @returns {Promise<Value>}
 */
export async function operated(operator, left, right) {
  if (operator === "=") return equal(left, right);
  if (operator === "<>") return !(await equal(left, right));
  if (operator === "&") return joined(left, right);
  // Null on one side: the order is not known, nor is the sum.
  if (left === null || right === null) return null;
  const kind = kindOf(left);
  if (kind === kindOf(right)) {
    const [ordered, number] = [OF_ORDERED[operator], OF_NUMBERS[operator]];
    if (ordered && ["number", "text", "logical"].includes(kind)) return ordered(left, right);
    if (ordered && hasTicks(left) && hasTicks(right)) return ordered(left.ticks, right.ticks);
    if (number && typeof left === "number" && typeof right === "number") return number(left, right);
  }
  throw new MError(`We cannot apply operator ${operator} to types ${kind} and ${kindOf(right)}.`);
}

/** @param {Value} value @returns {value is import("./values.js").Time} */
function hasTicks(value) {
  return typeof value === "object" && value !== null && "ticks" in value;
}

/** @param {Value} left @param {Value} right @returns {Value} */
function joined(left, right) {
  if (left === null || right === null) {
    const other = left ?? right;
    if (other === null || typeof other === "string") return null;
  }
  if (typeof left === "string" && typeof right === "string") return left + right;
  if (Array.isArray(left) && Array.isArray(right)) return [...left, ...right];
  if (left instanceof MRecord && right instanceof MRecord) {
    return new MRecord(new Map([...left.fields, ...right.fields]));
  }
  throw new MError(`We cannot apply operator & to types ${kindOf(left)} and ${kindOf(right)}.`);
}

/** @param {Value} left @param {Value} right @returns {Promise<boolean>} */
export async function equal(left, right) {
  if (kindOf(left) !== kindOf(right)) return false;
  if (hasTicks(left) && hasTicks(right)) return left.ticks === right.ticks;
  if (Array.isArray(left) && Array.isArray(right)) return equalLists(left, right);
  if (left instanceof MRecord && right instanceof MRecord) {
    const names = [...left.fields.keys()];
    if (names.length !== right.fields.size || names.some((name) => !right.fields.has(name))) return false;
    for (const name of names) if (!(await equal(await left.field(name), await right.field(name)))) return false;
    return true;
  }
  if (left === null || typeof left !== "object") return left === right;
  throw new MError(`values of type ${kindOf(left)} are not compared here`);
}

/** @param {Value[]} left @param {Value[]} right */
async function equalLists(left, right) {
  if (left.length !== right.length) return false;
  for (const [place, value] of left.entries()) if (!(await equal(value, right[place] ?? null))) return false;
  return true;
}

/**
 * `and`, `or`: the other side is asked only if this one does not decide; null is what is not known.
 * @param {string} operator @param {Value} left @param {import("./values.js").Lazy} right @returns {Promise<Value>}
 */
export async function logical(operator, left, right) {
  const decides = operator === "or";
  const sides = [left];
  if (left !== decides) sides.push(await right.get());
  for (const side of sides) {
    if (side !== null && typeof side !== "boolean") {
      throw new MError(`We cannot convert a value of type ${kindOf(side)} to type logical.`);
    }
  }
  if (sides.includes(decides)) return decides;
  return sides.includes(null) ? null : !decides;
}
