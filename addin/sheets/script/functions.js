/*
 * What cells call. Sheets shows the text above each function as its help.
 */

/**
 * Brings the rows of a table, with a header. Numbers, dates and texts stay what they are.
 *
 * @param {string} table The table's name, such as "inboundCalls". =TVOX_TABLES() lists them.
 * @param {Date|string|number} [from] The first day: a date, "2026-10-01", a month "2026-10", a year, or "7d", "4w", "3m", "today", "yesterday". Empty: what the service keeps at hand.
 * @param {Date|string|number} [to] The last day, included. A date with a time of day is the first moment after the end.
 * @param {string|string[][]} [columns] The columns, such as "id,step,cli as Caller", or cells with a name each. Empty: all.
 * @param {string|string[][]} [filter] Which rows: "status eq 'HANGUP' and waitDuration gt 30", or cells with a condition each.
 * @param {string|string[][]} [options] More of it, such as "sort=-startTime&limit=100&header=labels", or two columns of cells: names and values.
 * @param {any} [stamp] TVOX_STAMP, or anything else: when it changes, the rows are asked for anew.
 * @return {any} The table.
 * @customfunction
 */
function TVOX(table, from, to, columns, filter, options, stamp) {
  return cellsOf_(rowsQuestion_({ table, from, to, columns, filter, options }), stamp);
}

/**
 * Counts the rows of a table.
 *
 * @param {string} table The table's name, such as "inboundCalls". =TVOX_TABLES() lists them.
 * @param {Date|string|number} [from] The first day: a date, "2026-10-01", a month "2026-10", a year, or "7d", "4w", "3m", "today", "yesterday". Empty: what the service keeps at hand.
 * @param {Date|string|number} [to] The last day, included.
 * @param {string|string[][]} [filter] Which rows: "status eq 'HANGUP'", or cells with a condition each.
 * @param {string|string[][]} [options] More of it, such as "tz=Europe/Rome"; with "group=service" a count for each service.
 * @param {any} [stamp] TVOX_STAMP, or anything else: when it changes, the rows are counted anew.
 * @return {any} The number of rows.
 * @customfunction
 */
function TVOX_COUNT(table, from, to, filter, options, stamp) {
  const question = rowsQuestion_({ table, from, to, columns: "", filter, options });
  if (question.parameters["measures"] !== undefined) {
    throw new Error("TVOX_COUNT has a measure of its own, the count: use TVOX for others.");
  }
  question.parameters["measures"] = "count";
  if (question.parameters["group"] !== undefined) return cellsOf_(question, stamp);
  question.parameters["header"] = "none";
  const cells = cellsOf_(question, stamp);
  return Array.isArray(cells) ? (cells[0] || [])[0] : cells;
}

/**
 * Brings the answer to any query of the Data Model as rows, with a header, page after page until all are there.
 *
 * @param {string} graphql The query, such as "{ inboundCalls(search: {year: 2026, month: 10}) { id step cli } }".
 * @param {string} [rows] The way to what becomes a row, such as "$..inboundCalls[*][*]". Empty: every record.
 * @param {string|string[][]} [columns] The columns, such as "id,contact.value,^[0].status as First", or cells with one each. Empty: every field.
 * @param {string|string[][]} [options] More of it, such as "month=2026-10", "pages=one" or "tz=Europe/Rome".
 * @param {any} [stamp] TVOX_STAMP, or anything else: when it changes, the query is asked anew.
 * @return {any} The table.
 * @customfunction
 */
function TVOX_QUERY(graphql, rows, columns, options, stamp) {
  return cellsOf_(queryQuestion_({ graphql, rows, columns, options }), stamp);
}

/**
 * Lists the tables that you may see: name, title, what it is about.
 *
 * @return {any} The list.
 * @customfunction
 */
function TVOX_TABLES() {
  const tables = tablesOf_();
  if (typeof tables === "string") return tables;
  return [["name", "title", "description"], ...tables.map((one) => [one.name, one.title, one.description])];
}

/**
 * Lists the columns of a table: name, title, type, what it is about.
 *
 * @param {string} table The table's name, such as "inboundCalls". =TVOX_TABLES() lists them.
 * @return {any} The list.
 * @customfunction
 */
function TVOX_COLUMNS(table) {
  const columns = columnsOf_(oneText_("table", table));
  if (typeof columns === "string") return columns;
  return [
    ["name", "label", "type", "description"],
    ...columns.map((one) => [one.name, one.label, one.type, one.description]),
  ];
}

/**
 * Tries each step, from the service's address to a row of a table, and says in plain words what is missing.
 *
 * @return {any} What was tried, and what came of it.
 * @customfunction
 */
function TVOX_SELFTEST() {
  return selfTest_();
}

/**
 * Reads JSON as rows, for sheets that were made with the script of this name. A Data Model query is answered by this
 * service with your sign-in, whichever host the formula names; anything else is fetched as before.
 *
 * @param {string} url The address, or a cell that holds JSON.
 * @param {string} jsonpath The way to what becomes a row, such as "$..inboundCalls[*][*]".
 * @param {string} columns The columns, such as "id, step, ^.~".
 * @param {...any} parameters "method=post", "contentType=application/json", "headers={…}", "payload={…}"; numbers and dates only make the formula ask anew.
 * @return {any} The rows.
 * @customfunction
 */
function IMPORTJSONAPI(url, jsonpath, columns, ...parameters) {
  try {
    return imported_(url, jsonpath, columns, parameters);
  } catch (failure) {
    // Sheets that were made for the original look for a text that begins so; a red cell would be new to them.
    return `ERROR: ${sentenceOf_(failure)}`;
  }
}
