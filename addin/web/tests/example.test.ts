import assert from "node:assert/strict";
import { test } from "node:test";
import { parse } from "graphql";
import { example } from "../playground/example.ts";

test("the example asks for the first half of the month before", () => {
  const query = example(new Date(2026, 10, 22));
  assert.match(query, /half of October 2026/);
  assert.match(query, /year: 2026\n {6}month: 10\n/);
  assert.match(query, /valueLeft: "2026-10-01T00:00:00Z"\n {8}valueRight: "2026-10-15T00:00:00Z"/);
});

test("in January it is December's", () => {
  const query = example(new Date(2027, 0, 31));
  assert.match(query, /year: 2026\n {6}month: 12\n/);
  assert.match(query, /"2026-12-01T/);
});

test("the example can be run", () => {
  assert.equal(parse(example(new Date(2026, 2, 31))).definitions.length, 1);
});
