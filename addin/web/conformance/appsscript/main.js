/*
 * Google's part, played here: `node conformance/appsscript/main.js [ISO 8601 moment]` is a spreadsheet with a script
 * bound to it. It reads one question a line as JSON, `{"do": verb, ...}`, and prints one answer a line, `{"ok": ...}` or
 * `{"error": text}`, in their order. Start it with TZ set to the script's zone (the manifest's `timeZone`).
 *
 * load {code, manifest}                 the script; kept results of its functions are forgotten
 * set {user, userLocale, identityToken, zone, locale, name, routes, latency, spent}
 *                                       any of them: who is signed in, the spreadsheet's zone and locale (it_IT),
 *                                       addresses of the world and where they are on this machine, milliseconds of
 *                                       the host's clock that a request takes, requests of today that are spent
 * type {at, values}                     somebody types texts (or numbers, booleans, {"date": ISO}) from a cell on: at is
 *                                       "Sheet1!A1"; computes what follows from it, unless `settle` is false
 * format {at, format}                   a number format
 * names {name: at}                      named ranges, under `set`
 * settle                                computes what is to be computed
 * read {at}                             {values, types, displayed, formats, formulas, errors, notes}; dates as
 *                                       {"date": ISO}
 * call {function, args, kind}           one execution: kind "menu" (unless said), "sidebar", "trigger", "open", "edit"
 * custom {function, args}               a custom function's call by itself, by no cell
 * together {calls: [[function, args]], kind}  several at the same time
 * item {path}                           a menu's item, as [caption, ..., caption]
 * sidebar {function, args}              what google.script.run does
 * answers {buttons}                     what the person will answer to alerts and prompts: [{button, text}]
 * advance {seconds}                     moves the clock, and runs the triggers that become due
 * ui, requests, log, book, state        what there is to see; `requests` with {clear: true} begins anew
 * front                                 {address} of a page that shows the sidebar, at /dialog the dialog: see front.js
 * close
 *
 * What was decided where Google says nothing: virtual time stands still while any execution computes or waits for a
 * real answer, and jumps to the next who wakes when all sleep (cloud/clock.js); custom functions beyond 30 at once wait
 * their turn, any other execution is refused (cloud/host.js); a trigger's hour fires at its 30th minute
 * (cloud/triggers.js); ragged results, and references to cells with errors, are errors (sheet/recalculation.js);
 * a text in a cell of plain text stays as it is, even one that begins with = (sheet/typing.js).
 *
 * In a node test: `import { Desk } from "./desk.js"`, and `desk.ask({do: ...})`.
 */
import { createInterface } from "node:readline";
import { Desk } from "./desk.js";

const started = Date.parse(process.argv[2] ?? "2026-11-20T12:00:00Z");
const desk = new Desk(started);

for await (const line of createInterface({ input: process.stdin })) {
  let answer;
  try {
    answer = { ok: (await desk.ask(JSON.parse(line))) ?? null };
  } catch (failure) {
    answer = { error: failure instanceof Error ? (failure.stack ?? failure.message) : String(failure) };
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
await desk.close();
