/*
 * Describes OData's metadata as OpenAPI, by the converter of OData's own committee, and asks the service what that
 * description says it can be asked: `node conformance/openapi.js ADDRESS KEY` prints, as JSON, what is wrong with the
 * description, and each question whose answer is not what it promises. With `document` behind KEY it prints the
 * description itself.
 */
import { Validator } from "@seriousme/openapi-schema-validator";
import csdl from "odata-csdl";
import { csdl2openapi } from "odata-openapi";

const [address = "", key = "", form = "judgement"] = process.argv.slice(2);
const headers = { "X-Telenia-APIKey": key };
const ask = (/** @type {string} */ path) => fetch(`${address}/odata${path}`, { headers });

/** @typedef {{ name?: string, $ref?: string, schema?: { items?: { enum?: string[] } } }} Parameter */
/** @typedef {{ get?: { parameters?: Parameter[] } }} Path */

/**
 * The questions about a path: each column that may be ordered by, each that may be selected, each way that leads on.
 * @param {string} path
 * @param {Path} described
 */
function* questions(path, described) {
  yield `${path}?$top=2`;
  for (const { name = "", schema } of described.get?.parameters ?? []) {
    const values = schema?.items?.enum ?? [];
    // All at once for what may be long lists, in pieces that keep addresses short.
    for (let from = 0; from < values.length; from += 30) {
      const some = values.slice(from, from + 30);
      const list = name === "orderby" ? some.filter((one) => one.endsWith(" desc")) : some;
      yield `${path}?$top=2&$${name.replace("$", "")}=${encodeURIComponent(list.join(","))}`;
    }
  }
}

/**
 * What is wrong with the answer to a question; nothing, if it is a list.
 * @param {string} question
 */
async function refusal(question) {
  const answer = await ask(question);
  const told = answer.ok ? /** @type {{ value?: unknown }} */ (await answer.json()) : {};
  return Array.isArray(told.value) ? "" : `${String(answer.status)} ${question}`;
}

/**
 * The metadata as OpenAPI.
 * @param {unknown} metadata
 * @param {{ message: string }[]} messages what the converter has to say
 */
const converted = (metadata, messages) =>
  csdl2openapi(metadata, { messages, scheme: "http", host: "centre.example", basePath: "/odata" });

/** @type {Record<string, unknown>} */
const judged = {};
const validator = new Validator();
const xml = Buffer.from(await (await ask("/$metadata")).arrayBuffer());
const json = /** @type {unknown} */ (await (await ask("/$metadata?$format=json")).json());
const forms = form === "document" ? {} : { xml: csdl.xml2json(xml, { messages: [] }), json };
for (const [name, metadata] of Object.entries(forms)) {
  /** @type {{ message: string }[]} */
  const messages = [];
  const described = converted(metadata, messages);
  const { valid, errors } = await validator.validate(structuredClone(described));
  const paths = Object.entries(/** @type {Record<string, Path>} */ (described.paths));
  const asked = name === "json" ? paths.filter(([path]) => !/[({$]/.test(path)) : [];
  const offered = asked.flatMap(([path, one]) => [...questions(path, one)]);
  const refused = (await Promise.all(offered.map(refusal))).filter((one) => one !== "");
  judged[name] = { messages, valid, errors, paths: paths.map(([path]) => path), asked: offered.length, refused };
}
process.stdout.write(JSON.stringify(form === "document" ? converted(json, []) : judged));
