/* What a service of Google's refuses. */

/** An exception as services throw it: a script sees an Error named Exception. */
export class Fault extends Error {
  /** @param {string} message @param {string} [name] */
  constructor(message, name = "Exception") {
    super(message);
    this.name = name;
  }
}
