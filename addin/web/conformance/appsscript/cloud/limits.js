/*
 * Google's limits, as its pages on quotas and on each service say them. Those marked (observed) are in no page of
 * Google's; people have met them, and where they tell of different figures, the smallest stands here.
 */
const KB = 1024;
const MINUTE = 60_000;

export const DAY = 24 * 60 * MINUTE;

export const LIMITS = {
  /** Milliseconds that an execution may take. */
  customFunction: 30_000,
  simpleTrigger: 30_000,
  execution: 6 * MINUTE,
  /** Executions of one user at the same time. */
  simultaneous: 30,
  /** Milliseconds of Utilities.sleep at once. */
  sleep: 5 * MINUTE,

  cacheKey: 250,
  cacheValue: 100 * KB,
  cacheItems: 1000,
  /** Of 1,000 items that are too many, so many stay: those that would expire last. */
  cacheItemsKept: 900,
  cacheSeconds: 21_600,
  cacheSecondsUnsaid: 600,

  propertyValue: 9 * KB,
  propertyStore: 500 * KB,
  propertyCalls: 50_000,

  fetchCalls: 20_000,
  fetchUrl: 2 * KB,
  fetchHeaders: 100,
  fetchHeaderBytes: 8 * KB,
  fetchPayload: 50 * KB * KB,
  fetchResponse: 50 * KB * KB,
  /** Milliseconds (observed). */
  fetchTime: MINUTE,
  /** Of an error's body, before "..." (observed). */
  fetchExcerpt: 147,

  triggers: 20,
  /** Milliseconds of all triggers' executions in a day. */
  triggerTime: 90 * MINUTE,

  cellCharacters: 50_000,
  workbookCells: 10_000_000,
  columns: 18_278,
  /** Of one custom function's result: 493,952 were too many (observed; Google gives no figure). */
  resultCells: 493_951,
};
