/* The syntax of M, by Microsoft's own parser and formatter: trees, names and texts in them, and edits of a text. */
import { DefaultSettings as FormatterDefaults, NewlineLiteral, tryFormat } from "@microsoft/powerquery-formatter";
import { DefaultSettings, Language, ResultUtils, TaskUtils } from "@microsoft/powerquery-parser";

/** @typedef {Language.Ast.TNode} Node */

export const { NodeKind } = Language.Ast;

/** As Microsoft's editors lay a text out, with lines that end as in every other file here. */
const LAYOUT = { ...FormatterDefaults, newlineLiteral: NewlineLiteral.Unix };

/** Trees by their texts, for many a text is asked about more than once. @type {Map<string, Node>} */
const TREES = new Map();

/**
 * The tree of a text; throws what the parser has against it.
 * @param {string} text
 * @returns {Promise<Node>}
 */
export async function parsed(text) {
  const known = TREES.get(text);
  if (known) return known;
  const task = await TaskUtils.tryLexParse(DefaultSettings, text);
  if (TaskUtils.isParseStageOk(task)) {
    TREES.set(text, task.ast);
    return task.ast;
  }
  throw new SyntaxError("error" in task ? task.error.message : "no tree");
}

/**
 * The text as the formatter writes it.
 * @param {string} text
 */
export async function formatted(text) {
  const result = await tryFormat(LAYOUT, text);
  if (ResultUtils.isOk(result)) return result.value;
  throw new SyntaxError(result.error.message);
}

/**
 * The nodes directly below a node, in the order of the text.
 * @param {Node} node
 * @returns {Node[]}
 */
export function below(node) {
  const values = Object.values(node).flatMap((value) => value);
  return values.filter((value) => typeof value === "object" && value !== null && "kind" in value && "id" in value);
}

/**
 * What stands between the commas of a list, a record, a let or the arguments of a call.
 * @template {Language.Ast.TCsvType} T
 * @param {Language.Ast.ICsvArray<T>} array
 */
export function items(array) {
  return array.elements.map(({ node }) => node);
}

/**
 * A name without the quotes that it may have: `#"a b"` is the name `a b`.
 * @param {{ literal: string }} identifier
 */
export function nameOf({ literal }) {
  return literal.startsWith('#"') ? textOf(literal.slice(1)) : literal;
}

/** @type {Record<string, string>} */
const ESCAPED = { cr: "\r", lf: "\n", tab: "\t", "#": "#" };

/**
 * What a literal of text says: `"a""b#(lf)"`.
 * @param {string} literal
 */
export function textOf(literal) {
  const inner = literal.slice(1, -1).replaceAll('""', '"');
  return inner.replace(/#\(([^)]*)\)/g, (_, names) => names.split(",").map(escaped).join(""));
}

/** @param {string} name */
function escaped(name) {
  const known = ESCAPED[name.trim()];
  if (known !== undefined) return known;
  if (/^([0-9A-F]{4}|[0-9A-F]{8})$/i.test(name)) return String.fromCodePoint(parseInt(name, 16));
  throw new SyntaxError(`#(${name}) is no escape`);
}

/**
 * A text after somebody has changed some steps of its outermost `let`, as in the advanced editor.
 * @param {string} text
 * @param {Record<string, string>} steps what now stands behind the `=` of a step
 */
export async function edited(text, steps) {
  const root = await parsed(text);
  if (root.kind !== NodeKind.LetExpression) throw new Error("only the steps of a let can be edited");
  let changed = text;
  // From the end, for what stands before an edit keeps its place.
  for (const { key, value } of items(root.variableList).reverse()) {
    const step = steps[nameOf(key)];
    if (step === undefined) continue;
    const { positionStart, positionEnd } = value.tokenRange;
    changed = changed.slice(0, positionStart.codeUnit) + step + changed.slice(positionEnd.codeUnit);
  }
  const known = new Set(items(root.variableList).map(({ key }) => nameOf(key)));
  const unknown = Object.keys(steps).filter((name) => !known.has(name));
  if (unknown.length) throw new Error(`there is no step ${unknown.join(", ")}`);
  return changed;
}
