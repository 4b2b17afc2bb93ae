/* ScriptApp and Session: the script itself, its triggers, and who runs it. */
import { Fault } from "../cloud/faults.js";
import { constants, Service } from "./membrane.js";

/**
 * @typedef {import("./worker.js").Call} Call @typedef {import("./worker.js").World} World
 * @typedef {import("../cloud/triggers.js").Timing} Timing @typedef {import("../cloud/triggers.js").Trigger} Given
 */

const EVENTS = constants("CLOCK", "ON_OPEN", "ON_EDIT", "ON_FORM_SUBMIT", "ON_CHANGE");
const SOURCES = constants("SPREADSHEETS", "CLOCK", "FORMS", "DOCUMENTS", "CALENDAR");
const MODES = constants("NONE", "CUSTOM_FUNCTION", "LIMITED", "FULL");
const DAYS = constants("MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY");
const MINUTES = [1, 5, 10, 15, 30];
const HOURS = [1, 2, 4, 6, 8, 12];

export class Trigger extends Service {
  static service = "ScriptApp.Trigger";
  #function;

  /** @param {string} id @param {string} functionName */
  constructor(id, functionName) {
    super();
    this.id = id;
    this.#function = functionName;
  }

  getUniqueId() {
    return this.id;
  }

  getHandlerFunction() {
    return this.#function;
  }

  getEventType() {
    return EVENTS.CLOCK;
  }

  getTriggerSource() {
    return SOURCES.CLOCK;
  }

  getTriggerSourceId() {
    return null;
  }
}

export class ClockTriggerBuilder extends Service {
  static service = "ScriptApp.ClockTriggerBuilder";
  static takes = {
    everyMinutes: ["Integer"],
    everyHours: ["Integer"],
    everyDays: ["Integer"],
    everyWeeks: ["Integer"],
    onWeekDay: ["Any"],
    atHour: ["Integer"],
    nearMinute: ["Integer"],
    inTimezone: ["String"],
    after: ["Integer"],
    at: ["Date"],
  };
  /** @type {Timing} */
  timing;

  /** @param {Call} call @param {string} functionName @param {string} zone @param {() => number} now */
  constructor(call, functionName, zone, now) {
    super();
    this.call = call;
    this.now = now;
    this.timing = {
      function: functionName,
      every: null,
      count: 1,
      hour: null,
      minute: null,
      weekDay: null,
      after: null,
      zone,
    };
  }

  /** @param {number} count */
  everyMinutes(count) {
    if (!MINUTES.includes(count))
      throw new Fault("The value you passed to everyMinutes was invalid. It must be one of 1, 5, 10, 15 or 30.");
    return this.#set({ every: "minutes", count });
  }

  /** @param {number} count */
  everyHours(count) {
    if (!HOURS.includes(count))
      throw new Fault("The value you passed to everyHours was invalid. It must be one of 1, 2, 4, 6, 8 or 12.");
    return this.#set({ every: "hours", count });
  }

  /** @param {number} count */
  everyDays(count) {
    return this.#set({ every: "days", count });
  }

  /** @param {number} count */
  everyWeeks(count) {
    return this.#set({ every: "weeks", count });
  }

  /** @param {Service} day */
  onWeekDay(day) {
    return this.#set({ every: "weeks", weekDay: Object.keys(DAYS).indexOf(String(day)) });
  }

  /** @param {number} hour */
  atHour(hour) {
    if (hour < 0 || hour > 23) throw new Fault("The hour must be between 0 and 23.");
    return this.#set({ hour });
  }

  /** @param {number} minute */
  nearMinute(minute) {
    return this.#set({ minute });
  }

  /** @param {string} zone */
  inTimezone(zone) {
    return this.#set({ zone });
  }

  /** @param {number} milliseconds */
  after(milliseconds) {
    return this.#set({ after: milliseconds });
  }

  /** @param {Date} date */
  at(date) {
    return this.#set({ after: date.getTime() - this.now() });
  }

  create() {
    return new Trigger(this.call("triggers.add", this.timing), this.timing.function);
  }

  /** @param {Partial<Timing>} more */
  #set(more) {
    this.timing = { ...this.timing, ...more };
    return this;
  }
}

export class TriggerBuilder extends Service {
  static service = "ScriptApp.TriggerBuilder";

  /** @param {() => ClockTriggerBuilder} clock */
  constructor(clock) {
    super();
    this.clock = clock;
  }

  timeBased() {
    return this.clock();
  }
}

export class ScriptApp extends Service {
  static service = "ScriptApp";
  static takes = { newTrigger: ["String"], deleteTrigger: ["Trigger"] };
  AuthMode = MODES;
  EventType = EVENTS;
  TriggerSource = SOURCES;
  WeekDay = DAYS;

  /** @param {Call} call @param {World} world @param {() => number} now */
  constructor(call, world, now) {
    super();
    this.call = call;
    this.world = world;
    this.now = now;
  }

  getScriptId() {
    return this.world.scriptId;
  }

  /** Null where the manifest's scopes have no `openid`. */
  getIdentityToken() {
    return this.world.oauthScopes?.includes("openid") ? this.call("identityToken") : null;
  }

  getOAuthToken() {
    return "ya29.host-of-our-own-making";
  }

  /** @param {string} functionName */
  newTrigger(functionName) {
    return new TriggerBuilder(() => new ClockTriggerBuilder(this.call, functionName, this.world.scriptZone, this.now));
  }

  getProjectTriggers() {
    return this.call("triggers.all").map((/** @type {Given} */ one) => new Trigger(one.id, one.function));
  }

  /** @param {Trigger} trigger */
  deleteTrigger(trigger) {
    this.call("triggers.remove", trigger.id);
  }
}

export class User extends Service {
  static service = "Base.User";
  #email;

  /** @param {string} email */
  constructor(email) {
    super();
    this.#email = email;
  }

  getEmail() {
    return this.#email;
  }

  /** @override */
  toString() {
    return this.#email;
  }
}

export class Session extends Service {
  static service = "Session";
  #world;

  /** @param {World} world */
  constructor(world) {
    super();
    this.#world = world;
  }

  getActiveUser() {
    return new User(this.#world.user);
  }

  getEffectiveUser() {
    return new User(this.#world.user);
  }

  getActiveUserLocale() {
    return this.#world.userLocale;
  }

  getScriptTimeZone() {
    return this.#world.scriptZone;
  }

  getTemporaryActiveUserKey() {
    return this.#world.temporaryKey;
  }
}
