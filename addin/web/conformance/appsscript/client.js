/* google.script, as the frame of a sidebar has it. */
(() => {
  const said = /** @type {HTMLScriptElement} */ (document.currentScript).dataset.functions ?? "[]";
  /** @type {string[]} */
  const names = JSON.parse(said);

  /** @typedef {{ success: ((value: unknown, user: unknown) => void) | null, failure: ((error: Error, user: unknown) => void) | null, user: unknown }} Handlers */

  /** @param {unknown} value @param {string} path @returns {unknown} */
  function carried(value, path) {
    if (value instanceof HTMLFormElement) return Object.fromEntries(new FormData(value));
    if (value === undefined || value === null || ["string", "number", "boolean"].includes(typeof value))
      return value ?? null;
    const isPlain = Array.isArray(value) || Object.getPrototypeOf(value) === Object.prototype;
    if (!isPlain || typeof value !== "object") throw new TypeError(`Failed due to illegal value in property: ${path}`);
    if (Array.isArray(value)) return value.map((one, place) => carried(one, String(place)));
    return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, carried(one, name)]));
  }

  /** @param {Handlers} handlers @param {string} name @param {unknown[]} args */
  async function call({ success, failure, user }, name, args) {
    const body = JSON.stringify({ function: name, args });
    /** @type {{ value?: unknown, failure?: { name: string, message: string } }} */
    let outcome;
    try {
      outcome = await (await fetch("/run", { method: "POST", body })).json();
    } catch (error) {
      outcome = { failure: { name: "NetworkError", message: String(error) } };
    }
    if (!outcome.failure) return success?.(outcome.value ?? null, user);
    const { name: kind, message } = outcome.failure;
    const error = Object.assign(new Error(kind === "Error" ? message : `${kind}: ${message}`), { name: "ScriptError" });
    if (failure) failure(error, user);
    else throw error;
  }

  /** @param {Handlers} handlers @returns {Record<string, unknown>} */
  function runner(handlers) {
    /** @type {Record<string, unknown>} */
    const made = {
      withSuccessHandler: (/** @type {Handlers["success"]} */ success) => runner({ ...handlers, success }),
      withFailureHandler: (/** @type {Handlers["failure"]} */ failure) => runner({ ...handlers, failure }),
      withUserObject: (/** @type {unknown} */ user) => runner({ ...handlers, user }),
    };
    for (const name of names)
      made[name] = (/** @type {unknown[]} */ ...args) => {
        const sent = args.map((one, place) => carried(one, String(place)));
        void call(handlers, name, sent);
      };
    return made;
  }

  const host = {
    origin: location.origin,
    close: () => parent.document.querySelector("iframe")?.remove(),
    setHeight: (/** @type {number} */ height) =>
      parent.document.querySelector("iframe")?.style.setProperty("height", `${height}px`),
    setWidth: (/** @type {number} */ width) =>
      parent.document.querySelector("iframe")?.style.setProperty("width", `${width}px`),
    editor: { focus: () => {} },
  };
  const script = { host, run: runner({ success: null, failure: null, user: null }) };
  Object.assign(window, { google: { script } });
})();
