/*
 * Answers in Google's cache, which holds 100 kB a value and 1,000 values, and may lose any of them at any time.
 *
 * An answer is one entry, and beside it pieces of its text where that is long: whole, or not at all. The entry says
 * when the answer was asked for with which stamp, and stays when that is long ago: with its tag, asking anew costs nothing
 * where nothing has changed.
 */

/**
 * An answer: JSON as text, the types of its columns, and the tag by which the service knows it.
 * @typedef {{ text: string, types: string, etag: string }} Answer
 *
 * `seen`: when it was asked for, by stamp. `version` names its pieces, of which there are `pieces`; with none the text is
 * in `text`. Texts are gzip in base64.
 * @typedef {{ etag: string, types: string, seen: Record<string, number>, version: string, pieces: number, text: string }} Entry
 *
 * What is said in the place of an answer for a few seconds: that it is loading, or why there is none.
 * @typedef {{ loading?: string, refusal?: string }} Word
 */

const CACHE_SECONDS = 21600;
const CACHE_PIECE = 90000;
const CACHE_PIECES = 60;
const STAMPS = 8;

/** Seconds for which a refusal answers formulas that ask the same: those that are worked out together. */
const WORD_SECONDS = 10;

/** @returns {GoogleAppsScript.Cache.Cache} */
function cache_() {
  return CacheService.getDocumentCache() || CacheService.getScriptCache();
}

/**
 * What the cache knows of a question.
 * @param {string} name @param {string} stamp
 * @returns {{ entry: Entry | null, word: Word | null }}
 */
function known_(name, stamp) {
  const found = /** @type {Record<string, string | undefined>} */ (cache_().getAll([name, `${name}.${stamp}`]));
  const entry = found[name];
  const word = found[`${name}.${stamp}`];
  return { entry: entry ? JSON.parse(entry) : null, word: word ? JSON.parse(word) : null };
}

/**
 * The answer of an entry; null where a piece of it is lost.
 * @param {string} name @param {Entry} entry
 * @returns {Answer | null}
 */
function answerOf_(name, entry) {
  let text = entry.text;
  if (entry.pieces > 0) {
    const names = pieceNames_(name, entry);
    const found = /** @type {Record<string, string | undefined>} */ (cache_().getAll(names));
    const pieces = names.map((one) => found[one]);
    if (pieces.includes(undefined)) return null;
    text = pieces.join("");
  }
  const unpacked = Utilities.ungzip(Utilities.newBlob(Utilities.base64Decode(text), "application/x-gzip"));
  return { text: unpacked.getDataAsString("UTF-8"), types: entry.types, etag: entry.etag };
}

/**
 * Keeps an answer that was asked for now.
 * @param {string} name @param {string} stamp @param {Answer} answer @param {Entry | null} before what it replaces
 */
function keep_(name, stamp, answer, before) {
  const packed = Utilities.base64Encode(Utilities.gzip(Utilities.newBlob(answer.text, "application/json")).getBytes());
  const count = packed.length > CACHE_PIECE / 2 ? Math.ceil(packed.length / CACHE_PIECE) : 0;
  if (count > CACHE_PIECES) return;
  /** @type {Entry} */
  const entry = {
    etag: answer.etag,
    types: answer.types,
    seen: seen_(before, stamp),
    version: Utilities.getUuid().slice(0, 8),
    pieces: count,
    text: count ? "" : packed,
  };
  if (count) {
    /** @type {Record<string, string>} */
    const pieces = {};
    pieceNames_(name, entry).forEach((one, place) => {
      pieces[one] = packed.slice(place * CACHE_PIECE, (place + 1) * CACHE_PIECE);
    });
    cache_().putAll(pieces, CACHE_SECONDS);
  }
  cache_().put(name, JSON.stringify(entry), CACHE_SECONDS);
}

/**
 * Notes that an answer is still the right one.
 * @param {string} name @param {string} stamp @param {Entry} entry
 */
function renew_(name, stamp, entry) {
  cache_().put(name, JSON.stringify({ ...entry, seen: seen_(entry, stamp) }), CACHE_SECONDS);
}

/**
 * Keeps a word for those who ask the same now.
 * @param {string} name @param {string} stamp @param {Word} word
 */
function keepWord_(name, stamp, word) {
  cache_().put(`${name}.${stamp}`, JSON.stringify(word), WORD_SECONDS);
}

/** @param {Entry | null} before @param {string} stamp */
function seen_(before, stamp) {
  const others = Object.entries(before ? before.seen : {}).filter(([one]) => one !== stamp);
  const latest = others.sort((one, two) => two[1] - one[1]).slice(0, STAMPS - 1);
  return Object.fromEntries([[stamp, Date.now()], ...latest]);
}

/** @param {string} name @param {Entry} entry */
function pieceNames_(name, entry) {
  return Array.from({ length: entry.pieces }, (_, place) => `${name}.${entry.version}.${place}`);
}

/** A short name of any text. @param {string} text */
function digest_(text) {
  const bytes = Utilities.computeDigest(Utilities.DigestAlgorithm.SHA_256, text, Utilities.Charset.UTF_8);
  return Utilities.base64EncodeWebSafe(bytes).slice(0, 27);
}
