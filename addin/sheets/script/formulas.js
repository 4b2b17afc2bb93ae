/*
 * Formulas that the sidebar writes.
 */

/**
 * What a person asks for, each part a text as an argument would be. `kind`: rows, or their count.
 * @typedef {{
 *   kind?: "rows" | "count", table: string, from?: string, to?: string, columns?: string, filter?: string, options?: string,
 * }} AskedFor
 */

/** Languages that write 1,5: there arguments are separated by a semicolon. */
const DECIMAL_COMMA =
  /^(af|az|be|bg|bs|ca|cs|da|de|el|et|eu|fi|fr|gl|hr|hu|hy|id|is|it|ka|kk|lt|lv|mk|nb|nl|nn|no|pl|pt|ro|ru|sk|sl|sq|sr|sv|tr|uk|uz|vi)(_|-|$)/i;

/** Spanish writes 1,5 in Spain and in the south of America. */
const SPANISH_COMMA = /^es([_-](ES|AR|BO|CL|CO|CR|CU|EC|PY|UY|VE))?$/i;

/** In Switzerland German and Italian are written with a point. */
const DECIMAL_POINT = /^(de|it)[_-](CH|LI)$/i;

/**
 * A question as a formula, with the separator of the spreadsheet's language.
 * @param {AskedFor} asked
 * @returns {string}
 */
function tvoxFormulaOf(asked) {
  return formula_(asked, separator_(SpreadsheetApp.getActiveSpreadsheet().getSpreadsheetLocale()));
}

/**
 * Writes a question as a formula into the cell that is chosen.
 * @param {AskedFor} asked
 * @returns {{ cell: string, formula: string }}
 */
function tvoxInsertFormula(asked) {
  // With its semicolons a formula is understood in sheets of every language.
  const formula = formula_(asked, ";");
  rowsQuestion_(asked);
  begin_();
  const cell = SpreadsheetApp.getActiveSpreadsheet().getCurrentCell();
  if (!cell) throw new Error("Choose a cell first.");
  cell.setFormula(formula);
  return { cell: `${cell.getSheet().getName()}!${cell.getA1Notation()}`, formula: tvoxFormulaOf(asked) };
}

/**
 * @param {AskedFor} asked @param {string} separator
 */
function formula_(asked, separator) {
  const isCount = asked.kind === "count";
  const { table, from, to, columns, filter, options } = asked;
  const texts = isCount ? [table, from, to, filter, options] : [table, from, to, columns, filter, options];
  const written = texts.map((text) => (isBlank_(text) ? "" : `"${String(text).replace(/"/g, '""')}"`));
  return `=${isCount ? "TVOX_COUNT" : "TVOX"}(${[...written, STAMP].join(separator)})`;
}

/**
 * What stands between arguments in a language.
 * @param {string} locale such as it_IT
 */
function separator_(locale) {
  const isPoint = DECIMAL_POINT.test(locale);
  return (DECIMAL_COMMA.test(locale) && !isPoint) || SPANISH_COMMA.test(locale) ? ";" : ",";
}
