/* A condition on rows as the $filter of OData, where it can be one. */
import { evaluate } from "./evaluation.js";
import { nameOf, NodeKind } from "./syntax.js";
import { DateTimeZone, MDate } from "./times.js";
import { kindOf, MError } from "./values.js";

/**
 * @typedef {import("./syntax.js").Node} Node
 * @typedef {import("./values.js").Value} Value
 */

/** @type {Record<string, string>} */
const OPERATORS = { "=": "eq", "<>": "ne", "<": "lt", "<=": "le", ">": "gt", ">=": "ge", and: "and", or: "or" };

/**
 * The filter of `each …`; throws where it does not fold.
 * @param {import("./values.js").MFunction} condition
 * @param {import("./values.js").MTable} table whose rows are meant
 */
export async function folded({ written }, table) {
  if (!written) throw new MError("a function of the library does not fold");
  return filter(written.expression, written.scope, table);
}

/**
 * @param {Node} node @param {import("./scope.js").Scope<import("./values.js").Lazy>} scope
 * @param {import("./values.js").MTable} table @returns {Promise<string>}
 */
async function filter(node, scope, table) {
  const of = (/** @type {Node} */ inner) => filter(inner, scope, table);
  switch (node.kind) {
    case NodeKind.ParenthesizedExpression:
      return `(${await of(node.content)})`;
    case NodeKind.LogicalExpression:
    case NodeKind.EqualityExpression:
    case NodeKind.RelationalExpression: {
      const operator = OPERATORS[node.operatorConstant.constantKind];
      return `${await of(node.left)} ${operator} ${await of(node.right)}`;
    }
    case NodeKind.FieldSelector:
      table.place(nameOf(node.content));
      return nameOf(node.content);
    default:
      // Not of the row: it has a value here already.
      return literal(await evaluate(node, scope));
  }
}

/** @param {Value} value */
function literal(value) {
  if (typeof value === "string") return `'${value.replaceAll("'", "''")}'`;
  if (value === null || typeof value === "number" || typeof value === "boolean") return String(value);
  if (value instanceof DateTimeZone || value instanceof MDate) return String(value);
  throw new MError(`a value of type ${kindOf(value)} does not fold`);
}
