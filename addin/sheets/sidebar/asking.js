/*
 * The question: a table, and what of it.
 */

/** @typedef {{ name: string, title: string, description: string, clock: string, key: string[] }} Table */

/**
 * The form of a question, its preview, and what may be done with it.
 * @param {Table[]} tables @param {(asked: Record<string, string>, table: Table) => void} pin
 */
function askingPanel(tables, pin) {
  /** @type {Column[]} */
  let columns = [];
  const columnsOf = () => columns;
  const formula = made("code", { class: "formula", hidden: true });
  const preview = made("div", {});
  const about = made("p", { class: "quiet" });
  // What is shown belongs to the question as it was.
  const changed = () => {
    formula.hidden = true;
    preview.replaceChildren();
  };
  const table = choice(
    tables.map((one) => [one.name, one.title || one.name]),
    (tables[0] || { name: "" }).name,
    () => void follow(),
  );
  const when = windowField(changed);
  const names = columnList("Columns", "all of them", columnsOf, changed);
  const filter = made("textarea", { placeholder: "all rows", oninput: changed });
  const filtering = completed(filter, (text, caret) => filterOffers(columns, text, caret), changed);
  const condition = conditionRow(columnsOf, (text) => {
    filter.value = filter.value.trim() === "" ? text : `${filter.value.trim()} and ${text}`;
    changed();
  });
  const options = optionFields(columnsOf, changed);
  const chosen = () => /** @type {Table} */ (tables.find((one) => one.name === table.value));

  /** @returns {Record<string, string>} */
  function asked() {
    const { from, to } = chosen().clock ? when.value() : { from: "", to: "" };
    // Groups have columns of their own: what they are by, and their measures.
    const isGrouped = /(^|&)(group|measures)=/.test(options.value());
    return {
      kind: "rows",
      table: table.value,
      from,
      to,
      columns: isGrouped ? "" : names.value().join(","),
      filter: filter.value.trim(),
      options: options.value(),
    };
  }
  async function follow() {
    const one = chosen();
    about.textContent = one.description;
    when.element.hidden = !one.clock;
    changed();
    names.set([]);
    columns = [];
    try {
      const found = await call("tvoxColumns", one.name);
      if (table.value !== one.name) return;
      columns = found;
      condition.fill();
      options.fill();
    } catch (failure) {
      say(sentence(failure), "bad");
    }
  }
  async function look() {
    const found = await call("tvoxPreview", asked());
    if (found.loading) return String(found.loading);
    preview.replaceChildren(tableOf("The first rows", found.header, found.rows, found.types));
    return found.rows.length ? "" : "No rows: widen the window or the filter.";
  }
  async function insert() {
    const done = await call("tvoxInsertFormula", asked());
    formula.textContent = done.formula;
    formula.hidden = false;
    return `Inserted into ${done.cell}.`;
  }
  filter.id = "filter";
  void follow();
  return made(
    "div",
    {},
    field("Table", table, about),
    when.element,
    names.element,
    made("div", {}, made("label", { for: "filter" }, "Filter"), filtering),
    made("details", {}, made("summary", {}, "Add a condition by choosing"), condition.element),
    options.element,
    made(
      "div",
      { class: "buttons" },
      button("Insert formula", (pressed) => void busy(pressed, "Inserting …", insert), "first"),
      button("Preview", (pressed) => void busy(pressed, "Asking …", look)),
      button("Pin …", () => pin(asked(), chosen())),
    ),
    formula,
    preview,
  );
}

/**
 * Order, groups, measures, how many, and which header.
 * @param {() => Column[]} columnsOf @param {() => void} changed
 */
function optionFields(columnsOf, changed) {
  const sort = made("select", { onchange: changed });
  const isDown = tick("the newest or largest first", true, changed);
  const group = columnList("One row for each", "no groups", columnsOf, changed);
  const measures = made("input", { placeholder: "count,avg(waitDuration)", oninput: changed });
  const limit = made("input", { inputmode: "numeric", placeholder: "no limit", oninput: changed });
  const labels = tick("Headers in words", false, changed);
  const more = made("input", { placeholder: "tz=Europe/Rome&partial=allow", oninput: changed });
  function fill() {
    sort.replaceChildren(
      made("option", { value: "" }, "as they come"),
      ...columnsOf().map((one) => made("option", { value: one.name }, one.name)),
    );
    group.set([]);
  }
  /** @returns {string} */
  function value() {
    const groups = group.value().join(",");
    const pairs = [
      ["sort", sort.value && (isDown.box.checked ? `-${sort.value}` : sort.value)],
      ["group", groups],
      ["measures", measures.value.trim() || (groups ? "count" : "")],
      ["limit", limit.value.trim()],
      ["header", labels.box.checked ? "labels" : ""],
    ];
    const written = pairs.filter(([, text]) => text).map(([name, text]) => `${name}=${text}`);
    return [...written, more.value.trim()].filter(Boolean).join("&");
  }
  const element = made(
    "details",
    {},
    made("summary", {}, "Order, groups, more"),
    field("Sorted by", sort, isDown.line),
    group.element,
    field("Measures", measures),
    field("At most so many rows", limit),
    labels.line,
    field("Other options", more),
  );
  return { element, fill, value };
}
