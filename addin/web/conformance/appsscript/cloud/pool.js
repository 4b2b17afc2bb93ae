/* The threads in which scripts run: one execution at a time in each, in a global scope of its own. */
import { MessageChannel, Worker } from "node:worker_threads";
import { Fault } from "./faults.js";

/**
 * @typedef {import("./execution.js").Execution} Execution
 * @typedef {import("./execution.js").Outcome} Outcome
 * @typedef {(execution: Execution, method: string, args: unknown[]) => unknown} Answering
 * `waits`: its execution waits for an answer that takes its time.
 * @typedef {{ worker: Worker, waits: boolean, port: import("node:worker_threads").MessagePort, signal: Int32Array, code: unknown,
 *   execution: Execution | null, runaway: NodeJS.Timeout | null, end: (outcome: Outcome) => void }} Thread
 * @typedef {Record<string, unknown>} Job what the isolate is told: see isolate/worker.js
 */

const PROGRAM = new URL("../isolate/worker.js", import.meta.url);

/** Real milliseconds of JavaScript without a word to a service, after which a script is held to be in a loop. */
const RUNAWAY = 60_000;

/** Threads that compute at the same time: more than there are processors, fewer than it takes to starve them. */
const COMPUTING = 4;

export class Pool {
  /** @type {Thread[]} */
  #idle = [];
  /** @type {Set<Thread>} */
  #all = new Set();
  /** Executions that begin as soon as another waits or ends. @type {(() => void)[]} */
  #queue = [];

  /** @param {import("./clock.js").Clock} clock @param {Answering} answering */
  constructor(clock, answering) {
    this.clock = clock;
    this.answering = answering;
  }

  /**
   * Run a function of a code in a scope of its own.
   * @param {Execution} execution @param {{ text: string }} code @param {Job} job @returns {Promise<Outcome>}
   */
  run(execution, code, job) {
    return new Promise((resolve) => {
      this.#queue.push(() => this.#begin(execution, code, job, resolve));
      this.#next();
    });
  }

  // Starting a thread costs more than most executions do: one that is done takes the next of them.
  #next() {
    const computing = [...this.#all].filter((thread) => thread.execution && !thread.waits).length;
    if (computing < COMPUTING) this.#queue.shift()?.();
  }

  /** @param {Execution} execution @param {{ text: string }} code @param {Job} job @param {(outcome: Outcome) => void} resolve */
  #begin(execution, code, job, resolve) {
    const thread = this.#idle.pop() ?? this.#open();
    thread.runaway = setTimeout(() => execution.expire(), RUNAWAY).unref();
    thread.execution = execution;
    thread.end = (outcome) => {
      clearTimeout(thread.runaway ?? undefined);
      thread.execution = null;
      resolve(outcome);
      this.#next();
    };
    execution.expire = () => this.#expire(thread);
    if (thread.code !== code) thread.worker.postMessage({ code: (thread.code = code) });
    thread.worker.postMessage({ job });
  }

  // No `catch` or `finally` of the script runs: as at Google, it is simply no more.
  /** @param {Thread} thread */
  #expire(thread) {
    this.#all.delete(thread);
    const message = "Exceeded maximum execution time";
    void thread.worker.terminate();
    thread.end({ failure: { name: "Exception", message, line: null, said: message } });
  }

  #open() {
    const { port1: port, port2 } = new MessageChannel();
    const signal = new Int32Array(new SharedArrayBuffer(4));
    const workerData = { port: port2, signal, clock: this.clock.shared };
    // A script that prints does it in its log: nothing of a worker's reaches the driver's lines.
    const worker = new Worker(PROGRAM, { workerData, transferList: [port2], stdout: true });
    /** @type {Thread} */
    const thread = { worker, port, signal, waits: false, code: null, execution: null, runaway: null, end: () => {} };
    this.#all.add(thread);
    port.on("message", (asked) => void this.#answer(thread, asked));
    worker.on("message", (/** @type {Outcome} */ outcome) => {
      this.#idle.push(thread);
      thread.end(outcome);
    });
    worker.on("error", (failure) => {
      this.#all.delete(thread);
      const message = `the host itself failed: ${failure.stack ?? failure}`;
      thread.end({ failure: { name: "HostError", message, line: null, said: message } });
    });
    return thread;
  }

  /** @param {Thread} thread @param {{ method: string, args: unknown[] }} asked */
  async #answer(thread, { method, args }) {
    const { execution, port, signal } = thread;
    if (!execution) return;
    let answer;
    try {
      const answering = this.answering(execution, method, args);
      thread.waits = answering instanceof Promise;
      if (thread.waits) this.#next();
      answer = { value: await answering };
    } catch (failure) {
      if (failure instanceof Fault) answer = { fault: { name: failure.name, message: failure.message } };
      else answer = { broken: failure instanceof Error ? failure.stack : String(failure) };
    }
    if (thread.execution !== execution) return;
    thread.waits = false;
    thread.runaway?.refresh();
    port.postMessage(answer);
    Atomics.store(signal, 0, 1);
    Atomics.notify(signal, 0);
  }

  async close() {
    for (const { port } of this.#all) port.close();
    await Promise.all([...this.#all].map(({ worker }) => worker.terminate()));
  }
}
