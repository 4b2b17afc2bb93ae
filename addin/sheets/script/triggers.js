/*
 * What runs by itself: every five minutes, and every minute while something is under way.
 */

const PULSE = "tvoxPulse";
const WATCH = "tvoxWatch";

/** Runs every five minutes while the document is signed in: moves the stamp and refreshes pinned tables when it is time. */
function tvoxPulse() {
  if (!session_().token) return removeTriggers_();
  const { refreshMinutes } = settings_();
  // Half a minute less: triggers are not on the second, and five minutes late is late.
  if (refreshMinutes > 0 && Date.now() - stampMoved_() >= refreshMinutes * 60000 - 30000) moveStamp_();
  const isUnderWay = [...allWaiting_().values()].some((one) => one.told === 0);
  if (runPins_(duePins_()).isUnfinished || isUnderWay) trigger_(WATCH, 1);
}

/** Runs every minute while something is loading or being written, and then no more. */
function tvoxWatch() {
  if (!session_().token) return removeTriggers_();
  const isLoading = lookAtLoading_();
  const isUnfinished = hasRun_() && runPins_([]).isUnfinished;
  if (!isLoading && !isUnfinished) removeTriggers_(WATCH);
}

/** What a document needs that is signed in: the stamp, and the triggers where they are allowed. */
function begin_() {
  stampCell_();
  trigger_(PULSE, 5);
  // A formula cannot make a trigger: whatever it loads in the next minutes is looked after.
  trigger_(WATCH, 1);
}

/**
 * Has a function run every so many minutes.
 * @param {string} name @param {1 | 5} minutes
 */
function trigger_(name, minutes) {
  const triggers = ScriptApp.getProjectTriggers();
  if (triggers.some((one) => one.getHandlerFunction() === name)) return;
  ScriptApp.newTrigger(name).timeBased().everyMinutes(minutes).create();
}

/**
 * Removes the triggers of a function, or of all.
 * @param {string} [name]
 */
function removeTriggers_(name) {
  for (const one of ScriptApp.getProjectTriggers()) {
    const handler = one.getHandlerFunction();
    if (name === undefined ? handler === PULSE || handler === WATCH : handler === name) ScriptApp.deleteTrigger(one);
  }
}
