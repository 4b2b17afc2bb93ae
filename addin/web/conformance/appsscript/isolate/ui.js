/* The user interface, as menu items and the sidebar's calls have it. */
import { Constant, constants, Service } from "./membrane.js";

/** @typedef {import("./worker.js").Call} Call @typedef {import("../cloud/ui.js").Entry} Entry */
/** @typedef {import("./html.js").HtmlOutput} HtmlOutput */

const BUTTONS = constants("CLOSE", "OK", "CANCEL", "YES", "NO");
const SETS = constants("OK", "OK_CANCEL", "YES_NO", "YES_NO_CANCEL");

export class Menu extends Service {
  static service = "Base.Menu";
  static takes = { addItem: ["String,String"], addSubMenu: ["Menu"] };
  /** @type {Entry[]} */
  items = [];

  /** @param {Call} call @param {string} caption */
  constructor(call, caption) {
    super();
    this.call = call;
    this.caption = caption;
  }

  /** @param {string} caption @param {string} functionName */
  addItem(caption, functionName) {
    this.items.push({ caption, function: functionName });
    return this;
  }

  addSeparator() {
    this.items.push(null);
    return this;
  }

  /** @param {Menu} menu */
  addSubMenu({ caption, items }) {
    this.items.push({ caption, items });
    return this;
  }

  addToUi() {
    this.call("ui.menu", { caption: this.caption, items: this.items });
  }
}

export class PromptResponse extends Service {
  static service = "Base.PromptResponse";

  /** @param {Constant} button @param {string} text */
  constructor(button, text) {
    super();
    this.button = button;
    this.text = text;
  }

  getSelectedButton() {
    return this.button;
  }

  getResponseText() {
    return this.text;
  }
}

export class Ui extends Service {
  static service = "Base.Ui";
  static takes = {
    createMenu: ["String"],
    alert: ["String", "String,Any", "String,String,Any"],
    prompt: ["String", "String,Any", "String,String,Any"],
    showSidebar: ["HtmlOutput"],
    showModalDialog: ["HtmlOutput,String"],
    showModelessDialog: ["HtmlOutput,String"],
  };
  Button = BUTTONS;
  ButtonSet = SETS;

  /** @param {Call} call */
  constructor(call) {
    super();
    this.call = call;
  }

  /** @param {string} caption */
  createMenu(caption) {
    return new Menu(this.call, caption);
  }

  createAddonMenu() {
    return new Menu(this.call, "Extensions");
  }

  /** @param {...unknown} said */
  alert(...said) {
    return this.#asked("alert", said)[0];
  }

  /** @param {...unknown} said */
  prompt(...said) {
    const [button, text] = this.#asked("prompt", said);
    return new PromptResponse(button, text);
  }

  /** @param {HtmlOutput} html */
  showSidebar(html) {
    // A sidebar is 300 pixels wide, whatever is asked for.
    this.call("ui.show", {
      kind: "sidebar",
      title: html.getTitle() ?? "",
      html: html.getContent(),
      width: 300,
      height: null,
    });
  }

  /** @param {HtmlOutput} html @param {string} title */
  showModalDialog(html, title) {
    this.call("ui.show", {
      kind: "dialog",
      title,
      html: html.getContent(),
      width: html.getWidth(),
      height: html.getHeight(),
    });
  }

  /** @param {HtmlOutput} html @param {string} title */
  showModelessDialog(html, title) {
    this.showModalDialog(html, title);
  }

  /** @param {"alert" | "prompt"} kind @param {unknown[]} said @returns {[Constant, string]} */
  #asked(kind, said) {
    const set = said.find((one) => one instanceof Constant);
    const texts = said.filter((one) => !(one instanceof Constant)).map(String);
    const [title, text] = texts.length > 1 ? texts : ["", texts[0]];
    const answer = this.call("ui.ask", { kind, title, text, buttons: set?.name() ?? "OK" });
    const button = BUTTONS[/** @type {keyof typeof BUTTONS} */ (answer.button)];
    return [button ?? BUTTONS.CLOSE, answer.text ?? ""];
  }
}
