/*
 * Who may call what: custom functions run without authorization, simple triggers with little of it, and a manifest
 * that lists `oauthScopes` grants those only.
 */
import { Fault } from "../cloud/faults.js";

/** @typedef {import("../cloud/execution.js").Kind} Kind */

const AUTH = "https://www.googleapis.com/auth/";
const SHEETS = [`${AUTH}spreadsheets.currentonly`, `${AUTH}spreadsheets`];

/** Scopes, any of which a call needs: by service, or by its one method. @type {[RegExp, string[]][]} */
const NEEDS = [
  [/^UrlFetchApp\.(fetch|fetchAll)$/, [`${AUTH}script.external_request`]],
  [/^ScriptApp\.(newTrigger|getProjectTriggers|deleteTrigger|getUserTriggers)$/, [`${AUTH}script.scriptapp`]],
  [
    /^SpreadsheetApp\.getUi$|^Base\.Ui\.(showSidebar|showModalDialog|showModelessDialog)$/,
    [`${AUTH}script.container.ui`],
  ],
  [/^Session\.(getActiveUser|getEffectiveUser)$/, [`${AUTH}userinfo.email`]],
  [/^SpreadsheetApp(\.|$)/, SHEETS],
];

/** Of SpreadsheetApp, what only reads: all that a custom function may call. */
const READS = /^(get|is|to|name$|flush$|offset$)/;

/** What works without anybody's authorization, for simple triggers. */
const OPEN =
  /^(SpreadsheetApp|Base\.(Ui|Menu)|PropertiesService|CacheService|LockService|Utilities|HtmlService|Session|console|Logger)/;

/** @param {Kind} kind */
const simple = (kind) => kind === "open" || kind === "edit";

/**
 * @param {string} service @param {string} method @param {Kind} kind
 * @param {string[] | null} scopes the manifest's, null where it lists none
 * @throws {Fault}
 */
export function permitted(service, method, kind, scopes) {
  const called = `${service}.${method}`;
  const needed = NEEDS.find(([pattern]) => pattern.test(called))?.[1];
  const required = `Required permissions: ${(needed ?? []).join(" || ")}`;
  if (kind === "customFunction") {
    if (called === "SpreadsheetApp.getUi") throw new Fault("Cannot call SpreadsheetApp.getUi() from this context.");
    if (service.startsWith("ScriptApp") && needed)
      throw new Fault(`You do not have permission to call ${called}. ${required}`);
    if (/^ScriptApp\.(getIdentityToken|getOAuthToken)$/.test(called))
      throw new Fault(`You do not have permission to call ${called}`);
    if (service.startsWith("SpreadsheetApp") && !READS.test(method))
      throw new Fault(`You do not have permission to call ${method}`);
  }
  if (kind === "trigger" && called === "SpreadsheetApp.getUi")
    throw new Fault("Cannot call SpreadsheetApp.getUi() from this context.");
  if (simple(kind) && !OPEN.test(service)) throw new Fault(`You do not have permission to call ${called}. ${required}`);
  if (simple(kind) && /^Base\.Ui\.show/.test(called))
    throw new Fault(`You do not have permission to call ${called}. ${required}`);
  // It runs for nobody, so that Session has nothing to ask anybody for.
  if (kind === "customFunction" && service.startsWith("Session")) return;
  if (needed && scopes && !needed.some((scope) => scopes.includes(scope)))
    throw new Fault(`Specified permissions are not sufficient to call ${called}. ${required}`);
}
