/* Where names are bound: frames, each inside another. */

/** @template T */
export class Scope {
  /**
   * @param {ReadonlyMap<string, T>} names
   * @param {Scope<T> | undefined} [outer]
   * @param {string} [hidden] the name whose own value stands here: only `@name` reaches it
   */
  constructor(names, outer, hidden) {
    this.names = names;
    this.outer = outer;
    this.hidden = hidden;
  }

  /**
   * A frame inside this one.
   * @param {ReadonlyMap<string, T>} names
   */
  inside(names) {
    return new Scope(names, this);
  }

  /**
   * The same frame as the value of one of its names sees it.
   * @param {string} name
   * @returns {Scope<T>}
   */
  within(name) {
    return new Scope(this.names, this.outer, name);
  }

  /**
   * What a name is bound to, or undefined.
   * @param {string} name
   * @param {boolean} inclusive written as `@name`
   * @returns {T | undefined}
   */
  find(name, inclusive) {
    const here = name === this.hidden && !inclusive ? undefined : this.names.get(name);
    return here ?? this.outer?.find(name, inclusive);
  }
}
