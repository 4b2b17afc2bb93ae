/*
 * Measures jsonpath-plus as IMPORTJSONAPI uses it: each match of a path is a row, each column a path from the row.
 * `node jsonpath-plus.js DOCUMENT ROWS COLUMNS ROUNDS` prints the rows found and the milliseconds of each round.
 */
import { readFileSync } from "node:fs";

import { JSONPath } from "jsonpath-plus";

const [document = "", rowPath = "", columns = "", rounds = "1"] = process.argv.slice(2);
const text = readFileSync(document, "utf8");
const names = columns.split(",");

/** @type {number[]} */
const milliseconds = [];
/** @type {number[]} */
const decoding = [];
let rows = 0;
for (let round = 0; round < Number(rounds) + 1; round += 1) {
  const began = performance.now();
  /** @type {object} */
  const json = JSON.parse(text);
  const decoded = performance.now();
  /** @type {object[]} */
  const found = JSONPath({ path: rowPath, json });
  const cells = found.map((row) =>
    names.map((path) => /** @type {unknown} */ (JSONPath({ path, json: row, wrap: false }))),
  );
  const ended = performance.now();
  rows = cells.length;
  if (round) {
    decoding.push(decoded - began);
    milliseconds.push(ended - decoded);
  }
}
process.stdout.write(JSON.stringify({ rows, milliseconds, decoding }));
