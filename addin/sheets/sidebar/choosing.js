/*
 * Columns, one after the other, each as a chip that can be taken away.
 */

/**
 * A list of columns that is typed with completion.
 * @param {string} label @param {string} empty what an empty list means @param {() => Column[]} columnsOf @param {() => void} changed
 */
function columnList(label, empty, columnsOf, changed) {
  const typed = made("input", { placeholder: empty });
  const chips = made("ul", { class: "chips", "aria-label": `${label}, chosen` });
  /** @type {string[]} */
  let chosen = [];

  function draw() {
    chips.replaceChildren(
      ...chosen.map((name) =>
        made(
          "li",
          {},
          name,
          made(
            "button",
            {
              type: "button",
              "aria-label": `Take ${name} away`,
              onclick: () => set(chosen.filter((one) => one !== name)),
            },
            "×",
          ),
        ),
      ),
    );
    typed.placeholder = chosen.length ? "one more …" : empty;
  }
  /** @param {string[]} names */
  function set(names) {
    chosen = names;
    draw();
    changed();
  }
  function take() {
    const names = typed.value.split(",").map((name) => name.trim());
    typed.value = "";
    set([...chosen, ...names.filter((name) => name !== "" && !chosen.includes(name))]);
  }
  const control = completed(
    typed,
    (text) =>
      meant(
        columnsOf().filter((one) => !chosen.includes(one.name)),
        text,
      ).map((one) => ({ text: one.name, label: one.name, note: one.description, start: 0 })),
    take,
  );
  typed.addEventListener("keydown", (event) => {
    const { key } = /** @type {KeyboardEvent} */ (event);
    // What the list of completions has taken is done.
    if (event.defaultPrevented) return;
    if (key === "Enter" && typed.value.trim() !== "") take();
    if (key === "Backspace" && typed.value === "" && chosen.length) set(chosen.slice(0, -1));
  });
  // A name that was typed and left is meant, too.
  typed.addEventListener("change", () => {
    if (typed.value.trim() !== "") take();
  });
  draw();
  typed.id = `f${(ids += 1)}`;
  const element = made("div", {}, made("label", { for: typed.id }, label), chips, control);
  return { element, set, value: () => chosen };
}
