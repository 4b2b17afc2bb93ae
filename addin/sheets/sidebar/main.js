/*
 * The sidebar: signed out it asks for a key, signed in it has three tabs.
 */

/** @param {...Node} children */
function showMain(...children) {
  const main = /** @type {HTMLElement} */ (document.getElementById("main"));
  main.replaceChildren(...children);
  main.setAttribute("aria-busy", "false");
}

/** @param {State} state */
async function begin(state) {
  if (!state.isSignedIn) return showMain(signInPanel(state, again));
  /** @type {Table[]} */
  const tables = await call("tvoxTables");
  const asking = made("div", {});
  const pinned = pinnedPanel((count) => {
    const tab = document.getElementById("tab-1");
    if (tab) tab.textContent = `Pinned${count}`;
  });
  const ask = askingPanel(tables, (asked, table) => {
    asking.replaceChildren(
      pinForm(asked, table, () => {
        asking.replaceChildren(ask);
        void pinned.load();
      }),
    );
  });
  asking.append(ask);
  tabs([
    ["Table", asking],
    ["Pinned", pinned.panel],
    ["Settings", settingsPanel(state, again)],
  ]);
  return pinned.load();
}

/** @param {State} state */
function again(state) {
  void begin(state).catch((failure) => say(sentence(failure), "bad"));
}

/** @param {[string, HTMLElement][]} panels */
function tabs(panels) {
  const list = made("div", { class: "tabs", role: "tablist", "aria-label": "What to do" });
  /** @param {number} chosen */
  function open(chosen) {
    [...list.children].forEach((tab, place) => {
      tab.setAttribute("aria-selected", String(place === chosen));
      tab.setAttribute("tabindex", place === chosen ? "0" : "-1");
    });
    panels.forEach(([, panel], place) => {
      panel.hidden = place !== chosen;
    });
  }
  panels.forEach(([name, panel], place) => {
    const tab = button(name, () => open(place));
    for (const [attribute, value] of [
      ["role", "tab"],
      ["id", `tab-${place}`],
      ["aria-controls", `panel-${place}`],
    ]) {
      tab.setAttribute(String(attribute), String(value));
    }
    tab.addEventListener("keydown", (event) => {
      const { key } = /** @type {KeyboardEvent} */ (event);
      if (key !== "ArrowRight" && key !== "ArrowLeft") return;
      const next = (place + (key === "ArrowRight" ? 1 : panels.length - 1)) % panels.length;
      open(next);
      /** @type {HTMLElement} */ (list.children[next]).focus();
    });
    panel.id = `panel-${place}`;
    panel.setAttribute("role", "tabpanel");
    panel.setAttribute("aria-labelledby", `tab-${place}`);
    list.append(tab);
  });
  open(0);
  showMain(list, ...panels.map(([, panel]) => panel));
}

call("tvoxState").then(begin, (failure) => {
  showMain(made("p", { class: "bad" }, sentence(failure)));
});
