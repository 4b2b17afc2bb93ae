/*
 * Answers become cells. What a column holds is what the service says, never what a text looks like.
 */

/** @typedef {string | number | boolean | Date | null} Cell */

/**
 * The cells that answer a question, or the sentence that it is still loading.
 * @param {Question} question @param {unknown} stamp
 * @returns {Cell[][] | string}
 */
function cellsOf_(question, stamp) {
  const answer = answered_(question, stamp);
  if (answer.loading !== undefined) return answer.loading;
  const headers = question.parameters["header"] === "none" ? 0 : 1;
  const rows = typedRows_(answer, question, headers, FORMULA_CELLS);
  return rows.length ? rows : [[""]];
}

/**
 * The rows of an answer, those after the header with typed values.
 * @param {{ text: string, types: string }} answer
 * @param {{ zone: string, shown: string, isPlain: boolean }} question
 * @param {number} headers rows of the header
 * @param {number} most cells that there may be
 * @returns {Cell[][]}
 */
function typedRows_(answer, question, headers, most) {
  const types = answer.types === "" ? [] : answer.types.split(",");
  const spell = types.map((type) => spelling_(type, question));
  const rows = /** @type {any[][]} */ (JSON.parse(answer.text));
  if (rows.length * types.length > most) throw new Error(tooLarge_(types.length));
  return rows.map((row, place) =>
    place < headers ? row : row.map((value, column) => cell_(value, spell[column] || plain_, place, column, rows[0])),
  );
}

/**
 * @param {any} value @param {(value: any) => Cell} spell @param {number} place @param {number} column
 * @param {any[] | undefined} header
 * @returns {Cell}
 */
function cell_(value, spell, place, column, header) {
  if (value === null) return null;
  const cell = spell(value);
  if (typeof cell === "string" && cell.length > CELL_LETTERS) {
    const name = header ? header[column] : column + 1;
    throw new Error(
      `Row ${place} of the column ${name} has ${cell.length} letters, and a cell holds ${CELL_LETTERS}: leave the column out.`,
    );
  }
  return cell;
}

/**
 * How values of a type become cells.
 * @param {string} type @param {{ zone: string, shown: string, isPlain: boolean }} question
 * @returns {(value: any) => Cell}
 */
function spelling_(type, question) {
  const { zone, shown, isPlain } = question;
  if (type === "time" && !isPlain) return (value) => dateOf_(value, zone, shown);
  if (type === "date" && !isPlain) return (value) => atWall_(Date.parse(`${value}T00:00:00Z`), zone);
  if (type === "json") return (value) => (typeof value === "object" ? JSON.stringify(value) : value);
  return plain_;
}

/** @param {any} value @returns {Cell} */
function plain_(value) {
  return value;
}

/** @param {number} columns */
function tooLarge_(columns) {
  return (
    `These rows of ${columns} columns are more than a formula can hold (${FORMULA_CELLS} cells): ask for fewer columns or ` +
    "days, or pin the table with TVox > Open the sidebar."
  );
}
