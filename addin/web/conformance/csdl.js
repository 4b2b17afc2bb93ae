/*
 * Converts OData's metadata from XML to JSON, by the converter of OData's own committee:
 * `node conformance/csdl.js FILE…` prints, for each file, the JSON and what the converter has to say of the XML.
 */
import { readFileSync } from "node:fs";
import csdl from "odata-csdl";

const converted = process.argv.slice(2).map((file) => {
  /** @type {{ message: string }[]} */
  const messages = [];
  const json = csdl.xml2json(readFileSync(file), { messages });
  return { json, messages: messages.map(({ message }) => message) };
});
process.stdout.write(JSON.stringify(converted));
