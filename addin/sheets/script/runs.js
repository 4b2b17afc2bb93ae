/*
 * Writing pinned tables: first into a hidden sheet, page by page, all of one moment; then into the place at once. Google
 * stops an execution after six minutes, so what is done is noted after each page, and the next execution goes on.
 */

/**
 * A pinned table on its way. `pages` are the parameters of each, `next` the one to come, `offset` its rows that are there, `rows` those that are staged,
 * with the header. `start` is the row from which rows are appended, once that is known; `size` those that are being
 * copied.
 * @typedef {{
 *   pin: string, sheet: number, began: number, phase: "pages" | "merge" | "copy", pages: Record<string, string>[], next: number, offset: number,
 *   names: string[], types: string, headers: number, rows: number, merged: number, start: number, tries: number,
 * }} Run
 *
 * @typedef {{ queue: string[], now: Run | null }} Runs
 */

const RUN = "tvox.run";

/** Milliseconds of an execution, after which nothing new is begun. */
const RUN_TIME = 270000;

/** Rows of a page that is staged. */
const STAGED_ROWS = 5000;

/** Times that a page is tried, a minute apart. */
const TRIES = 3;

/**
 * Refreshes a pinned table now.
 * @param {string} id
 * @returns {(Pin & { place: string, standing: Standing })[]}
 */
function tvoxRefreshPin(id) {
  return refreshed_([id]);
}

/**
 * Refreshes all pinned tables now.
 * @returns {(Pin & { place: string, standing: Standing })[]}
 */
function tvoxRefreshPins() {
  return refreshed_(pinIds_());
}

/** @param {string[]} ids */
function refreshed_(ids) {
  const { isUnfinished } = runPins_(ids);
  if (isUnfinished) trigger_(WATCH, 1);
  const pins = tvoxPins();
  const bad = pins.filter((one) => ids.includes(one.id) && !one.standing.isGood);
  tell_(
    isUnfinished
      ? "Pinned tables are being written; the rest follows within minutes."
      : bad.length
        ? bad.map((one) => `${one.name}: ${one.standing.said}`).join("\n")
        : "Pinned tables are written.",
  );
  return pins;
}

/** Whether a pinned table is on its way. */
function hasRun_() {
  return properties_().getProperty(RUN) !== null;
}

/**
 * Writes pinned tables, beginning with what an earlier execution left.
 * @param {string[]} ids
 * @returns {{ isUnfinished: boolean }}
 */
function runPins_(ids) {
  if (ids.length === 0 && !hasRun_()) return { isUnfinished: false };
  const lock = LockService.getScriptLock();
  // Two that write the same place would write half of each.
  if (!lock.tryLock(1000)) {
    tell_("Pinned tables are being written already.");
    return { isUnfinished: true };
  }
  try {
    /** @type {Runs} */
    const runs = long_(RUN) || { queue: [], now: null };
    runs.queue.push(...ids.filter((id) => !runs.queue.includes(id) && !(runs.now && runs.now.pin === id)));
    let goesOn = true;
    while (goesOn && (runs.now || runs.queue.length)) {
      goesOn = stepped_(runs) && Date.now() - STARTED < RUN_TIME;
      if (runs.now || runs.queue.length) keepLong_(RUN, runs);
      else {
        // In this order: what is emptied must not be copied again by an execution that goes on.
        forgetLong_(RUN);
        emptyStaging_();
      }
    }
    return { isUnfinished: Boolean(runs.now || runs.queue.length) };
  } finally {
    lock.releaseLock();
  }
}

/**
 * One step of the work; whether the next may follow at once.
 * @param {Runs} runs
 */
function stepped_(runs) {
  const id = runs.now ? runs.now.pin : String(runs.queue[0]);
  try {
    const pin = pin_(id);
    if (!runs.now) {
      runs.now = begun_(pin);
      runs.queue.shift();
    } else if (runs.now.phase === "pages") stage_(runs.now, pin);
    else if (runs.now.phase === "merge") merge_(runs.now, pin);
    else {
      copy_(runs.now, pin, () => keepLong_(RUN, runs));
      runs.now = null;
    }
    return true;
  } catch (failure) {
    return failed_(runs, id, failure);
  }
}

/**
 * What becomes of a step that failed; whether the next may follow at once.
 * @param {Runs} runs @param {string} id @param {unknown} failure
 */
function failed_(runs, id, failure) {
  const sentence = sentenceOf_(failure);
  const isLater = failure instanceof Error && failure.name === LATER;
  const isLoading = isLater && sentence.startsWith("loading");
  if (runs.now && !isLoading) runs.now.tries += 1;
  const isWorthIt = isLoading || (isLater && runs.now !== null && runs.now.tries < TRIES);
  if (pinIds_().includes(id)) {
    const standing = standing_(id);
    keepStanding_(id, { ...standing, tried: Date.now(), said: sentence, isGood: isWorthIt && standing.isGood });
    if (!isWorthIt) log_(pin_(id), 0, runs.now ? Date.now() - runs.now.began : 0, sentence);
  }
  if (isWorthIt) return false;
  if (runs.now) runs.now = null;
  else runs.queue.shift();
  return true;
}

/**
 * Begins: its pages, all of one moment, and an empty sheet to write them into.
 * @param {Pin} pin
 * @returns {Run}
 */
function begun_(pin) {
  const question = rowsQuestion_(pin.asked);
  const { names, types } = headOf_(question);
  const pages = isPaged_(question) ? pagesOf_(question, STAGED_ROWS) : [question.parameters];
  const sheet = hiddenSheet_(STAGING);
  sheet.clear();
  return {
    pin: pin.id,
    sheet: sheet.getSheetId(),
    began: Date.now(),
    phase: "pages",
    pages,
    next: 0,
    offset: 0,
    names,
    types,
    headers: question.parameters["header"] === "none" ? 0 : 1,
    rows: 0,
    merged: 0,
    start: 0,
    tries: 0,
  };
}

/**
 * Stages one page.
 * @param {Run} run @param {Pin} pin
 */
function stage_(run, pin) {
  const question = rowsQuestion_(pin.asked);
  const types = run.types.split(",");
  const page = run.pages[run.next] || {};
  // Sorted rows are one page, however many they are: of one moment it can be cut here.
  const isCut = page["at"] !== undefined && page["limit"] === undefined;
  const asked = isCut ? { ...page, limit: String(STAGED_ROWS), offset: String(run.offset) } : page;
  const reply = ask_(question.path, { asked });
  const told = told_(reply);
  if (reply.status === 202) throw later_(progress_(told));
  const answer = { text: reply.text, types: reply.headers["x-column-types"] || "" };
  if (answer.types !== run.types)
    throw new Error("The table's columns changed while it was written: it is tried again later.");
  const rows = typedRows_(answer, question, run.headers, Infinity);
  const sheet = stagingOf_(run);
  const header = run.headers && run.rows === 0 ? [rows[0] || []] : [];
  const body = rows.slice(run.headers);
  enlarge_(sheet, run.rows + header.length + body.length, types.length);
  // The same rows are written to the same place, however often this execution dies.
  writeRows_(
    sheet,
    run.rows + 1,
    1,
    header,
    types.map(() => "text"),
  );
  writeRows_(sheet, run.rows + header.length + 1, 1, body, types);
  run.rows += header.length + body.length;
  run.tries = 0;
  const goesOn = isCut && body.length === STAGED_ROWS;
  run.offset = goesOn ? run.offset + STAGED_ROWS : 0;
  if (goesOn) return;
  run.next += 1;
  if (run.next >= run.pages.length) run.phase = pin.mode === "update" && isFilled_(pin.id) ? "merge" : "copy";
}
