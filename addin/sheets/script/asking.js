/*
 * A question becomes an answer: from the cache, or from the service, where one formula asks and all others with the same
 * question wait for it. Formulas are worked out at the same time, each in an execution of its own.
 */

/** @typedef {Answer & { loading?: undefined } | { loading: string }} Answered */

/** Milliseconds that a formula needs to read an answer and return it. */
const RESERVE = 4000;

/**
 * The answer to a question, or the sentence that it is loading. Throws a sentence where there is none.
 * @param {Question} question @param {unknown} given the stamp, any value
 * @returns {Answered}
 */
function answered_(question, given) {
  if (!session_().token) {
    throw new Error(
      "Nobody is signed in: open TVox > Open the sidebar and give your key there, once for this document.",
    );
  }
  const stamp = stampOf_(given);
  const name = nameOf_(question);
  const minutes = question.minutes === null ? settings_().cacheMinutes : question.minutes;
  for (;;) {
    const known = fresh_(name, stamp, minutes);
    if (known) return known;
    const claim = claimed_(name);
    if (claim) {
      try {
        // Somebody may have been done between the look and the claim.
        return fresh_(name, stamp, minutes) || asked_(question, name, stamp, isBlank_(given));
      } catch (failure) {
        keepWord_(name, stamp, { refusal: sentenceOf_(failure) });
        throw failure;
      } finally {
        unclaim_(name, claim);
      }
    }
    if (left_() < RESERVE) return { loading: waiting_("loading, another cell asks the same …", isBlank_(given)) };
    Utilities.sleep(200 + Math.floor(Math.random() * 200));
  }
}

/**
 * What the cache answers, null where it is to be asked for.
 * @param {string} name @param {string} stamp @param {number} minutes
 * @returns {Answered | null}
 */
function fresh_(name, stamp, minutes) {
  const { entry, word } = known_(name, stamp);
  const at = entry ? entry.seen[stamp] : undefined;
  // What was asked for while this formula waited is new, whatever its minutes are.
  if (entry && at !== undefined && (at >= STARTED || Date.now() - at < minutes * 60000)) {
    const answer = answerOf_(name, entry);
    if (answer) return answer;
  }
  if (word && word.refusal !== undefined) throw new Error(word.refusal);
  return word && word.loading !== undefined ? { loading: word.loading } : null;
}

/**
 * Asks the service, and keeps what it says.
 * @param {Question} question @param {string} name @param {string} stamp @param {boolean} isStampless
 * @returns {Answered}
 */
function asked_(question, name, stamp, isStampless) {
  const { entry } = known_(name, stamp);
  const before = entry && entry.etag ? answerOf_(name, entry) : null;
  const reply = awaited_(question, name, before ? before.etag : "");
  if (reply.status === 304 && entry && before) {
    renew_(name, stamp, entry);
    return before;
  }
  if (reply.status === 202) {
    const loading = waiting_(loading_(name, JSON.parse(reply.text)), isStampless);
    keepWord_(name, stamp, { loading });
    return { loading };
  }
  if (reply.status !== 200) throw new Error(refusal_(reply));
  const answer = whole_(question, {
    text: reply.text,
    types: reply.headers["x-column-types"] || "",
    etag: reply.headers["etag"] || "",
  });
  keep_(name, stamp, answer, entry);
  return answer;
}

/**
 * The reply to a question, from its job where one is under way, and asked again where the service wants a moment.
 * @param {Question} question @param {string} name @param {string} etag
 * @returns {Reply}
 */
function awaited_(question, name, etag) {
  const job = jobReply_(name, question);
  if (job) return job;
  for (;;) {
    const reply = ask_(question.path, sending_(question, etag));
    const seconds = Number(reply.headers["retry-after"]);
    const isBusy = reply.status === 429 || reply.status === 503;
    if (!isBusy || !(seconds >= 0) || seconds * 1000 > left_() - RESERVE - 2000) return reply;
    Utilities.sleep(Math.max(seconds * 1000, 500));
  }
}

/**
 * @param {Question} question @param {string} etag
 * @returns {Sending}
 */
function sending_(question, etag) {
  const asked = { ...question.parameters };
  if (question.path.endsWith(".grid") && asked["data"] === undefined) asked["wait"] = waitOf_(question);
  if (isPaged_(question)) asked["limit"] = String(FORMULA_ROWS + 1);
  const headers = etag ? { "If-None-Match": etag } : {};
  return question.post ? { method: "post", body: asked, headers } : { asked, headers };
}

/**
 * Seconds for which the service may hold a question: those that are left, or fewer where the formula says so.
 * @param {Question} question
 */
function waitOf_(question) {
  const most = Math.max(0, Math.min(WAIT, Math.floor((left_() - RESERVE) / 1000) - 2));
  const wished = question.parameters["wait"];
  return String(wished !== undefined && Number(wished) >= 0 ? Math.floor(Math.min(Number(wished), most)) : most);
}

/**
 * The name under which everybody who asks the same finds the same answer.
 * @param {Question} question
 */
function nameOf_(question) {
  const pairs = Object.entries(question.parameters).sort();
  return `t${digest_(JSON.stringify([RELEASE, SERVICE, session_().id, question.path, question.zone, pairs]))}`;
}

/** @param {unknown} given any value that a cell can hold */
function stampOf_(given) {
  return isBlank_(given) ? "none" : digest_(JSON.stringify(given)).slice(0, 12);
}

/**
 * Takes a question as this formula's business; null where it is another's.
 * @param {string} name
 */
function claimed_(name) {
  const lock = LockService.getDocumentLock() || LockService.getScriptLock();
  if (!lock.tryLock(Math.max(1, Math.min(3000, left_() - RESERVE)))) return null;
  try {
    // A formula that Google has stopped takes nothing back: its claim ends by itself.
    const held = Number((cache_().get(`${name}.claim`) || "0").split(" ")[0]);
    if (held > Date.now()) return null;
    const claim = `${Date.now() + CLAIM_TIME} ${Utilities.getUuid()}`;
    cache_().put(`${name}.claim`, claim, Math.ceil(CLAIM_TIME / 1000));
    return claim;
  } finally {
    lock.releaseLock();
  }
}

/** @param {string} name @param {string} claim */
function unclaim_(name, claim) {
  if (cache_().get(`${name}.claim`) === claim) cache_().remove(`${name}.claim`);
}
