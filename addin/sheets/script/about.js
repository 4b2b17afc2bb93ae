/**
 * TVox Tables for Google Sheets: paste the whole file into Extensions > Apps Script, save, and reload the sheet.
 *
 * The functions that cells call stand first. Names that end with _ are the script's own: Google lets nobody call them
 * from a cell, a menu or a sidebar.
 *
 * @OnlyCurrentDoc
 */

/** The service that this script asks, and no other. */
const SERVICE = "%ADDRESS%";

/** The release of the service that this script came with. */
const RELEASE = "%RELEASE%";

/** When this execution began: each begins with the whole file. */
const STARTED = Date.now();

/** Milliseconds in which a formula has to have its result. Google stops it after 30 s and shows no sentence of ours. */
const FORMULA_TIME = 26000;

/** Seconds for which the service may hold a question whose months are missing. */
const WAIT = 15;

/** Milliseconds for which a question is one formula's business; longer than WAIT, so that it has its answer by then. */
const CLAIM_TIME = 20000;

/** Minutes for which an answer is as good as new, unless the sidebar or a formula says otherwise. */
const CACHE_MINUTES = 10;

/** Minutes after which the stamp moves by itself, unless the sidebar says otherwise. */
const REFRESH_MINUTES = 60;

/** Rows that a formula asks for at once. */
const FORMULA_ROWS = 10000;

/** Cells of a formula's result. Google says no limit; results of half a million have been seen to fail. */
const FORMULA_CELLS = 250000;

/** Letters that a cell can hold. */
const CELL_LETTERS = 50000;

/** Letters of an address that Google fetches. */
const ADDRESS_LETTERS = 2000;
