/*
 * Google's way to the script's functions, as promises.
 */

/**
 * @typedef {{
 *   withSuccessHandler: (heard: (value: any) => void) => Runner, withFailureHandler: (heard: (failure: unknown) => void) => Runner,
 * } & Record<string, (...given: unknown[]) => void>} Runner
 */

/**
 * Calls a function of the script.
 * @param {string} name @param {...unknown} given
 * @returns {Promise<any>}
 */
function call(name, ...given) {
  return new Promise((resolve, reject) => {
    const google = /** @type {{ google?: { script: { run: Runner } } }} */ (/** @type {unknown} */ (window)).google;
    if (!google) throw new Error("This page is a sidebar: open it by TVox > Open the sidebar.");
    const runner = google.script.run.withSuccessHandler(resolve).withFailureHandler(reject);
    const run = runner[name];
    if (!run) throw new Error(`The script has no ${name}: paste the whole script again.`);
    run(...given);
  });
}

/** What went wrong, as one sentence. @param {unknown} failure */
function sentence(failure) {
  const text = failure instanceof Error ? failure.message : String(failure);
  return text.replace(/^(Error|Exception): /, "");
}

/**
 * Says something at the foot of the sidebar.
 * @param {string} text @param {"" | "bad"} [kind]
 */
function say(text, kind) {
  const said = document.getElementById("said");
  if (!said) return;
  said.className = kind || "";
  said.textContent = text;
}

/**
 * Does something that takes its time: the button rests meanwhile, and what goes wrong is said.
 * @param {HTMLButtonElement} button @param {string} meanwhile @param {() => Promise<string | void>} work gives what to say
 */
async function busy(button, meanwhile, work) {
  if (button.disabled) return;
  button.disabled = true;
  say(meanwhile);
  try {
    say((await work()) || "");
  } catch (failure) {
    say(sentence(failure), "bad");
  } finally {
    button.disabled = false;
  }
}
