/* Triggers of the clock. Google chooses the minute within an hour that was asked for; here it is always the 30th. */
import { momentOf, shown } from "../sheet/zones.js";
import { Fault } from "./faults.js";
import { LIMITS } from "./limits.js";
import { Quota } from "./stores.js";

/**
 * @typedef {{ function: string, every: "minutes" | "hours" | "days" | "weeks" | null, count: number,
 *   hour: number | null, minute: number | null, weekDay: number | null, after: number | null, zone: string }} Timing
 * @typedef {Timing & { id: string, due: number }} Trigger
 */

const HOUR = 3_600_000;
const UNIT = { minutes: 60_000, hours: HOUR };
/** Of the hour, where no minute is asked for. */
const MINUTE = 30;

export class Triggers {
  /** @type {Trigger[]} */
  #all = [];
  #last = 0;

  /** @param {import("./host.js").Host} host */
  constructor(host) {
    this.host = host;
    this.time = new Quota(host.clock, LIMITS.triggerTime, "Service using too much computer time for one day");
  }

  get listed() {
    return this.#all.map((one) => ({ ...one }));
  }

  /** @param {Timing} timing @returns {string} its id */
  add(timing) {
    if (this.#all.length >= LIMITS.triggers)
      throw new Fault(
        "This script has too many triggers. Triggers must be deleted from the script before more can be added.",
      );
    if (!timing.every && timing.after === null) throw new Fault("The clock trigger builder requires a time.");
    const trigger = { ...timing, id: String(4_000_000_000 + ++this.#last), due: 0 };
    trigger.due = next(trigger, this.host.clock.now);
    this.#all.push(trigger);
    return trigger.id;
  }

  /** @param {string} id */
  remove(id) {
    this.#all = this.#all.filter((one) => one.id !== id);
  }

  /**
   * Move the clock, and run what becomes due on the way, each at its time.
   * @param {number} until milliseconds of the epoch @returns {Promise<import("./execution.js").Outcome[]>}
   */
  async pass(until) {
    const { clock } = this.host;
    /** @type {import("./execution.js").Outcome[]} */
    const outcomes = [];
    for (;;) {
      const due = this.#all.filter((one) => one.due <= until).sort((one, other) => one.due - other.due)[0];
      if (!due) break;
      clock.set(Math.max(due.due, clock.now));
      if (due.every) due.due = next(due, Math.max(due.due, clock.now));
      else this.remove(due.id);
      const began = clock.now;
      if (this.time.spent >= LIMITS.triggerTime) {
        const said = "Service using too much computer time for one day";
        outcomes.push({ failure: { name: "Exception", message: said, line: null, said } });
        continue;
      }
      outcomes.push(await this.host.run("trigger", due.function, [eventOf(due, began)]));
      this.time.spend(Math.min(clock.now - began, LIMITS.triggerTime - this.time.spent));
      await this.host.settle();
    }
    clock.set(Math.max(until, clock.now));
    return outcomes;
  }
}

/** The event object, as documented: numbers of the moment in UTC. @param {Trigger} trigger @param {number} moment */
function eventOf({ id, zone }, moment) {
  const at = new Date(moment);
  return {
    authMode: "FULL",
    "day-of-month": at.getUTCDate(),
    "day-of-week": at.getUTCDay() || 7,
    hour: at.getUTCHours(),
    minute: at.getUTCMinutes(),
    month: at.getUTCMonth() + 1,
    second: at.getUTCSeconds(),
    timezone: zone,
    triggerUid: id,
    year: at.getUTCFullYear(),
  };
}

/** @param {Trigger} trigger @param {number} now */
function next({ every, count, hour, minute, weekDay, after, zone }, now) {
  if (!every) return now + (after ?? 0);
  if (every === "minutes" || every === "hours") return now + count * UNIT[every];
  const today = Math.floor(shown(now, zone) / (24 * HOUR));
  const clockTime = (hour ?? 0) * HOUR + (minute ?? MINUTE) * 60_000;
  for (let day = today; ; day++) {
    const moment = momentOf(day * 24 * HOUR + clockTime, zone);
    if (moment <= now) continue;
    // Day 0 of the epoch was a Thursday.
    if (every === "weeks" && weekDay !== null && (day + 3) % 7 !== weekDay) continue;
    return moment + (every === "days" ? (count - 1) * 24 * HOUR : (count - 1) * 7 * 24 * HOUR);
  }
}
