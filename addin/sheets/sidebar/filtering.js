/*
 * The filter: what may stand at the caret, and conditions that are put together by choosing.
 */

/** @typedef {{ name: string, label: string, type: string, description: string, values: string[] }} Column */

const CONNECTIVES = ["and", "or", "not", "(", ","];

/** Comparisons: as the filter writes them, as people say them, and the types that they are for (none: all). */
const COMPARISONS = /** @type {const} */ ([
  ["eq", "is", ""],
  ["ne", "is not", ""],
  ["gt", "is more than", "integer number time date"],
  ["ge", "is at least", "integer number time date"],
  ["lt", "is less than", "integer number time date"],
  ["le", "is at most", "integer number time date"],
  ["contains", "contains", "text"],
  ["startswith", "begins with", "text"],
  ["endswith", "ends with", "text"],
  ["eq null", "is empty", ""],
  ["ne null", "is not empty", ""],
]);

/**
 * What may stand at the caret of a filter.
 * @param {Column[]} columns @param {string} text @param {number} caret
 * @returns {Offer[]}
 */
function filterOffers(columns, text, caret) {
  const before = text.slice(0, caret);
  const quote = before.lastIndexOf("'");
  if ((before.split("'").length - 1) % 2) {
    return valueOffers(columns, before.slice(0, quote), before.slice(quote + 1), quote);
  }
  const typed = (/[A-Za-z_]\w*$/.exec(before) || [""])[0];
  const start = caret - typed.length;
  const lead = before.slice(0, start);
  const last = (/('[^']*'|[\w.:+-]+|[(),])\s*$/.exec(lead) || ["", ""])[1] || "";
  if (last === "" || CONNECTIVES.includes(last)) return last === "," ? [] : columnOffers(columns, typed, start);
  if (/^(eq|ne|gt|ge|lt|le)$/.test(last)) return valueOffers(columns, lead, typed, start);
  // Right behind a value nothing is asked yet: a list would only stand in the way.
  if (typed === "" && !/\s$/.test(before)) return [];
  const isColumn = columns.some((one) => one.name === last);
  const words = isColumn
    ? COMPARISONS.filter(([word]) => word.length === 2)
    : [
        ["and", "both"],
        ["or", "either"],
      ];
  const fitting = words.filter(([word]) => String(word).startsWith(typed.toLowerCase()));
  return fitting.map(([word, note]) => ({ text: `${word} `, label: String(word), note: String(note), start }));
}

/**
 * @param {Column[]} columns @param {string} typed @param {number} start
 * @returns {Offer[]}
 */
function columnOffers(columns, typed, start) {
  const found = meant(columns, typed).map((one) => ({
    text: `${one.name} `,
    label: one.name,
    note: one.description,
    start,
  }));
  const functions = ["contains(", "startswith(", "endswith("].filter((one) => typed !== "" && one.startsWith(typed));
  return [...functions.map((one) => ({ text: one, label: one, note: "contains(service,'SALES')", start })), ...found];
}

/**
 * Values of the column that is compared.
 * @param {Column[]} columns @param {string} lead what stands before the value @param {string} typed @param {number} start
 * @returns {Offer[]}
 */
function valueOffers(columns, lead, typed, start) {
  const name = (/([A-Za-z_]\w*)\s+(?:eq|ne|gt|ge|lt|le)\s*$/.exec(lead) || [])[1];
  const column = columns.find((one) => one.name === name);
  if (!column) return [];
  const values = column.type === "boolean" ? ["true", "false"] : column.values.map((value) => `'${value}'`);
  const fitting = values.filter((value) => value.toLowerCase().replace(/^'/, "").startsWith(typed.toLowerCase()));
  return fitting.map((value) => ({ text: `${value} `, label: value.replace(/'/g, ""), note: "", start }));
}

/**
 * A condition as the filter writes it. Throws a sentence where the value does not fit the column.
 * @param {Column} column @param {string} comparison @param {string} value as it was typed
 */
function conditionOf(column, comparison, value) {
  if (comparison.endsWith(" null")) return `${column.name} ${comparison}`;
  const literal = literalOf(column, value.trim());
  return /^..$/.test(comparison)
    ? `${column.name} ${comparison} ${literal}`
    : `${comparison}(${column.name},${literal})`;
}

/** @param {Column} column @param {string} value */
function literalOf(column, value) {
  if (column.type === "integer" || column.type === "number") {
    const number = value.replace(",", ".");
    if (!/^-?\d+(\.\d+)?$/.test(number)) throw new Error(`${column.name} is a number: ${value || "nothing"} is none.`);
    return number;
  }
  if (column.type === "boolean") {
    if (!/^(true|false)$/i.test(value)) throw new Error(`${column.name} is true or false.`);
    return value.toLowerCase();
  }
  if (column.type === "time" || column.type === "date") {
    if (!/^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d)?)?$/.test(value)) {
      throw new Error(`${column.name} is a time: write it as 2026-10-01 or 2026-10-01T08:30.`);
    }
    return value;
  }
  return `'${value.replace(/'/g, "''")}'`;
}

/**
 * The row of controls that adds a condition.
 * @param {() => Column[]} columnsOf @param {(condition: string) => void} add
 */
function conditionRow(columnsOf, add) {
  const column = made("select", { "aria-label": "Column of the condition" });
  const comparison = made("select", { "aria-label": "Comparison" });
  const value = made("input", { "aria-label": "Value", list: "values", placeholder: "value" });
  const values = made("datalist", { id: "values" });
  const chosen = () => columnsOf().find((one) => one.name === column.value);
  function fit() {
    const one = chosen();
    const type = one ? one.type : "text";
    const fitting = COMPARISONS.filter(([, , types]) => types === "" || types.split(" ").includes(type));
    comparison.replaceChildren(...fitting.map(([word, said]) => made("option", { value: word }, said)));
    values.replaceChildren(...(one ? one.values : []).map((text) => made("option", { value: text })));
    value.hidden = comparison.value.endsWith(" null");
  }
  function fill() {
    column.replaceChildren(...columnsOf().map((one) => made("option", { value: one.name }, one.name)));
    fit();
  }
  column.addEventListener("change", fit);
  comparison.addEventListener("change", () => {
    value.hidden = comparison.value.endsWith(" null");
  });
  const adding = button("Add condition", () => {
    const one = chosen();
    if (!one) return;
    try {
      add(conditionOf(one, comparison.value, value.value));
      value.value = "";
      say("");
    } catch (failure) {
      say(sentence(failure), "bad");
    }
  });
  const row = made("div", { class: "row" }, column, comparison);
  return {
    fill,
    element: made("div", {}, row, made("div", { class: "row", style: "margin-top:6px" }, value, values, adding)),
  };
}
