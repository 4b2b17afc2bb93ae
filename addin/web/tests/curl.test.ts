import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { test } from "node:test";
import { body, curl, quoted } from "../playground/curl.ts";
import { MASK } from "../playground/key.ts";

const ENDPOINT = "https://tvox.example.com/datamodel/query";
const DOCUMENTED = `query {
  inboundCall(id: "1588581589.1320") {
    id
    step
  }
}`;

/** The words of a command as a shell understands them. */
function words(command: string): string[] {
  const printed = execFileSync("sh", ["-c", `printf '%s\\0' ${command}`], { encoding: "utf8" });
  return printed.split("\0").slice(0, -1);
}

test("a command has the form of the vendor's documentation, to the letter", () => {
  const command = curl(ENDPOINT, { query: DOCUMENTED }, { "X-Telenia-APIKey": "secret" });
  assert.equal(
    command,
    "curl 'https://tvox.example.com/datamodel/query' -H 'Accept-Encoding: gzip, deflate, br' " +
      "-H 'Content-Type: application/json' -H 'Accept: application/json' -H 'Connection: keep-alive' -H 'DNT: 1' " +
      "-H 'Origin: https://tvox.example.com' -H 'X-Telenia-APIKey: XXXXXXXX-XXXX-XXXX-XXXX-XXXXXXXXXXXX' " +
      String.raw`--data-binary '{"query":"query {\n  inboundCall(id: \"1588581589.1320\") {\n    id\n    step\n  }\n}"}' ` +
      "--compressed",
  );
});

test("a key is not copied, whichever header holds it", () => {
  for (const name of ["X-Telenia-APIKey", "x-telenia-apikey", "Authorization"]) {
    const command = curl(ENDPOINT, { query: "{ me { name } }" }, { [name]: "Bearer secret" });
    assert.ok(!command.includes("secret"));
    assert.ok(command.includes(`'${name}: Bearer ${MASK}'`));
  }
  assert.ok(curl(ENDPOINT, { query: "{ me { name } }" }, {}).includes(`'X-Telenia-APIKey: ${MASK}'`));
});

test("what a shell reads is what was meant, with quotes, dollars, backslashes and lines in it", () => {
  const query = `{ a(b: "it's $HOME \\"here\\" \`now\` !x %s è") }`;
  const variables = { search: { cli: "l'altro", n: 2 } };
  const command = curl(ENDPOINT, { query, variables, operationName: "Calls" }, { "X-Team": "l'Aquila\\n" });
  const given = words(command);
  assert.equal(given[given.indexOf("--data-binary") + 1], JSON.stringify({ query, variables, operationName: "Calls" }));
  assert.ok(given.includes("X-Team: l'Aquila\\n"));
});

test("a header of one's own takes the place of a documented one", () => {
  const command = curl(ENDPOINT, { query: "{ me { name } }" }, { accept: "application/graphql-response+json" });
  assert.ok(command.includes("-H 'Accept: application/graphql-response+json'"));
  assert.ok(!command.includes("-H 'Accept: application/json'"));
});

test("variables and an operation's name are said only where there are some", () => {
  assert.equal(body({ query: "{ a }", variables: {} }), '{"query":"{ a }"}');
  assert.equal(body({ query: "{ a }", variables: { b: 1 } }), '{"query":"{ a }","variables":{"b":1}}');
});

test("quotes survive quoting", () => {
  assert.equal(quoted("a'b"), String.raw`'a'\''b'`);
  assert.deepEqual(words(quoted("''")), ["''"]);
});
