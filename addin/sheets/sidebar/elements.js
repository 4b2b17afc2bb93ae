/*
 * Elements of the page. Text is always text: nothing that the service says becomes HTML.
 */

/** @typedef {Node | string | null | undefined | false} Child */

/**
 * An element with attributes, listeners (`onclick` …) and children.
 * @template {keyof HTMLElementTagNameMap} T
 * @param {T} tag @param {Record<string, any>} [given] @param {...Child} children
 * @returns {HTMLElementTagNameMap[T]}
 */
function made(tag, given, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(given || {})) {
    if (typeof value === "function") element.addEventListener(name.slice(2), value);
    else if (typeof value === "boolean") element.toggleAttribute(name, value);
    else if (value !== undefined && value !== null) element.setAttribute(name, String(value));
  }
  for (const child of children) if (child) element.append(child);
  return element;
}

/** Numbers that make ids. */
let ids = 0;

/**
 * A field with its label.
 * @param {string} label @param {HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement} control @param {...Child} more
 */
function field(label, control, ...more) {
  control.id = control.id || `f${(ids += 1)}`;
  return made("div", {}, made("label", { for: control.id }, label), control, ...more);
}

/**
 * A choice of some.
 * @param {[string, string][]} options values and what they are called @param {string} chosen @param {() => void} [changed]
 */
function choice(options, chosen, changed) {
  const list = options.map(([value, name]) => made("option", { value, selected: value === chosen }, name));
  return made("select", changed ? { onchange: changed } : {}, ...list);
}

/**
 * A box to tick.
 * @param {string} label @param {boolean} isOn @param {() => void} changed
 */
function tick(label, isOn, changed) {
  const box = made("input", { type: "checkbox", onchange: changed });
  box.checked = isOn;
  return { box, line: made("label", { class: "line" }, box, label) };
}

/**
 * A button.
 * @param {string} label @param {(button: HTMLButtonElement) => void} pressed @param {string} [kind]
 */
function button(label, pressed, kind) {
  const element = made("button", { type: "button", class: kind || "" }, label);
  element.addEventListener("click", () => pressed(element));
  return element;
}

/**
 * A table of texts.
 * @param {string} caption @param {string[]} header @param {string[][]} rows @param {string[]} [types]
 */
function tableOf(caption, header, rows, types) {
  const kind = (/** @type {number} */ place) =>
    ["integer", "number"].includes((types || [])[place] || "") ? "number" : "";
  const cells = (/** @type {string[]} */ row) =>
    row.map((text, place) => made("td", { class: kind(place), title: text }, text));
  return made(
    "div",
    { class: "scroll", tabindex: 0, role: "region", "aria-label": caption },
    made(
      "table",
      {},
      made("caption", { class: "unseen" }, caption),
      made(
        "thead",
        {},
        made("tr", {}, ...header.map((name, place) => made("th", { scope: "col", class: kind(place) }, name))),
      ),
      made("tbody", {}, ...rows.map((row) => made("tr", {}, ...cells(row)))),
    ),
  );
}
