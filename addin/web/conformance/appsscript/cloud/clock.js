/*
 * The clock of the host. It stands still while any execution runs or waits for a real answer; only when every one that
 * lives sleeps (Utilities.sleep, a lock, the latency that a test gives to requests) does it move, to the first of them
 * that is to wake. So nobody waits for wall time, and who polls for another's result in a cache never burns its
 * seconds before the other's real request has been answered. Between executions only a test moves it.
 */

/**
 * @typedef {{ until: number, wake: () => void }} Pause
 * @typedef {{ deadline: number, pause: Pause | null, expire: () => void }} Living
 */

export class Clock {
  /** @type {Set<Living>} */
  #living = new Set();
  #looking = false;

  /** @param {number} start milliseconds of the epoch */
  constructor(start) {
    /** Read by isolates too. */
    this.shared = new BigInt64Array(new SharedArrayBuffer(8));
    this.set(start);
  }

  get now() {
    return Number(Atomics.load(this.shared, 0));
  }

  /** @param {number} moment */
  set(moment) {
    Atomics.store(this.shared, 0, BigInt(Math.round(moment)));
  }

  /** @param {Living} execution */
  begin(execution) {
    this.#living.add(execution);
  }

  /** @param {Living} execution */
  end(execution) {
    this.#living.delete(execution);
    this.#look();
  }

  get living() {
    return this.#living.size;
  }

  /**
   * Let an execution sleep; the promise is kept at that moment, or as soon as somebody wakes it.
   * @param {Living} execution @param {number} until @returns {Promise<void>}
   */
  pause(execution, until) {
    return new Promise((resolve) => {
      const wake = () => {
        execution.pause = null;
        resolve();
      };
      execution.pause = { until, wake };
      this.#look();
    });
  }

  // Only after all that is at hand: an execution that is being answered, or is about to begin, is not asleep.
  #look() {
    if (this.#looking) return;
    this.#looking = true;
    setImmediate(() => {
      this.#looking = false;
      this.#move();
    });
  }

  #move() {
    /** @type {{ at: number, act: () => void } | null} */
    let first = null;
    for (const one of this.#living) {
      if (!one.pause) return;
      const late = one.deadline < one.pause.until;
      const at = late ? one.deadline : one.pause.until;
      if (!first || at < first.at) first = { at, act: late ? one.expire : one.pause.wake };
    }
    if (!first) return;
    this.set(Math.max(first.at, this.now));
    first.act();
    this.#look();
  }
}
