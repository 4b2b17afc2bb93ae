/*
 * Signing in and out, settings, the self-test and the log.
 */

/**
 * @typedef {{
 *   service: string, release: string, isSignedIn: boolean, key: string, since: string, canUseGoogle: boolean, zone: string,
 *   settings: { cacheMinutes: number, refreshMinutes: number }, problem: string, note: string,
 * }} State
 */

/**
 * What is shown to whoever is not signed in.
 * @param {State} state @param {(state: State) => void} done
 */
function signInPanel(state, done) {
  const key = made("input", {
    type: "password",
    autocomplete: "off",
    placeholder: "XXXXXXXX-XXXXXXXX-XXXXXXXX-XXXXXXXX",
  });
  const signIn = button(
    "Sign in",
    (pressed) => void busy(pressed, "Signing in …", () => given("tvoxSignInWithKey", key.value)),
    "first",
  );
  /** @param {string} name @param {...string} values */
  async function given(name, ...values) {
    done(await call(name, ...values));
    return "Signed in, for everybody who works in this document.";
  }
  key.addEventListener("keydown", (event) => {
    if (/** @type {KeyboardEvent} */ (event).key === "Enter") signIn.click();
  });
  const google = button(
    "Sign in with Google",
    (pressed) => void busy(pressed, "Signing in …", () => given("tvoxSignInWithGoogle")),
  );
  const isUnknown = state.problem === "" || state.problem === "Nobody is signed in yet.";
  return made(
    "div",
    {},
    made("h2", {}, "Sign in"),
    made("p", { class: "quiet" }, `TVox Tables at ${state.service}`),
    isUnknown ? null : made("p", { class: "bad" }, state.problem),
    field("Your key", key),
    made(
      "p",
      { class: "quiet" },
      "It is exchanged for a token of this document and not kept. Whoever runs the service makes keys.",
    ),
    made("div", { class: "buttons" }, signIn, state.canUseGoogle ? google : null),
  );
}

/**
 * Settings and how things stand.
 * @param {State} state @param {(state: State) => void} done
 */
function settingsPanel(state, done) {
  const cache = made("input", { type: "number", min: 0, max: 360, value: state.settings.cacheMinutes });
  const refresh = made("input", { type: "number", min: 0, max: 10080, value: state.settings.refreshMinutes });
  const shown = made("div", {});
  async function save() {
    await call("tvoxSaveSettings", { cacheMinutes: Number(cache.value), refreshMinutes: Number(refresh.value) });
    return "Saved.";
  }
  async function test() {
    /** @type {string[][]} */
    const said = await call("TVOX_SELFTEST");
    const lines = said.map(([tried, result]) => made("div", {}, made("dt", {}, tried), made("dd", {}, result)));
    shown.replaceChildren(made("dl", { "aria-label": "What the self-test says" }, ...lines));
  }
  async function log() {
    /** @type {string[][]} */
    const lines = await call("tvoxLog");
    shown.replaceChildren(
      lines.length
        ? tableOf(
            "When pinned tables were written",
            ["When", "Table", "Where", "How", "Rows", "Seconds", "Result"],
            lines,
          )
        : made("p", { class: "quiet" }, "Nothing was written yet."),
    );
  }
  async function leave() {
    done(await call("tvoxSignOut"));
    return "Signed out.";
  }
  return made(
    "div",
    {},
    state.note ? made("p", { class: "warn" }, state.note) : null,
    made(
      "p",
      {},
      `Signed in with the key ${state.key}${state.since ? `, since ${new Date(state.since).toLocaleDateString()}` : ""}.`,
    ),
    made("p", { class: "quiet" }, `${state.service}. Days are those of ${state.zone}, the time zone of this document.`),
    field("Minutes for which an answer is kept", cache),
    field("Minutes after which formulas with TVOX_STAMP ask anew (0: never)", refresh),
    made(
      "div",
      { class: "buttons" },
      button("Save", (pressed) => void busy(pressed, "Saving …", save), "first"),
      button("Refresh now", (pressed) => void busy(pressed, "", async () => void (await call("tvoxRefreshNow")))),
      button("Self-test", (pressed) => void busy(pressed, "Trying each step …", test)),
      button("Log", (pressed) => void busy(pressed, "", log)),
      button("Sign out", (pressed) => void busy(pressed, "Signing out …", leave)),
    ),
    shown,
  );
}
