/*
 * Audits a GraphQL service against GraphQL over HTTP, by that specification's own audits:
 * `npm run conformance -- ADDRESS KEY` prints what fails, a line each, and ends with 1 if anything does.
 */
import { serverAudits } from "graphql-http";

const [address = "", key = ""] = process.argv.slice(2);
const audits = serverAudits({
  url: address,
  fetchFn: (/** @type {string} */ url, /** @type {RequestInit} */ request = {}) => {
    const headers = new Headers(request.headers);
    headers.set("X-Telenia-APIKey", key);
    return fetch(url, { ...request, headers });
  },
});
let failed = 0;
for (const audit of audits) {
  const result = await audit.fn();
  if (result.status !== "ok") {
    failed += 1;
    process.stdout.write(`${result.status} ${result.id} ${result.name}: ${result.reason}\n`);
  }
}
process.stdout.write(`${String(audits.length)} audits, ${String(failed)} failed\n`);
process.exitCode = failed || audits.length < 50 ? 1 : 0;
