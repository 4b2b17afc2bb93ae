/** What the service says: asked for by one function, read as sentences. */

import type { GraphiQLProvider } from "@graphiql/react";
import type { ComponentProps } from "react";
import { body, type Question } from "./curl.ts";
import { type Headers, keyOf } from "./key.ts";
import { type Say, WANTED } from "./notice.ts";

type Fetcher = ComponentProps<typeof GraphiQLProvider>["fetcher"];

interface Fault {
  readonly message: string;
  readonly extensions?: { readonly code?: string; readonly hint?: string | null };
}

export interface Answer {
  readonly data?: unknown;
  readonly errors?: readonly Fault[];
}

/** The name under which GraphiQL asks for the schema. */
export const SCHEMA = "IntrospectionQuery";

/** How GraphiQL asks: whatever becomes of the schema, the page says it in a sentence. */
export function fetcher(endpoint: string, say: Say): Fetcher {
  const schema = async (question: Question, headers: Headers): Promise<Answer> => {
    if (keyOf(headers) === null) {
      say(WANTED);
      return NO_SCHEMA;
    }
    const answer = await ask(endpoint, question, headers);
    const wrong = sentence(answer);
    say(wrong === null ? null : { tone: "wrong", text: wrong });
    return wrong === null ? answer : NO_SCHEMA;
  };
  const asked = (question: Question, headers: Headers): Promise<Answer> =>
    question.operationName === SCHEMA ? schema(question, headers) : ask(endpoint, question, headers);
  return (question, options) => asked(question as Question, options?.headers ?? {}) as ReturnType<Fetcher>;
}

/** GraphiQL shows what is no schema in place of the query's result, as JSON. This has no JSON, so nothing is shown. */
const NO_SCHEMA: Answer & { toJSON: () => undefined } = { data: null, toJSON: () => undefined };

/** The answer to a question. It never throws: what went wrong on the way is an error of the answer. */
export async function ask(endpoint: string, question: Question, headers: Headers): Promise<Answer> {
  try {
    const response = await fetch(endpoint, {
      method: "POST",
      headers: { Accept: "application/json", "Content-Type": "application/json", ...headers },
      body: body(question),
      credentials: "omit", // else a browser that is refused asks for a user and a password itself
      cache: "no-store",
    });
    return read(response.status, await response.text());
  } catch (failure) {
    return { errors: [{ message: `The service cannot be reached (${failure}). See that it runs, then try again.` }] };
  }
}

/** An answer from its text. */
export function read(status: number, text: string): Answer {
  try {
    const answer: unknown = JSON.parse(text);
    if (isAnswer(answer)) return answer;
  } catch {
    // A proxy, say, has answered with a page of its own.
  }
  return { errors: [{ message: `The service gave no answer that can be read (status ${status}).` }] };
}

/** What is wrong, and what may help; null where nothing is. */
export function sentence(answer: Answer): string | null {
  const fault = answer.errors?.[0];
  if (fault === undefined) return null;
  const hint = fault.extensions?.hint;
  return hint ? `${fault.message} ${hint}` : fault.message;
}

function isAnswer(value: unknown): value is Answer {
  if (typeof value !== "object" || value === null) return false;
  return ("errors" in value && Array.isArray(value.errors)) || "data" in value;
}
