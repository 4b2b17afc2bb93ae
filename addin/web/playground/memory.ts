/** What GraphiQL remembers from visit to visit: queries, variables, the history. Never a header, never the key. */

import { MASK } from "./key.ts";

/**
 * A storage that keeps everything but headers, which GraphiQL's history would otherwise keep whatever its settings say.
 * Should the key stand anywhere else, in a query say, it is masked. Where the browser keeps nothing, neither does this.
 */
export function memory(kept: Storage | null, key: () => string | null): Storage {
  return {
    get length() {
      return kept?.length ?? 0;
    },
    key: (index) => kept?.key(index) ?? null,
    getItem: (name) => kept?.getItem(name) ?? null,
    removeItem: (name) => kept?.removeItem(name),
    clear: () => {
      for (const name of Object.keys(kept ?? {})) if (name.startsWith(NAMESPACE)) kept?.removeItem(name);
    },
    setItem: (name, value) => {
      if (name !== `${NAMESPACE}headers`) kept?.setItem(name, harmless(name, value, key()));
    },
  };
}

const NAMESPACE = "graphiql:";

/** Where GraphiQL keeps lists of requests with their headers; all else that it keeps is text as it was typed. */
const LISTS = new Set(["tabState", "queries", "favorites"].map((name) => NAMESPACE + name));

/** What may be kept under a name: no headers, and no key. */
export function harmless(name: string, text: string, key: string | null): string {
  const bare = LISTS.has(name) ? withoutHeaders(text) : text;
  return key === null ? bare : bare.replaceAll(key, MASK);
}

function withoutHeaders(text: string): string {
  return JSON.stringify(JSON.parse(text), (name, value: unknown) => (name === "headers" ? null : value));
}
