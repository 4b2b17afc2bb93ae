/* Evaluates a tree of M: lets, records and fields when they are asked for, everything else at once. */
import { logical, operated } from "./operators.js";
import { items, nameOf, NodeKind, textOf } from "./syntax.js";
import { functionOf, typeOf } from "./typing.js";
import { isOf, kindOf, Lazy, MError, MFunction, MRecord, MTable } from "./values.js";

/**
 * @typedef {import("./syntax.js").Node} Node
 * @typedef {import("./values.js").Value} Value
 * @typedef {import("./scope.js").Scope<Lazy>} Scope
 */

/**
 * The value of an expression.
 * @param {Node} node @param {Scope} scope @returns {Promise<Value>}
 */
export async function evaluate(node, scope) {
  const value = (/** @type {Node} */ inner) => evaluate(inner, scope);
  switch (node.kind) {
    case NodeKind.LiteralExpression:
      return constant(node.literal);
    case NodeKind.IdentifierExpression:
      return reference(nameOf(node.identifier), node.inclusiveConstant !== undefined, scope);
    case NodeKind.ParenthesizedExpression:
      return value(node.content);
    case NodeKind.LetExpression:
      return evaluate(node.expression, scope.inside(bindings(items(node.variableList), scope)));
    case NodeKind.RecordExpression:
      return new MRecord(bindings(items(node.content), scope));
    case NodeKind.ListExpression:
      return list(items(node.content), scope);
    case NodeKind.IfExpression: {
      const condition = await value(node.condition);
      if (typeof condition === "boolean") return value(condition ? node.trueExpression : node.falseExpression);
      throw new MError(`We cannot convert a value of type ${kindOf(condition)} to type logical.`);
    }
    case NodeKind.EachExpression:
    case NodeKind.FunctionExpression:
      return functionOf(node, scope, evaluate);
    case NodeKind.TypePrimaryType:
      return typeOf(node.paired, value);
    case NodeKind.LogicalExpression: {
      const right = new Lazy(() => value(node.right));
      return logical(node.operatorConstant.constantKind, await value(node.left), right);
    }
    case NodeKind.ArithmeticExpression:
    case NodeKind.EqualityExpression:
    case NodeKind.RelationalExpression:
      return operated(node.operatorConstant.constantKind, await value(node.left), await value(node.right));
    case NodeKind.UnaryExpression:
      return unary(
        node.operators.elements.map(({ constantKind }) => constantKind),
        await value(node.typeExpression),
      );
    case NodeKind.IsExpression:
      return isOf(await value(node.left), await typeOf(node.right, value));
    case NodeKind.FieldSelector:
    case NodeKind.FieldProjection:
      return accessed(await reference("_", false, scope), node, scope);
    case NodeKind.RecursivePrimaryExpression: {
      let found = await value(node.head);
      for (const access of node.recursiveExpressions.elements) found = await accessed(found, access, scope);
      return found;
    }
    default:
      throw new MError(`${node.kind} is not evaluated here`);
  }
}

/** @param {string} literal @returns {Value} */
function constant(literal) {
  if (literal.startsWith('"')) return textOf(literal);
  if (literal === "null") return null;
  if (literal === "true" || literal === "false") return literal === "true";
  return Number(literal);
}

/** @param {string} name @param {boolean} inclusive @param {Scope} scope */
async function reference(name, inclusive, scope) {
  const found = scope.find(name, inclusive);
  if (found) return found.get();
  throw new MError(`The name '${name}' wasn't recognized. Make sure it's spelled correctly.`);
}

/**
 * The names of a let or a record: each sees the others, and itself as `@name`.
 * @param {{ key: { literal: string }, value: Node }[]} pairs @param {Scope} scope
 */
function bindings(pairs, scope) {
  /** @type {Map<string, Lazy>} */
  const names = new Map();
  const frame = scope.inside(names);
  for (const { key, value } of pairs) {
    const name = nameOf(key);
    names.set(name, new Lazy(() => evaluate(value, frame.within(name))));
  }
  return names;
}

/** @param {Node[]} nodes @param {Scope} scope */
async function list(nodes, scope) {
  /** @type {Value[]} */
  const values = [];
  for (const node of nodes) values.push(await evaluate(node, scope));
  return values;
}

/** @param {string[]} operators @param {Value} operand */
function unary(operators, operand) {
  return operators.reduceRight((value, operator) => {
    if (value === null) return null;
    if (operator === "not" && typeof value === "boolean") return !value;
    if (operator !== "not" && typeof value === "number") return operator === "-" ? -value : value;
    throw new MError(`We cannot apply operator ${operator} to type ${kindOf(value)}.`);
  }, operand);
}

/**
 * What stands behind a value: arguments, a field, some fields, or an item.
 * @param {Value} value @param {Node} access @param {Scope} scope @returns {Promise<Value>}
 */
async function accessed(value, access, scope) {
  switch (access.kind) {
    case NodeKind.InvokeExpression:
      if (value instanceof MFunction) return value.call(await list(items(access.content), scope));
      throw new MError(`We cannot convert a value of type ${kindOf(value)} to type function.`);
    case NodeKind.FieldSelector:
      return field(value, nameOf(access.content), access.optionalConstant !== undefined);
    case NodeKind.ItemAccessExpression:
      return item(value, await evaluate(access.content, scope), access.optionalConstant !== undefined);
    default:
      throw new MError(`${access.kind} is not evaluated here`);
  }
}

/** @param {Value} value @param {string} name @param {boolean} optional @returns {Promise<Value>} */
async function field(value, name, optional) {
  if (value === null && optional) return null;
  if (value instanceof MRecord) return optional && !value.fields.has(name) ? null : value.field(name);
  if (value instanceof MTable) {
    if (optional && !value.names.includes(name)) return null;
    const place = value.place(name);
    return (await value.rows()).map((row) => row[place] ?? null);
  }
  throw new MError(`We cannot apply field access to the type ${kindOf(value)}.`);
}

/** @param {Value} value @param {Value} key @param {boolean} optional @returns {Promise<Value>} */
async function item(value, key, optional) {
  if (value === null && optional) return null;
  if (typeof key === "number" && (Array.isArray(value) || value instanceof MTable)) {
    const all = Array.isArray(value) ? value : await value.records();
    if (key in all || optional) return all[key] ?? null;
    throw new MError("There weren't enough elements in the enumeration to complete the operation.");
  }
  if (key instanceof MRecord && value instanceof MTable) {
    const wanted = await key.all();
    const matching = [];
    for (const record of await value.records()) {
      let matches = true;
      for (const [name, one] of Object.entries(wanted)) {
        matches &&= (await operated("=", await record.field(name), one)) === true;
      }
      if (matches) matching.push(record);
    }
    if (matching.length === 1 || (optional && matching.length === 0)) return matching[0] ?? null;
    throw new MError(
      `The key ${matching.length ? "matched more than one row" : "didn't match any rows"} in the table.`,
    );
  }
  throw new MError(`We cannot apply item access to the types ${kindOf(value)} and ${kindOf(key)}.`);
}
