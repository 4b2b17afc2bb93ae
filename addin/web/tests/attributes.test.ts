import assert from "node:assert/strict";
import { test } from "node:test";
import { withoutStyles } from "../policy/attributes.ts";

function read(html: string): [string, string[]] {
  const met: string[] = [];
  return [withoutStyles(html, (style) => met.push(style)), met];
}

test("style attributes become others, and what they said is told", () => {
  const lines =
    '<div style="top:0px;height:21px;" class="view-line"><span class="a">x</span></div><div style="top:21px;"></div>';
  const [written, met] = read(lines);
  assert.equal(written, lines.replaceAll("style=", "data-style="));
  assert.deepEqual(met, ["top:0px;height:21px;", "top:21px;"]);
});

test("text that looks like an attribute stays as it was typed", () => {
  const text = '<span class="a"># a style="color:red" and &lt;b style="top:0"&gt;</span>';
  assert.deepEqual(read(text), [text, []]);
});
