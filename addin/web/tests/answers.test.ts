import assert from "node:assert/strict";
import { test } from "node:test";
import { ask, fetcher, read, SCHEMA, sentence } from "../playground/answers.ts";
import { KEY_HEADER } from "../playground/key.ts";
import { type Notice, WANTED } from "../playground/notice.ts";

const REFUSED = { message: "This key is unknown.", extensions: { code: "TT202", hint: "Ask for another." } };

/** A service in place of the network: what it was asked, and what the page said. */
function service(t: { mock: typeof import("node:test").mock }, status: number, text: string) {
  const notices: (Notice | null)[] = [];
  const asked = t.mock.method(globalThis, "fetch", () => Promise.resolve(new Response(text, { status })));
  const asking = fetcher("http://service/datamodel/query", (notice) => notices.push(notice));
  const schema = {
    query: "query IntrospectionQuery { __schema { queryType { name } } }",
    operationName: SCHEMA,
  };
  return { notices, asked: asked.mock, asking, schema };
}

test("without a key the schema is not asked for, and the page says what to do", async (t) => {
  const { notices, asked, asking, schema } = service(t, 200, "{}");
  assert.equal(JSON.stringify(await asking(schema, { headers: { [KEY_HEADER]: "" } })), undefined);
  assert.equal(asked.callCount(), 0);
  assert.deepEqual(notices, [WANTED]);
});

test("a key that is refused is told in the service's own sentence, after one request", async (t) => {
  const { notices, asked, asking, schema } = service(t, 401, JSON.stringify({ errors: [REFUSED] }));
  const answer = await asking(schema, { headers: { [KEY_HEADER]: "wrong" } });
  assert.equal(JSON.stringify(answer), undefined);
  assert.ok("data" in answer, "else GraphiQL would try again");
  assert.equal(asked.callCount(), 1);
  assert.deepEqual(notices, [{ tone: "wrong", text: "This key is unknown. Ask for another." }]);
});

test("a schema is handed on, and there is no more to say", async (t) => {
  const answer = { data: { __schema: {} } };
  const { notices, asking, schema } = service(t, 200, JSON.stringify(answer));
  assert.deepEqual(await asking(schema, { headers: { [KEY_HEADER]: "right" } }), answer);
  assert.deepEqual(notices, [null]);
});

test("an answer with errors is the result of a query, whatever its status", async (t) => {
  const answer = { errors: [REFUSED] };
  const { notices, asking } = service(t, 429, JSON.stringify(answer));
  assert.deepEqual(await asking({ query: "{ me { name } }" }, { headers: {} }), answer);
  assert.deepEqual(notices, []);
});

test("what is no answer is a sentence", async (t) => {
  for (const text of ["<html>", "", "7", "null", '{"detail":"x"}', '{"errors":"x"}']) {
    assert.match(sentence(read(502, text)) ?? "", /status 502/);
  }
  t.mock.method(globalThis, "fetch", () => Promise.reject(new TypeError("Failed to fetch")));
  assert.match(sentence(await ask("http://service", { query: "{ a }" }, {})) ?? "", /cannot be reached/);
});

test("an answer without errors has nothing wrong", () => {
  assert.equal(sentence({ data: {} }), null);
  assert.equal(sentence({ errors: [] }), null);
});
