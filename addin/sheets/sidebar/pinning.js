/*
 * Pinned tables: how a new one is written, and those that there are.
 */

/**
 * @typedef {{
 *   id: string, name: string, mode: string, keys: string[], every: string, hour: number, place: string,
 *   standing: { tried: number, written: number, rows: number, said: string, isGood: boolean },
 * }} Pinned
 */

const MODES = /** @type {[string, string][]} */ ([
  ["replace", "Replace all rows"],
  ["append", "Append below the old rows"],
  ["update", "Update or add, by key"],
]);

const EVERY = /** @type {[string, string][]} */ ([
  ["hour", "every hour"],
  ["day", "every day"],
  ["quarter", "every 15 minutes"],
  ["manual", "when I say so"],
]);

/**
 * The form that pins a question.
 * @param {Record<string, string>} asked @param {Table} table @param {() => void} done
 */
function pinForm(asked, table, done) {
  const name = made("input", { value: table.title || table.name });
  const cell = made("input", { placeholder: "the chosen cell, or Sheet1!A1" });
  const keys = made("input", { value: table.key.join(",") });
  const hour = made("input", { type: "number", min: 0, max: 23, value: 6 });
  const keysField = field("Rows are the same where these are", keys);
  const hourField = field("At what hour", hour);
  const mode = choice(MODES, "replace", fit);
  const every = choice(EVERY, "hour", fit);
  function fit() {
    keysField.hidden = mode.value !== "update";
    hourField.hidden = every.value !== "day";
  }
  async function pin() {
    /** @type {Pinned[]} */
    const pins = await call("tvoxSavePin", {
      asked,
      name: name.value.trim(),
      cell: cell.value.trim(),
      mode: mode.value,
      keys: keys.value.split(",").map((one) => one.trim()),
      every: every.value,
      hour: Number(hour.value),
    });
    const added = pins[pins.length - 1];
    say("Writing …");
    if (added) await call("tvoxRefreshPin", added.id);
    done();
  }
  fit();
  return made(
    "div",
    {},
    made("h2", {}, "Pin this table"),
    made(
      "p",
      { class: "quiet" },
      "Its rows are written as values and refreshed by a trigger. Cells below and beside it are overwritten.",
    ),
    field("Name", name),
    field("Where it begins", cell),
    field("How", mode),
    keysField,
    field("How often", every),
    hourField,
    made(
      "div",
      { class: "buttons" },
      button("Pin", (pressed) => void busy(pressed, "Pinning …", pin), "first"),
      button("Back", done),
    ),
  );
}

/**
 * The tables that are pinned.
 * @param {(title: string) => void} counted
 */
function pinnedPanel(counted) {
  const list = made("ul", { class: "pins" });
  const panel = made("div", {}, list);

  /** @param {Pinned[]} pins */
  function draw(pins) {
    counted(pins.length ? ` (${pins.length})` : "");
    list.replaceChildren(...pins.map(item));
    if (pins.length === 0) {
      list.replaceChildren(
        made(
          "p",
          { class: "quiet" },
          "None yet: choose a table, then Pin. Such tables may be large, and keep their history.",
        ),
      );
    }
  }
  /** @param {Pinned} pin */
  function item(pin) {
    const { standing } = pin;
    const when = standing.written ? new Date(standing.written).toLocaleString() : "never yet";
    const how = [
      (MODES.find(([mode]) => mode === pin.mode) || ["", pin.mode])[1],
      (EVERY.find(([one]) => one === pin.every) || ["", ""])[1],
    ];
    return made(
      "li",
      {},
      made("strong", {}, pin.name),
      made("span", { class: "quiet" }, `${pin.place || "its place is gone"} · ${how.join(", ")}`),
      made(
        "p",
        { class: standing.isGood ? "" : "bad" },
        standing.isGood
          ? `${standing.rows === 1 ? "1 row" : `${standing.rows.toLocaleString()} rows`}, written ${when}.`
          : standing.said,
      ),
      made(
        "div",
        {},
        button(
          "Refresh",
          (pressed) =>
            void busy(pressed, `Writing ${pin.name} …`, async () => draw(await call("tvoxRefreshPin", pin.id))),
          "plain",
        ),
        button(
          "Unpin",
          (pressed) => void busy(pressed, "", async () => draw(await call("tvoxRemovePin", pin.id))),
          "plain",
        ),
      ),
    );
  }
  async function load() {
    try {
      draw(await call("tvoxPins"));
    } catch (failure) {
      say(sentence(failure), "bad");
    }
  }
  return { panel, load };
}
