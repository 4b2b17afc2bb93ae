/*
 * A thread of the pool. Each job is a call of one function in a context made for it: the code text is evaluated there
 * anew, over the services, and nothing of it is left when the call has ended.
 *
 * A job: `functionName`, `args`, `kind` of execution, `id`, and `world`, what the services need to know of the host.
 */
import { parentPort, receiveMessageOnPort, workerData } from "node:worker_threads";
import vm from "node:vm";
import { Fault } from "../cloud/faults.js";
import { Membrane, Service } from "./membrane.js";
import { services } from "./services.js";

/**
 * @typedef {import("../cloud/execution.js").Kind} Kind
 * @typedef {{ scriptZone: string, oauthScopes: string[] | null, user: string, userLocale: string,
 *   temporaryKey: string, scriptId: string }} World
 * @typedef {{ functionName: string, args: unknown[], kind: Kind, id: number, world: World }} Job
 * @typedef {(method: string, ...args: unknown[]) => any} Call asks the services' state, and waits
 */

const { port, signal, clock } =
  /** @type {{ port: import("node:worker_threads").MessagePort, signal: Int32Array, clock: BigInt64Array }} */ (
    workerData
  );

/** @type {vm.Script} */
let code;

const now = () => Number(Atomics.load(clock, 0));

/** @type {Call} */
function call(method, ...args) {
  port.postMessage({ method, args });
  Atomics.wait(signal, 0, 0);
  Atomics.store(signal, 0, 0);
  let found = receiveMessageOnPort(port);
  // A busy machine has been seen to wake this thread a moment before the message is there.
  while (!found) {
    Atomics.wait(signal, 0, 0, 1);
    found = receiveMessageOnPort(port);
  }
  const { value, fault, broken } = found.message;
  if (fault) throw new Fault(fault.message, fault.name);
  if (broken) throw new Error(`the host failed at ${method}: ${broken}`);
  return value;
}

const CLOCKED = new vm.Script(`(now) => {
  const Real = Date;
  globalThis.Date = new Proxy(Real, {
    construct: (_, given, made) => Reflect.construct(Real, given.length ? given : [now()], made === Date ? Real : made),
    apply: () => new Real(now()).toString(),
    get: (_, name) => (name === "now" ? now : Real[name]),
  });
  Real.prototype.constructor = Date;
  return { Date: Real, Array, Object, Error, TypeError };
}`);

/** @param {Job} job @returns {import("../cloud/execution.js").Outcome} */
function run({ functionName, args, kind, world }) {
  const context = vm.createContext({}, { codeGeneration: { strings: true, wasm: true } });
  // Node's own contexts have things that Google's have not.
  for (const name of ["WebAssembly", "SharedArrayBuffer", "Atomics"])
    vm.runInContext(`delete globalThis.${name}`, context);
  const realm = CLOCKED.runInContext(context)(now);
  const membrane = new Membrane(realm, kind, world.oauthScopes);
  for (const [name, service] of Object.entries(services(call, world, now))) context[name] = membrane.out(service);
  try {
    code.runInContext(context);
    const called = context[functionName];
    if (typeof called !== "function") throw new Fault(`Script function not found: ${functionName}`);
    const value = membrane.in(
      called.apply(
        context,
        args.map((arg) => membrane.out(arg)),
      ),
    );
    return { value: sendable(value, kind) };
  } catch (failure) {
    return { failure: told(failure) };
  }
}

/**
 * A returned value as it leaves the isolate. Of a menu's item or a trigger nobody takes it, whatever it is.
 * @param {unknown} value @param {Kind} kind @returns {unknown}
 */
function sendable(value, kind) {
  if (typeof value === "function" || typeof value === "symbol" || value instanceof Service) {
    const is = value instanceof Service ? value.toString() : typeof value;
    if (kind === "customFunction" || kind === "sidebar") throw new Fault(`A ${is} cannot be returned.`, "TypeError");
    return null;
  }
  if (Array.isArray(value)) return value.map((one) => sendable(one, kind));
  if (Object.prototype.toString.call(value) !== "[object Object]") return structuredClone(value);
  const fields = Object.entries(/** @type {object} */ (value));
  return Object.fromEntries(fields.map(([name, one]) => [name, sendable(one, kind)]));
}

/** @param {any} failure whatever a script has thrown @returns {import("../cloud/execution.js").Failure} */
function told(failure) {
  const isError = failure !== null && typeof failure === "object" && "message" in failure;
  const name = isError ? String(failure.name) : "Error";
  const message = isError ? String(failure.message) : String(failure);
  const at = /Code\.gs:(\d+)/.exec(isError ? String(failure.stack) : "");
  const said = isError ? `${name}: ${message}` : message;
  const line = at ? Number(at[1]) : null;
  return { name, message, line, said: line ? `${said} (line ${line}).` : said };
}

parentPort?.on("message", (/** @type {{ code?: { text: string }, job?: Job }} */ message) => {
  if (message.code) code = new vm.Script(message.code.text, { filename: "Code.gs" });
  if (message.job) parentPort?.postMessage(run(message.job));
});
