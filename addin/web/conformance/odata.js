/*
 * Reads an OData service as @odata/client does: `node conformance/odata.js ADDRESS KEY` prints what it found as JSON.
 * The service's pages have at most seven rows. The client leaves links between them to whoever uses it.
 */
import { OData } from "@odata/client";

const [address = "", key = ""] = process.argv.slice(2);
const root = `${address}/odata/`;
const client = OData.New4({
  serviceEndpoint: root,
  credential: { username: "power", password: key },
  // What it posts as a batch in parts, it reads in parts: so its list of types has to have both.
  commonHeaders: { Accept: "application/json, multipart/mixed", Prefer: "odata.maxpagesize=7" },
});
const calls = client.getEntitySet("inboundCalls");
const some = client.newFilter().field("user").eq("anna.rossi").field("step").eq(0);
const options = () => client.newOptions();

/** @type {{ id: string, step: number, interaction: { id: string } }[][]} */
const pages = [];
let following = "inboundCalls";
while (following) {
  const params = pages.length ? undefined : options().select(["id", "step"]).expand("interaction");
  const page = await client.newRequest({ collection: following, method: "GET", ...(params && { params }) });
  pages.push(page.value ?? []);
  const link = /** @type {Record<string, unknown>} */ (/** @type {unknown} */ (page))["@odata.nextLink"];
  following = typeof link === "string" && link.startsWith(root) ? link.slice(root.length) : "";
}

const each = (/** @type {number} */ top) =>
  client.newBatchRequest({ collection: "inboundCalls", method: "GET", params: options().top(top).select("id") });
const inParts = await client.execBatchRequests([each(1), each(2)]);
const inJson = await client.execBatchRequestsJson([each(1), each(2)]);
const read = (/** @type {{ json(): Promise<unknown> }[]} */ answers) => Promise.all(answers.map((one) => one.json()));

const { id = "", step = 0 } = pages.flat()[0] ?? {};
const found = {
  pages,
  filtered: await calls.query(options().filter(some).select(["id", "step"]).orderby("startTime", "desc").top(3)),
  count: await calls.count(),
  counted: await calls.count(some),
  keyed: await calls.retrieve({ id, step }, options().select(["id", "user"])),
  inParts: await read(inParts),
  inJson: await read(inJson),
};
process.stdout.write(JSON.stringify(found));
