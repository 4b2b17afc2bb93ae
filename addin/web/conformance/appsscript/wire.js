/* What google.script.run carries: texts, numbers, booleans, null, and lists and objects of such. */

/**
 * What is wrong with a value, or null.
 * @param {unknown} value @param {string} where @returns {string | null}
 */
export function overTheWire(value, where) {
  if (value === null || value === undefined || typeof value === "string" || typeof value === "boolean") return null;
  if (typeof value === "number") return Number.isFinite(value) ? null : `${where} has a number that JSON has not`;
  if (typeof value !== "object") return `${where} has a ${typeof value}, which google.script.run does not carry`;
  if (!Array.isArray(value) && Object.prototype.toString.call(value) !== "[object Object]")
    return `${where} has a ${value.constructor.name}, which google.script.run does not carry`;
  for (const [name, one] of Object.entries(value)) {
    const wrong = overTheWire(one, `${where}, at ${name},`);
    if (wrong) return wrong;
  }
  return null;
}
