/* What outlives an execution: caches, properties and locks; sizes are of UTF-8. */
import { Fault } from "./faults.js";
import { DAY, LIMITS } from "./limits.js";

/** @typedef {import("./execution.js").Execution} Execution */
/** @typedef {import("./clock.js").Clock} Clock */

const bytes = (/** @type {string} */ text) => Buffer.byteLength(text);

/** Calls of a user within a day from the first of them. */
export class Quota {
  #since = -Infinity;
  #spent = 0;

  /** @param {Clock} clock @param {number} most @param {string} message */
  constructor(clock, most, message) {
    this.clock = clock;
    this.most = most;
    this.message = message;
  }

  get spent() {
    return this.clock.now - this.#since < DAY ? this.#spent : 0;
  }

  /** @param {number} [amount] @throws {Fault} when the day's are spent */
  spend(amount = 1) {
    const spent = this.spent;
    if (spent + amount > this.most) throw new Fault(this.message);
    if (!spent) this.#since = this.clock.now;
    this.#spent = spent + amount;
  }
}

export class Cache {
  /** @type {Map<string, { value: string, until: number }>} */
  #items = new Map();

  /** @param {Clock} clock */
  constructor(clock) {
    this.clock = clock;
  }

  /** @param {string} key */
  #checked(key) {
    if (!key) throw new Fault("Argument cannot be null or empty: key");
    if (key.length > LIMITS.cacheKey) throw new Fault("Argument too large: key");
    return key;
  }

  /** @param {string[]} keys @returns {Record<string, string>} */
  get(keys) {
    /** @type {Record<string, string>} */
    const found = {};
    for (const key of keys) {
      const item = this.#items.get(this.#checked(key));
      if (item && item.until > this.clock.now) found[key] = item.value;
    }
    return found;
  }

  /** @param {Record<string, string>} values @param {number} [seconds] */
  put(values, seconds = LIMITS.cacheSecondsUnsaid) {
    for (const [key, value] of Object.entries(values)) {
      this.#checked(key);
      if (bytes(value) > LIMITS.cacheValue) throw new Fault("Argument too large: value");
    }
    // 1 is the least, six hours the most, as the page on CacheService says of expirationInSeconds.
    if (seconds < 1 || seconds > LIMITS.cacheSeconds)
      throw new Fault(`Expiration must be between 1 and ${LIMITS.cacheSeconds} seconds.`);
    const until = this.clock.now + seconds * 1000;
    for (const [key, value] of Object.entries(values)) {
      this.#items.delete(key);
      this.#items.set(key, { value, until });
    }
    this.#drop();
  }

  /** @param {string[]} keys */
  remove(keys) {
    for (const key of keys) this.#items.delete(this.#checked(key));
  }

  #drop() {
    if (this.#items.size <= LIMITS.cacheItems) return;
    const now = this.clock.now;
    for (const [key, item] of this.#items) if (item.until <= now) this.#items.delete(key);
    if (this.#items.size <= LIMITS.cacheItems) return;
    const farthest = [...this.#items].sort(([, one], [, other]) => other.until - one.until);
    this.#items = new Map(farthest.slice(0, LIMITS.cacheItemsKept));
  }

  /** As the driver shows them: the seconds that are left of each. */
  get listed() {
    const now = this.clock.now;
    const items = [...this.#items].filter(([, item]) => item.until > now);
    return Object.fromEntries(
      items.map(([key, { value, until }]) => [key, { bytes: bytes(value), seconds: (until - now) / 1000 }]),
    );
  }
}

export class Properties {
  /** @type {Map<string, string>} */
  #values = new Map();

  /** @param {Quota} quota of reads and writes */
  constructor(quota) {
    this.quota = quota;
  }

  /** @returns {Record<string, string>} */
  all() {
    this.quota.spend();
    return this.listed;
  }

  get listed() {
    return Object.fromEntries(this.#values);
  }

  /** @param {string} key */
  get(key) {
    this.quota.spend();
    return this.#values.get(key) ?? null;
  }

  /** @param {Record<string, string>} values @param {boolean} only whether all others go */
  set(values, only) {
    this.quota.spend();
    const after = only ? new Map() : new Map(this.#values);
    for (const [key, value] of Object.entries(values)) {
      if (bytes(value) > LIMITS.propertyValue) throw new Fault("Argument too large: value");
      after.set(key, value);
    }
    const size = [...after].reduce((sum, [key, value]) => sum + bytes(key) + bytes(value), 0);
    if (size > LIMITS.propertyStore)
      throw new Fault("You have exceeded the property storage quota. Please remove some properties and try again.");
    this.#values = after;
  }

  /** @param {string | null} key null: all of them */
  remove(key) {
    this.quota.spend();
    if (key === null) this.#values.clear();
    else this.#values.delete(key);
  }
}

/** One of LockService's: held by an execution, until it lets go or ends. */
export class Lock {
  /** @type {Execution | null} */
  holder = null;
  /** @type {Execution[]} */
  #queue = [];

  /** @param {Clock} clock */
  constructor(clock) {
    this.clock = clock;
  }

  /** @param {Execution} execution @param {number} milliseconds @returns {Promise<boolean>} */
  async take(execution, milliseconds) {
    const until = this.clock.now + milliseconds;
    while (this.holder && this.holder !== execution) {
      if (this.clock.now >= until) return false;
      this.#queue.push(execution);
      await this.clock.pause(execution, until);
      this.#queue = this.#queue.filter((one) => one !== execution);
    }
    this.holder = execution;
    return true;
  }

  /** @param {Execution} execution */
  release(execution) {
    if (this.holder !== execution) return;
    this.holder = null;
    this.#queue[0]?.pause?.wake();
  }
}
