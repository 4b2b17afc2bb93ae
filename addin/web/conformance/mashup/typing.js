/* Types and functions as they are written. */
import { items, nameOf, NodeKind } from "./syntax.js";
import { ANY, Lazy, MError, MFunction, MType } from "./values.js";

/**
 * @typedef {import("./syntax.js").Node} Node
 * @typedef {import("./values.js").Value} Value
 * @typedef {import("./scope.js").Scope<Lazy>} Scope
 */

/**
 * The type that is written behind `type`, `as` or `is`.
 * @param {Node} node @param {(inner: Node) => Promise<Value>} [value] evaluates a type that is an expression
 * @returns {Promise<MType>}
 */
export async function typeOf(node, value) {
  switch (node.kind) {
    case NodeKind.PrimitiveType:
      return new MType(node.primitiveTypeKind);
    case NodeKind.NullableType:
    case NodeKind.NullablePrimitiveType:
      return nullable(await typeOf(node.paired, value));
    default: {
      const found = value && (await value(node));
      if (found instanceof MType) return found;
      throw new MError(`the type ${node.kind} is not known here`);
    }
  }
}

/** @param {MType} type */
function nullable(type) {
  return new MType(type.name, true, type.facet);
}

/**
 * A function as it is written, or `each`, a function of `_`.
 * @param {Extract<Node, { kind: "FunctionExpression" | "EachExpression" }>} node
 * @param {Scope} scope
 * @param {(node: Node, scope: Scope) => Promise<Value>} evaluate
 */
export async function functionOf(node, scope, evaluate) {
  const isEach = node.kind === NodeKind.EachExpression;
  const expression = isEach ? node.paired : node.expression;
  const parameters = isEach ? [{ name: "_", type: ANY, optional: false }] : await parametersOf(node);
  const result = !isEach && node.functionReturnType ? await typeOf(node.functionReturnType.paired) : ANY;
  const body = (/** @type {Value[]} */ ...values) => {
    const named = parameters.map(({ name }, place) => /** @type {const} */ ([name, Lazy.of(values[place] ?? null)]));
    return evaluate(expression, scope.inside(new Map(named)));
  };
  return new MFunction(parameters, result, body, { expression, scope });
}

/** @param {Extract<Node, { kind: "FunctionExpression" }>} node */
async function parametersOf(node) {
  return Promise.all(
    items(node.parameters.content).map(async (parameter) => ({
      name: nameOf(parameter.name),
      type: parameter.parameterType ? await typeOf(parameter.parameterType.paired) : ANY,
      optional: parameter.optionalConstant !== undefined,
    })),
  );
}

const SIGNATURE = /^([\w.#]+)\((.*)\) as (.+)$/;
const DECLARED = /^(optional )?(\w+) as (nullable )?(\w+)$/;

/**
 * A function of the library from its signature, as its documentation has it: `Text.Combine(texts as list) as text`.
 * @param {string} signature
 * @param {import("./values.js").Body} body
 * @returns {[string, Lazy]}
 */
export function declared(signature, body) {
  const [, name = "", inside = "", result = ""] = SIGNATURE.exec(signature) ?? [];
  const parameters = inside ? inside.split(", ").map(parameterOf) : [];
  return [name, Lazy.of(new MFunction(parameters, primitive(result), body))];
}

/** @param {string} text */
function parameterOf(text) {
  const [, optional, name = "", isNullable, type = ""] = DECLARED.exec(text) ?? [];
  if (!name) throw new Error(`no parameter: ${text}`);
  return { name, type: new MType(type, isNullable !== undefined), optional: optional !== undefined };
}

/** @param {string} text */
function primitive(text) {
  const name = text.replace("nullable ", "");
  return new MType(name, name !== text);
}
