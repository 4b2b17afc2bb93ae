/*
 * The data sources of a text, as the refresh in Power BI's service looks for them: without evaluating anything, so the
 * address has to be a literal where the source is called.
 */
import { below, items, nameOf, NodeKind, textOf } from "./syntax.js";

/**
 * @typedef {import("./syntax.js").Node} Node
 * @typedef {{ function: string, address: string | null, options: Record<string, string | null> }} Source
 *   null stands for what is no literal
 */

const SOURCES = ["Web.Contents", "OData.Feed"];

/**
 * Every mention of a function that reads a source; one that is not called has no address.
 * @param {Node} root
 * @returns {Source[]}
 */
export function sources(root) {
  if (root.kind === NodeKind.IdentifierExpression) {
    const name = nameOf(root.identifier);
    return SOURCES.includes(name) ? [{ function: name, address: null, options: {} }] : [];
  }
  if (root.kind !== NodeKind.RecursivePrimaryExpression) return below(root).flatMap(sources);
  const [first, ...rest] = root.recursiveExpressions.elements;
  const [mention] = root.head.kind === NodeKind.IdentifierExpression ? sources(root.head) : [];
  if (!mention || first?.kind !== NodeKind.InvokeExpression) return below(root).flatMap(sources);
  const given = items(first.content);
  const options = given.find((argument) => argument.kind === NodeKind.RecordExpression);
  const fields = options ? items(options.content).map(({ key, value }) => [nameOf(key), literal(value)]) : [];
  const called = { ...mention, address: given[0] ? literal(given[0]) : null, options: Object.fromEntries(fields) };
  return [called, ...[...given, ...rest].flatMap(sources)];
}

/** @param {Node} node */
function literal(node) {
  if (node.kind !== NodeKind.LiteralExpression) return null;
  return node.literal.startsWith('"') ? textOf(node.literal) : node.literal;
}
