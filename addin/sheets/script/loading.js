/*
 * Answers that take longer than a formula may: their jobs are remembered, and when one is done the stamp moves.
 */

/**
 * A job of the service that a formula waits for; `told` says when the stamp moved because it was done.
 * @typedef {{ job: string, at: number, told: number }} Waiting
 */

const WAITING = "tvox.loading.";

/** Milliseconds after which nobody asks for a result any more. */
const FORGOTTEN = 3600 * 1000;

/**
 * Remembers the job of a reply, and says how far it is.
 * @param {string} name of the question @param {any} told what the service says of the job
 */
function loading_(name, told) {
  const before = waitingOf_(name);
  if (!before || before.job !== told.id) keepWaiting_(name, { job: String(told.id), at: Date.now(), told: 0 });
  return progress_(told);
}

/** How far a job is. @param {any} told what the service says of it */
function progress_(told) {
  const { wanted, there } = told.months || {};
  return wanted > 0 && there < wanted
    ? `loading, ${there} of ${wanted} months …`
    : "loading, the rows are on their way …";
}

/**
 * @param {string} sentence @param {boolean} isStampless whether the formula has no stamp that could move
 */
function waiting_(sentence, isStampless) {
  return isStampless ? `${sentence} (with TVOX_STAMP as the last argument the table comes by itself)` : sentence;
}

/**
 * The reply that the job of a question has for it: 202 while it is under way. Null where there is none, or where the
 * question is to be asked again.
 * @param {string} name @param {Question} question
 * @returns {Reply | null}
 */
function jobReply_(name, question) {
  const waiting = waitingOf_(name);
  if (!waiting) return null;
  const path = `/jobs/${encodeURIComponent(waiting.job)}`;
  let failed = null;
  const status = ask_(path, { asked: { wait: waitOf_(question) } });
  if (status.status === 200) {
    const told = JSON.parse(status.text);
    if (told.state === "coming" || told.state === "making") return { ...status, status: 202 };
    failed = told.error;
    if (told.state === "ready" && told.result) {
      const reply = ask_(`${path}/result`);
      properties_().deleteProperty(WAITING + name);
      return reply.status === 200 ? reply : null;
    }
  }
  if (status.status >= 500) return status;
  properties_().deleteProperty(WAITING + name);
  if (failed) throw new Error(refusal_({ ...status, status: 502, text: JSON.stringify(failed) }));
  return null;
}

/** @param {string} name @returns {Waiting | null} */
function waitingOf_(name) {
  return JSON.parse(properties_().getProperty(WAITING + name) || "null");
}

/** @param {string} name @param {Waiting} waiting */
function keepWaiting_(name, waiting) {
  properties_().setProperty(WAITING + name, JSON.stringify(waiting));
}

/** All that is waited for, by name. @returns {Map<string, Waiting>} */
function allWaiting_() {
  const kept = properties_().getProperties();
  /** @type {Map<string, Waiting>} */
  const found = new Map();
  for (const name of Object.keys(kept)) {
    if (name.startsWith(WAITING)) found.set(name.slice(WAITING.length), JSON.parse(kept[name] || "null"));
  }
  return found;
}

/**
 * Looks whether anything that was loading is done, and moves the stamp then. Whether anything is still under way.
 * @returns {boolean}
 */
function lookAtLoading_() {
  const waiting = [...allWaiting_()];
  const old = waiting.filter(([, one]) => Date.now() - (one.told || one.at) > FORGOTTEN);
  for (const [name] of old) properties_().deleteProperty(WAITING + name);
  const open = waiting.filter((one) => one[1].told === 0 && !old.includes(one));
  const replies = askAll_(open.map(([, one]) => ({ path: `/jobs/${encodeURIComponent(one.job)}` })));
  let over = 0;
  open.forEach(([name, one], place) => {
    const reply = replies[place];
    if (!reply || reply.status >= 500 || isUnderWay_(reply)) return;
    over += 1;
    keepWaiting_(name, { ...one, told: Date.now() });
  });
  if (over) moveStamp_();
  return over < open.length;
}

/** @param {Reply} reply */
function isUnderWay_(reply) {
  return reply.status === 200 && ["coming", "making"].includes(JSON.parse(reply.text).state);
}
