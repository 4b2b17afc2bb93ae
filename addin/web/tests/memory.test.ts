import assert from "node:assert/strict";
import { test } from "node:test";
import { MASK } from "../playground/key.ts";
import { harmless, memory } from "../playground/memory.ts";

const KEY = "TQ8KUQAS-T9XPJTP4-4NV776QE-R8XJ43EB";

test("lists of requests are kept without their headers", () => {
  const queries = JSON.stringify({ queries: [{ query: "{ a }", variables: "{ }", headers: `{"K":"${KEY}"}` }] });
  for (const name of ["graphiql:queries", "graphiql:favorites", "graphiql:tabState"]) {
    assert.deepEqual(JSON.parse(harmless(name, queries, null)), {
      queries: [{ query: "{ a }", variables: "{ }", headers: null }],
    });
  }
});

test("texts are kept as they were typed", () => {
  const variables = '{\n  "headers": 1\n}';
  assert.equal(harmless("graphiql:variables", variables, KEY), variables);
});

test("a key in a query is masked", () => {
  assert.equal(harmless("graphiql:query", `# ${KEY}\n{ a }`, KEY), `# ${MASK}\n{ a }`);
});

test("headers are not kept at all, and nothing is where the browser keeps nothing", () => {
  const kept = new Map<string, string>();
  const storage = { setItem: (name: string, value: string) => kept.set(name, value) } as unknown as Storage;
  const remembering = memory(storage, () => KEY);
  remembering.setItem("graphiql:headers", "{}");
  remembering.setItem("graphiql:query", "{ a }");
  assert.deepEqual([...kept], [["graphiql:query", "{ a }"]]);
  const nowhere = memory(null, () => null);
  nowhere.setItem("graphiql:query", "{ a }");
  assert.equal(nowhere.getItem("graphiql:query"), null);
});
