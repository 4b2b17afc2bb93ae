import assert from "node:assert/strict";
import { test } from "node:test";
import { bareKey, headersOf, KEY_HEADER, keyOf, MASK, masked, NO_KEY, objectOf, withKey } from "../playground/key.ts";

const KEY = "TQ8KUQAS-T9XPJTP4-4NV776QE-R8XJ43EB";

test("a key is found in either header, however it is spelled", () => {
  assert.equal(keyOf({ [KEY_HEADER]: ` ${KEY} ` }), KEY);
  assert.equal(keyOf({ "x-telenia-apikey": KEY }), KEY);
  assert.equal(keyOf({ Authorization: `Bearer ${KEY}` }), `Bearer ${KEY}`);
  assert.equal(keyOf({ "X-Team": KEY }), null);
});

test("the pane at first holds no key", () => {
  assert.deepEqual(headersOf(NO_KEY), { [KEY_HEADER]: "" });
  assert.equal(keyOf(headersOf(NO_KEY) ?? {}), null);
});

test("panes are read as GraphiQL reads them, and not while they are being typed", () => {
  assert.deepEqual(objectOf(""), {});
  assert.deepEqual(objectOf('{ "a": 1, // one\n}'), { a: 1 });
  assert.deepEqual(headersOf('{ "a": 1 }'), { a: "1" });
  for (const text of ["{", '{"a": "', "[]", "7", "null", '"a"', `${KEY}{ "a": "" }`])
    assert.equal(objectOf(text), null);
});

test("a key alone is told from other texts", () => {
  assert.equal(bareKey(`\n${KEY} `), KEY);
  assert.equal(bareKey(MASK), MASK);
  for (const text of ["", "a", '"', "X-Telenia-APIKey", `{"a":"${KEY}"}`, `${KEY} ${KEY}`])
    assert.equal(bareKey(text), null);
});

test("a key goes where it belongs, and leaves the rest as it was", () => {
  assert.equal(withKey(NO_KEY, KEY), NO_KEY.replace('""', `"${KEY}"`));
  assert.equal(
    withKey('{ "x-telenia-apikey": "old", "X-Team": "a" } // mine', KEY),
    `{ "x-telenia-apikey": "${KEY}", "X-Team": "a" } // mine`,
  );
  for (const text of ["", "{}", "[", "nonsense"])
    assert.deepEqual(headersOf(withKey(text, KEY)), { [KEY_HEADER]: KEY });
});

test("a mask covers the key, and says how it is sent", () => {
  const shown = masked({ [KEY_HEADER]: KEY, Authorization: `Bearer ${KEY}`, "X-Team": "a" });
  assert.deepEqual(shown, { [KEY_HEADER]: MASK, Authorization: `Bearer ${MASK}`, "X-Team": "a" });
});
