/*
 * Table.TransformColumnTypes from texts, in the culture en-US. A text that does not convert is an error of the whole
 * here, where Power Query has an error in one cell: no cell may have one.
 */
import { DateTime, MDate, readIso } from "./times.js";
import { isOf, kindOf, MError } from "./values.js";

/**
 * @typedef {import("./values.js").Value} Value
 * @typedef {import("./values.js").MType} MType
 */

const NUMBER = /^[+-]?(\d+(\.\d*)?|\.\d+)(E[+-]?\d+)?$/i;

/** @type {Record<string, (text: string) => Value>} */
const FROM_TEXT = {
  text: (text) => text,
  number(text) {
    if (!NUMBER.test(text)) throw new RangeError("no number");
    return Number(text);
  },
  logical(text) {
    const found = { true: true, false: false }[text.toLowerCase()];
    if (found === undefined) throw new RangeError("neither true nor false");
    return found;
  },
  datetime(text) {
    const { ticks, minutes } = readIso(text);
    // With an offset it would become the local time of whatever machine evaluates it.
    if (minutes !== null) throw new RangeError("an offset in a datetime");
    return new DateTime(ticks);
  },
  date(text) {
    const { ticks, hasClock } = readIso(text);
    if (hasClock) throw new RangeError("a clock in a date");
    return new MDate(ticks);
  },
};

/**
 * A value as a column of this type holds it.
 * @param {Value} value @param {MType} type @returns {Value}
 */
export function converted(value, type) {
  if (value === null || isOf(value, type)) return value;
  const convert = FROM_TEXT[type.name];
  if (typeof value !== "string" || !convert) throw new MError(`${kindOf(value)} to ${type} is not converted here`);
  try {
    const found = convert(value);
    if (type.facet === "Int64.Type" && !Number.isSafeInteger(found)) throw new RangeError("no whole number");
    return found;
  } catch (failure) {
    throw new MError(`${JSON.stringify(value)} to ${type}: ${failure}`, "DataFormat.Error");
  }
}
