/*
 * A field that completes what is typed: a list below it, moved through by the arrow keys.
 */

/**
 * What may be meant: `text` is put in the place of the letters from `start` to the caret.
 * @typedef {{ text: string, label: string, note: string, start: number }} Offer
 */

/** Offers that are shown at once. */
const OFFERS = 40;

/**
 * Gives a field its list.
 * @param {HTMLInputElement | HTMLTextAreaElement} control
 * @param {(text: string, caret: number) => Offer[]} offersOf
 * @param {(offer: Offer) => void} taken
 * @returns {HTMLElement} the field with its list
 */
function completed(control, offersOf, taken) {
  const list = made("ul", { role: "listbox", id: `l${(ids += 1)}`, hidden: true, "aria-label": "Completions" });
  /** @type {Offer[]} */
  let offers = [];
  let at = -1;
  for (const [name, value] of Object.entries({
    role: "combobox",
    autocomplete: "off",
    spellcheck: "false",
    "aria-autocomplete": "list",
    "aria-controls": list.id,
    "aria-expanded": "false",
  })) {
    control.setAttribute(name, value);
  }

  function close() {
    list.hidden = true;
    at = -1;
    control.setAttribute("aria-expanded", "false");
    control.removeAttribute("aria-activedescendant");
  }
  function show() {
    offers = offersOf(control.value, control.selectionStart ?? control.value.length).slice(0, OFFERS);
    if (offers.length === 0) return close();
    at = 0;
    list.replaceChildren(...offers.map((offer, place) => itemOf(offer, place)));
    list.hidden = false;
    control.setAttribute("aria-expanded", "true");
    return mark();
  }
  function mark() {
    [...list.children].forEach((item, place) => item.setAttribute("aria-selected", String(place === at)));
    const item = list.children[at];
    if (item) {
      control.setAttribute("aria-activedescendant", item.id);
      item.scrollIntoView({ block: "nearest" });
    }
  }
  /** @param {Offer} offer @param {number} place */
  function itemOf(offer, place) {
    const note = offer.note ? made("small", {}, offer.note) : null;
    const item = made("li", { role: "option", id: `${list.id}-${place}` }, offer.label, note);
    // Before the field loses its focus.
    item.addEventListener("mousedown", (event) => {
      event.preventDefault();
      take(offer);
    });
    return item;
  }
  /** @param {Offer} offer */
  function take(offer) {
    const caret = control.selectionStart ?? control.value.length;
    control.value = control.value.slice(0, offer.start) + offer.text + control.value.slice(caret);
    const end = offer.start + offer.text.length;
    control.setSelectionRange(end, end);
    close();
    taken(offer);
  }

  control.addEventListener("input", show);
  control.addEventListener("focus", show);
  control.addEventListener("click", show);
  control.addEventListener("blur", close);
  control.addEventListener("keydown", (event) => {
    const key = /** @type {KeyboardEvent} */ (event).key;
    const offer = offers[at];
    if (list.hidden) {
      if (key === "ArrowDown") show();
    } else if (key === "ArrowDown" || key === "ArrowUp") {
      at = (at + (key === "ArrowDown" ? 1 : offers.length - 1)) % offers.length;
      mark();
      event.preventDefault();
    } else if ((key === "Enter" || key === "Tab") && offer) {
      take(offer);
      event.preventDefault();
    } else if (key === "Escape") {
      close();
      event.stopPropagation();
    }
  });
  return made("div", { class: "completed" }, control, list);
}

/**
 * Those of some whose name or title has what was typed: the very one first, then those that begin with it.
 * @template {{ name: string, label: string }} T
 * @param {T[]} known @param {string} typed
 * @returns {T[]}
 */
function meant(known, typed) {
  const sought = typed.trim().toLowerCase();
  if (sought === "") return known;
  const begins = (/** @type {T} */ one) =>
    one.name.toLowerCase().startsWith(sought) || one.label.toLowerCase().startsWith(sought);
  const found = known.filter((one) => `${one.name} ${one.label}`.toLowerCase().includes(sought));
  const exact = found.filter((one) => one.name.toLowerCase() === sought);
  return [...new Set([...exact, ...found.filter(begins), ...found])];
}
