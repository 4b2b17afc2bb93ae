/* Which names of a text are bound by nothing: not by the text, the standard library or what it may expect outside. */
import { Scope } from "./scope.js";
import { below, items, nameOf, NodeKind } from "./syntax.js";

/**
 * @typedef {import("./syntax.js").Node} Node
 * @typedef {Scope<true>} Bound
 */

/** @param {Iterable<string>} names @returns {ReadonlyMap<string, true>} */
const bound = (names) => new Map([...names].map((name) => [name, true]));

/**
 * The unbound names, in the order of the text.
 * @param {Node} root
 * @param {Iterable<string>} known
 */
export function unbound(root, known) {
  /** @type {string[]} */
  const found = [];
  look(root, new Scope(bound(known)), found);
  return found;
}

/**
 * @param {Node} node
 * @param {Bound} scope
 * @param {string[]} found
 * @returns {void}
 */
function look(node, scope, found) {
  /** @param {Node} inner @param {Bound} [where] */
  const go = (inner, where = scope) => look(inner, where, found);
  /** @param {{ key: { literal: string }, value: Node }[]} pairs */
  const together = (pairs) => {
    const frame = scope.inside(bound(pairs.map(({ key }) => nameOf(key))));
    for (const { key, value } of pairs) go(value, frame.within(nameOf(key)));
    return frame;
  };
  /** @param {string} name @param {boolean} inclusive */
  const use = (name, inclusive) => {
    if (!scope.find(name, inclusive)) found.push(name);
  };
  switch (node.kind) {
    case NodeKind.IdentifierExpression:
      return use(nameOf(node.identifier), node.inclusiveConstant !== undefined);
    case NodeKind.LetExpression:
      return go(node.expression, together(items(node.variableList)));
    case NodeKind.RecordExpression:
      return void together(items(node.content));
    case NodeKind.Section:
      return void together(node.sectionMembers.elements.map((member) => member.namePairedExpression));
    case NodeKind.EachExpression:
      return go(node.paired, scope.inside(bound(["_"])));
    case NodeKind.FunctionExpression: {
      const names = items(node.parameters.content).map(({ name }) => nameOf(name));
      return go(node.expression, scope.inside(bound(names)));
    }
    case NodeKind.RecursivePrimaryExpression: {
      go(node.head);
      // A selector behind a head is of that head; what stands in braces or parentheses is an expression of its own.
      const inner = node.recursiveExpressions.elements.filter((element) => !isField(element));
      return inner.forEach((element) => go(element));
    }
    case NodeKind.FieldSelector:
    case NodeKind.FieldProjection:
      return use("_", false);
    default:
      return below(node).forEach((inner) => go(inner));
  }
}

/** @param {Node} node */
function isField(node) {
  return node.kind === NodeKind.FieldSelector || node.kind === NodeKind.FieldProjection;
}
