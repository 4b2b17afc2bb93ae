/*
 * Whether what scripts can call here is what Google documents: every method of the host's services is one of
 * @types/google-apps-script's, with as many parameters as it has there. Prints what is not, as JSON.
 */
import { createRequire } from "node:module";
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import ts from "typescript";

/** The namespaces of the types, by service. @type {Record<string, string>} */
const NAMESPACE = {
  SpreadsheetApp: "Spreadsheet",
  UrlFetchApp: "URL_Fetch",
  CacheService: "Cache",
  PropertiesService: "Properties",
  LockService: "Lock",
  ScriptApp: "Script",
  HtmlService: "HTML",
  Utilities: "Utilities",
  Base: "Base",
  Session: "Base",
  Logger: "Base",
};
/** Not of the documents: what every object has. */
const OBJECTS = new Set(["constructor", "toString", "toJSON"]);
/** Google's types take it from the browser's. */
const UNTYPED = "console";

const types = dirname(createRequire(import.meta.url).resolve("@types/google-apps-script/package.json"));

/** Counts of parameters by method, by `namespace.interface`. @type {Map<string, Map<string, Set<number>>>} */
const known = new Map();

/** @param {ts.Node} node @param {string} namespace */
function read(node, namespace) {
  if (ts.isModuleDeclaration(node) && node.body) {
    const inner = node.name.text === "GoogleAppsScript" ? "" : node.name.text;
    ts.forEachChild(node.body, (one) => read(one, inner));
  }
  if (!ts.isInterfaceDeclaration(node)) return;
  const name = `${namespace}.${node.name.text}`;
  const methods = known.get(name) ?? new Map();
  known.set(name, methods);
  for (const member of node.members) {
    if (!ts.isMethodSignature(member) || !ts.isIdentifier(member.name)) continue;
    const counts = methods.get(member.name.text) ?? new Set();
    methods.set(member.name.text, counts);
    const least = member.parameters.filter((one) => !one.questionToken && !one.dotDotDotToken).length;
    const most = member.parameters.some((one) => one.dotDotDotToken) ? 20 : member.parameters.length;
    for (let count = least; count <= most; count++) counts.add(count);
  }
}

for (const file of readdirSync(types)) {
  if (!file.endsWith(".d.ts")) continue;
  const source = ts.createSourceFile(file, readFileSync(join(types, file), "utf8"), ts.ScriptTarget.ES2022);
  ts.forEachChild(source, (one) => read(one, ""));
}

/** @type {string[]} */
const undocumented = [];
let seen = 0;
const isolate = new URL("./isolate/", import.meta.url);
for (const file of readdirSync(isolate)) {
  if (file === "worker.js") continue;
  /** @type {Record<string, unknown>} */
  const exported = await import(new URL(file, isolate).href);
  for (const one of Object.values(exported)) {
    if (typeof one !== "function" || !("service" in one)) continue;
    const { service, takes = {} } = /** @type {{ service: string, takes?: Record<string, string[]> }} */ (
      /** @type {unknown} */ (one)
    );
    if (service === UNTYPED) continue;
    const [first = "", last = first] = service.split(".");
    const namespace = service === "Utilities.Blob" ? "Base" : (NAMESPACE[first] ?? "");
    const methods = known.get(`${namespace}.${last}`);
    if (!methods) undocumented.push(service);
    for (const method of Object.getOwnPropertyNames(one.prototype)) {
      if (OBJECTS.has(method)) continue;
      seen++;
      const counts = methods?.get(method);
      const given = (takes[method] ?? [""]).map((overload) => overload.split(",").filter(Boolean).length);
      const isOpen = takes[method]?.[0] === "...";
      if (!counts || (!isOpen && given.some((count) => !counts.has(count)))) undocumented.push(`${service}.${method}`);
    }
    for (const method of Object.keys(takes))
      if (!(method in one.prototype)) undocumented.push(`${service}.${method}, which is not here`);
  }
}
process.stdout.write(JSON.stringify({ seen, undocumented }));
