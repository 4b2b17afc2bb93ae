/** The key in the headers pane: found, put in its place, and masked where it is not to be seen. */

import { applyEdits, modify, type ParseError, parse } from "jsonc-parser";

export const KEY_HEADER = "X-Telenia-APIKey";

/** What stands in place of a key, in the vendor's own form. */
export const MASK = "XXXXXXXX-XXXX-XXXX-XXXX-XXXXXXXXXXXX";

/** The headers pane at first: its key is waited for. */
export const NO_KEY = `{\n  "${KEY_HEADER}": ""\n}`;

export type Headers = Record<string, string>;

/** The object that a text holds, read as GraphiQL reads it; {} of an empty text, null of anything else. */
export function objectOf(text: string): Record<string, unknown> | null {
  const faults: ParseError[] = [];
  const value: unknown = parse(text, faults, { allowTrailingComma: true, allowEmptyContent: true });
  if (faults.length > 0) return null;
  if (value === undefined) return {};
  return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : null;
}

/** The headers that a text holds; null of one that is no object, as in the middle of typing. */
export function headersOf(text: string): Headers | null {
  const object = objectOf(text);
  return object && Object.fromEntries(Object.entries(object).map(([name, value]) => [name, String(value)]));
}

/** Whether a header is one of those that hold the key. */
export function holdsKey(name: string): boolean {
  return /^(x-telenia-apikey|authorization)$/i.test(name);
}

/** The key among headers; null without one. */
export function keyOf(headers: Headers): string | null {
  const held = Object.entries(headers).find(([name, value]) => holdsKey(name) && value.trim() !== "");
  return held ? held[1].trim() : null;
}

/** A text that is a key and nothing else, as it comes from a clipboard; null of any other. */
export function bareKey(text: string): string | null {
  return /^\s*([A-Za-z0-9]+(?:-[A-Za-z0-9]+){3,})\s*$/.exec(text)?.[1] ?? null;
}

/** The headers pane with a key put in. */
export function withKey(text: string, key: string): string {
  const object = objectOf(text);
  if (object === null) return withKey(NO_KEY, key);
  const name = Object.keys(object).find((known) => known.toLowerCase() === KEY_HEADER.toLowerCase()) ?? KEY_HEADER;
  const written = text.trim() === "" ? "{}" : text;
  const formattingOptions = { insertSpaces: true, tabSize: 2 };
  return applyEdits(written, modify(written, [name], key, { formattingOptions }));
}

/** The same headers with the key masked. */
export function masked(headers: Headers): Headers {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => {
      if (!holdsKey(name)) return [name, value];
      return [name, (/^(Bearer|Basic) /i.exec(value)?.[0] ?? "") + MASK];
    }),
  );
}
