/*
 * The self-test: each step tried by itself, and said in plain words.
 */

/** @returns {string[][]} what was tried, and what came of it */
function selfTest_() {
  /** @type {[string, () => string][]} */
  const steps = [
    ["Address", testedAddress_],
    ["Release", testedRelease_],
    ["Sign-in", testedSignIn_],
    ["Time zone", testedZone_],
    ["Rows", testedRows_],
    ["Stamp", testedStamp_],
  ];
  return steps.map(([what, test]) => {
    try {
      return [what, test()];
    } catch (failure) {
      return [what, `No: ${sentenceOf_(failure)}`];
    }
  });
}

/** @returns {string} */
function testedAddress_() {
  told_(ask_("/health"));
  return `Good: Google reaches ${SERVICE}.`;
}

/** @returns {string} */
function testedRelease_() {
  const { release } = told_(ask_("/health"));
  return releaseNote_(release) || `Good: script and service are of the release ${RELEASE}.`;
}

/** @returns {string} */
function testedSignIn_() {
  if (!session_().token) throw new Error("nobody is signed in. Open TVox > Open the sidebar, and give your key there.");
  told_(ask_("/sheets/tokens/this"));
  return `Good: this document is signed in with the key ${session_().key || "of somebody"}.`;
}

/** @returns {string} */
function testedZone_() {
  const zone = sheetZone_();
  told_(
    ask_(`/tables/${encodeURIComponent(testedTable_())}.grid`, { asked: { limit: "0", tz: zone, fresh: "cached" } }),
  );
  return `Good: days and times are those of ${zone}, the zone of this spreadsheet.`;
}

/** @returns {string} */
function testedRows_() {
  const table = testedTable_();
  const asked = { limit: "1", fresh: "cached", partial: "allow" };
  const rows = told_(ask_(`/tables/${encodeURIComponent(table)}.grid`, { asked }));
  const [header, ...others] = rows;
  return others.length
    ? `Good: a row of ${table} came, with ${header.length} columns.`
    : `Good: ${table} was asked for. It has no rows at the moment.`;
}

/** @returns {string} */
function testedStamp_() {
  const moved = stampMoved_();
  if (!moved) return "There is none yet: TVox > Refresh now makes it.";
  return `Good: TVOX_STAMP moved last on ${Utilities.formatDate(new Date(moved), sheetZone_(), "yyyy-MM-dd 'at' HH:mm")}.`;
}

/** A table that has times, else any. */
function testedTable_() {
  if (!session_().token) throw new Error("nobody is signed in.");
  const { tables } = told_(ask_("/tables"));
  const found = tables.find((/** @type {any} */ one) => one.clock) || tables[0];
  if (!found) throw new Error("the key sees no table.");
  return String(found.name);
}
