/* What the global scope of a script has beside the language. */
import { HtmlService } from "./html.js";
import { Console, Logger } from "./logging.js";
import { ScriptApp, Session } from "./scripting.js";
import { SpreadsheetApp } from "./spreadsheet.js";
import { CacheService, LockService, PropertiesService } from "./stores.js";
import { UrlFetchApp } from "./urlfetch.js";
import { Utilities } from "./utilities.js";

/**
 * @param {import("./worker.js").Call} call @param {import("./worker.js").World} world @param {() => number} now
 * @returns {Record<string, import("./membrane.js").Service>}
 */
export const services = (call, world, now) => ({
  CacheService: new CacheService(call),
  HtmlService: new HtmlService(),
  LockService: new LockService(call),
  Logger: new Logger(call),
  PropertiesService: new PropertiesService(call),
  ScriptApp: new ScriptApp(call, world, now),
  Session: new Session(world),
  SpreadsheetApp: new SpreadsheetApp(call),
  UrlFetchApp: new UrlFetchApp(call),
  Utilities: new Utilities(call),
  console: new Console(call),
});
