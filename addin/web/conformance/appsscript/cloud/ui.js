/* What a person sees beside the cells: menus, the sidebar, dialogs, alerts and toasts. */
import { Fault } from "./faults.js";

/**
 * @typedef {{ caption: string, function: string } | { caption: string, items: Entry[] } | null} Entry null: a separator
 * @typedef {{ kind: "sidebar" | "dialog", title: string, html: string, width: number | null, height: number | null }} Shown
 * @typedef {{ kind: "alert" | "prompt" | "toast", title: string, text: string, buttons: string }} Asked
 */

export class Ui {
  /** By caption; a menu of the same one takes the place of the earlier. @type {Map<string, Entry[]>} */
  menus = new Map();
  /** @type {Shown | null} */
  sidebar = null;
  /** @type {Shown | null} */
  dialog = null;
  /** All alerts, prompts and toasts. @type {Asked[]} */
  asked = [];
  /** What the person is going to answer, in order. @type {{ button: string, text?: string }[]} */
  answers = [];

  /** @param {{ caption: string, items: Entry[] }} menu */
  menu({ caption, items }) {
    this.menus.set(caption, items);
  }

  /** @param {Shown} shown */
  show(shown) {
    if (shown.kind === "sidebar") this.sidebar = shown;
    else this.dialog = shown;
  }

  /** @param {Asked} asked @returns {{ button: string, text?: string }} */
  ask(asked) {
    this.asked.push(asked);
    if (asked.kind === "toast") return { button: "" };
    const answer = this.answers.shift() ?? (asked.buttons === "OK" ? { button: "OK" } : null);
    if (!answer) throw new Fault(`the test gives no answer to: ${asked.text}`, "HostError");
    return answer;
  }

  /**
   * The function of a menu's item.
   * @param {string[]} path captions, from the menu's on @returns {string} @throws {Error} for no such item
   */
  item([caption = "", ...rest]) {
    /** @type {Entry[]} */
    let entries = this.menus.get(caption) ?? [];
    for (const [place, name] of rest.entries()) {
      const entry = entries.find((one) => one?.caption === name);
      if (entry && "function" in entry && place === rest.length - 1) return entry.function;
      entries = entry && "items" in entry ? entry.items : [];
    }
    throw new Error(`there is no menu item ${[caption, ...rest].join(" > ")}`);
  }
}
