/** A request as the command that sends it, in the form of the vendor's documentation. */

import { type Headers, holdsKey, KEY_HEADER, MASK, masked } from "./key.ts";

export interface Question {
  readonly query: string;
  readonly variables?: Record<string, unknown>;
  readonly operationName?: string;
}

/** The command for a POSIX shell; the key of the headers is masked. */
export function curl(endpoint: string, question: Question, headers: Headers): string {
  const sent: Headers = {
    "Accept-Encoding": "gzip, deflate, br",
    "Content-Type": "application/json",
    Accept: "application/json",
    Connection: "keep-alive",
    DNT: "1",
    Origin: new URL(endpoint).origin,
  };
  for (const [name, value] of Object.entries(masked(headers))) {
    const documented = Object.keys(sent).find((known) => known.toLowerCase() === name.toLowerCase());
    sent[documented ?? name] = value;
  }
  if (!Object.keys(headers).some(holdsKey)) sent[KEY_HEADER] = MASK;
  const words = Object.entries(sent).map(([name, value]) => `-H ${quoted(`${name}: ${value}`)}`);
  return `curl ${quoted(endpoint)} ${words.join(" ")} --data-binary ${quoted(body(question))} --compressed`;
}

/** The body of a request: variables and the operation's name only where there are some. */
export function body({ query, variables, operationName }: Question): string {
  const some = variables !== undefined && Object.keys(variables).length > 0;
  return JSON.stringify({ query, ...(some && { variables }), ...(operationName !== undefined && { operationName }) });
}

/** A word that a POSIX shell takes as it is. Between single quotes nothing is special but the single quote itself. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
