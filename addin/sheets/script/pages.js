/*
 * Answers with more rows than are asked for at once: the rest comes page by page, all of one moment.
 */

/** Pages that are asked for together. */
const PAGES_AT_ONCE = 8;

/**
 * Whether a question may be asked page by page: one that says itself which of its rows it wants may not.
 * @param {Question} question
 */
function isPaged_(question) {
  const { parameters, path, post } = question;
  if (post || !path.startsWith("/tables/") || !path.endsWith(".grid")) return false;
  return ["limit", "offset", "at", "group", "measures"].every((name) => parameters[name] === undefined);
}

/**
 * The whole answer, given its first rows.
 * @param {Question} question @param {Answer} first
 * @returns {Answer}
 */
function whole_(question, first) {
  if (!question.path.endsWith(".grid")) return first;
  if (first.types === "") {
    throw new Error(`The service at ${SERVICE} is older than this script: take the script from it again.`);
  }
  if (!isPaged_(question)) return first;
  const columns = first.types.split(",").length;
  const headers = question.parameters["header"] === "none" ? 0 : 1;
  const rows = JSON.parse(first.text);
  if (rows.length - headers <= FORMULA_ROWS) return first;
  const most = Math.floor(FORMULA_CELLS / columns);
  const pages = pagesOf_(question, FORMULA_ROWS);
  /** @type {any[][]} */
  const all = headers ? [rows[0]] : [];
  for (let place = 0; place < pages.length; place += PAGES_AT_ONCE) {
    // A page of sorted rows has no end of its own.
    const some = pages.slice(place, place + PAGES_AT_ONCE).map((asked) => ({ limit: String(most + 1), ...asked }));
    for (const reply of askAll_(some.map((asked) => ({ path: question.path, sending: { asked } })))) {
      for (const row of told_(reply).slice(headers)) all.push(row);
    }
    if (all.length > most || left_() < RESERVE) throw new Error(tooLarge_(columns));
  }
  return { text: JSON.stringify(all), types: first.types, etag: "" };
}

/**
 * The pages of a question, each as the parameters that bring it.
 * @param {Question} question @param {number} size rows of a page
 * @returns {Record<string, string>[]}
 */
function pagesOf_(question, size) {
  const asked = { ...question.parameters, size: String(size), wait: waitOf_(question) };
  const reply = ask_(question.path.replace(/\.grid$/, "/pages"), { asked });
  const told = told_(reply);
  if (reply.status === 202) throw later_(progress_(told));
  return told.pages;
}
