/*
 * The window of a question, as people choose it.
 */

/** What may be chosen, and what it is as the arguments `from` and `to`; those in capitals need dates. */
const WINDOWS = /** @type {[string, string][]} */ ([
  ["7d", "Last 7 days"],
  ["4w", "Last 4 weeks"],
  ["3m", "Last 3 months"],
  ["today", "Today"],
  ["yesterday", "Yesterday"],
  ["MONTH", "A month …"],
  ["DAYS", "From … to …"],
  ["", "All that is held"],
]);

/**
 * The controls of a window.
 * @param {() => void} changed
 */
function windowField(changed) {
  const kind = choice(WINDOWS, "7d", () => {
    fit();
    changed();
  });
  const month = made("input", { type: "month", "aria-label": "Month", onchange: changed });
  const from = made("input", { type: "date", "aria-label": "First day", onchange: changed });
  const to = made("input", { type: "date", "aria-label": "Last day", onchange: changed });
  const days = made("div", { class: "row" }, from, to);
  function fit() {
    month.hidden = kind.value !== "MONTH";
    days.hidden = kind.value !== "DAYS";
  }
  fit();
  const element = field("When", kind, made("div", { style: "margin-top:6px" }, month, days));
  return {
    element,
    /** @returns {{ from: string, to: string }} */
    value: () => {
      if (kind.value === "MONTH") return { from: month.value, to: "" };
      if (kind.value === "DAYS") return { from: from.value, to: to.value };
      return { from: kind.value, to: "" };
    },
  };
}
