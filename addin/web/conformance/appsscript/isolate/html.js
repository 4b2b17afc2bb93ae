/* HtmlService, as far as a sidebar needs it. A bound project's other files are known by `createHtmlOutputFromFile` no more. */
import { Fault } from "../cloud/faults.js";
import { constants, Service } from "./membrane.js";

export class HtmlOutput extends Service {
  static service = "HtmlService.HtmlOutput";
  static takes = {
    append: ["String"],
    appendUntrusted: ["String"],
    setContent: ["String"],
    setTitle: ["String"],
    setWidth: ["Integer"],
    setHeight: ["Integer"],
    addMetaTag: ["String,String"],
    setSandboxMode: ["Any"],
    setXFrameOptionsMode: ["Any"],
  };
  /** @type {string | null} */
  #title = null;
  /** @type {number | null} */
  #width = null;
  /** @type {number | null} */
  #height = null;
  #content;

  /** @param {string} content */
  constructor(content) {
    super();
    this.#content = content;
  }

  getContent() {
    return this.#content;
  }

  /** @param {string} content */
  setContent(content) {
    this.#content = content;
    return this;
  }

  /** @param {string} content */
  append(content) {
    this.#content += content;
    return this;
  }

  /** @param {string} content */
  appendUntrusted(content) {
    return this.append(escaped(content));
  }

  getTitle() {
    return this.#title;
  }

  /** @param {string} title */
  setTitle(title) {
    this.#title = title;
    return this;
  }

  getWidth() {
    return this.#width;
  }

  /** @param {number} width */
  setWidth(width) {
    this.#width = width;
    return this;
  }

  getHeight() {
    return this.#height;
  }

  /** @param {number} height */
  setHeight(height) {
    this.#height = height;
    return this;
  }

  addMetaTag() {
    return this;
  }

  setSandboxMode() {
    return this;
  }

  setXFrameOptionsMode() {
    return this;
  }
}

/** @param {string} text */
const escaped = (text) => text.replace(/[&<>"']/g, (mark) => `&#${mark.charCodeAt(0)};`);

export class HtmlService extends Service {
  static service = "HtmlService";
  static takes = {
    createHtmlOutput: ["", "String"],
    createHtmlOutputFromFile: ["String"],
    createTemplateFromFile: ["String"],
  };
  SandboxMode = constants("EMULATED", "IFRAME", "NATIVE");
  XFrameOptionsMode = constants("ALLOWALL", "DEFAULT");

  /** @param {string} [content] */
  createHtmlOutput(content = "") {
    return new HtmlOutput(content);
  }

  /** @param {string} name */
  createHtmlOutputFromFile(name) {
    throw new Fault(`No HTML file named ${name} was found.`);
  }

  /** @param {string} name */
  createTemplateFromFile(name) {
    throw new Fault(`No HTML file named ${name} was found.`);
  }
}
