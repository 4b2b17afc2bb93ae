/*
 * Tables and their columns, and a first look at rows.
 */

/**
 * @typedef {{ name: string, title: string, description: string, clock: string, key: string[] }} TableTold
 * @typedef {{ name: string, label: string, type: string, description: string, values: string[] }} ColumnTold
 */

/** Rows of a preview. */
const PREVIEW_ROWS = 20;

/**
 * The tables that the key sees, for the sidebar.
 * @returns {TableTold[]}
 */
function tvoxTables() {
  const tables = tablesOf_();
  if (typeof tables === "string") throw new Error(tables);
  return tables;
}

/**
 * The columns of a table, for the sidebar.
 * @param {string} table
 * @returns {ColumnTold[]}
 */
function tvoxColumns(table) {
  const columns = columnsOf_(table);
  if (typeof columns === "string") throw new Error(columns);
  return columns;
}

/**
 * The first rows of a question as texts, with their header; or that they are loading.
 * @param {AskedFor} asked
 * @returns {{ header: string[], types: string[], rows: string[][], loading: string }}
 */
function tvoxPreview(asked) {
  const question = rowsQuestion_(asked);
  const own = Number(question.parameters["limit"]);
  question.parameters["limit"] = String(own >= 0 ? Math.min(own, PREVIEW_ROWS) : PREVIEW_ROWS);
  question.parameters["times"] = question.parameters["times"] || "local";
  if (question.parameters["header"] === "none") question.parameters["header"] = "names";
  const answer = answered_(question, stampMoved_());
  if (answer.loading !== undefined) return { header: [], types: [], rows: [], loading: answer.loading };
  const texts = /** @type {any[][]} */ (JSON.parse(answer.text)).map((row) => row.map(shown_));
  return { header: texts[0] || [], types: answer.types.split(","), rows: texts.slice(1), loading: "" };
}

/** @param {any} value */
function shown_(value) {
  if (value === null) return "";
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

/** @returns {TableTold[] | string} a sentence while they are loading */
function tablesOf_() {
  const told = catalogue_("/tables");
  if (typeof told === "string") return told;
  return told.tables.map((/** @type {any} */ one) => ({
    name: one.name,
    title: one.title || "",
    description: one.description || "",
    clock: one.clock || "",
    key: one.key || [],
  }));
}

/**
 * @param {string} table
 * @returns {ColumnTold[] | string} a sentence while they are loading
 */
function columnsOf_(table) {
  if (table === "") throw new Error("Which table? The argument is its name; =TVOX_TABLES() lists them.");
  const told = catalogue_(`/tables/${encodeURIComponent(table)}`);
  if (typeof told === "string") return told;
  return told.columns.map((/** @type {any} */ one) => ({
    name: one.name,
    label: one.label || "",
    type: one.type,
    description: one.description || "",
    values: one.values || [],
  }));
}

/**
 * What the service says of its tables, kept like any answer.
 * @param {string} path
 * @returns {any} or a sentence while it is loading
 */
function catalogue_(path) {
  const zone = sheetZone_();
  const question = { path, post: false, parameters: {}, minutes: null, zone, shown: zone, isPlain: true };
  const answer = answered_(question, "");
  return answer.loading !== undefined ? answer.loading : JSON.parse(answer.text);
}
