/** Watches the headers pane: a new key has the schema read, and a key stays when the panes change their texts. */

import { type MonacoEditor, useGraphiQL, useGraphiQLActions } from "@graphiql/react";
import { type RefObject, useEffect } from "react";
import { bareKey, headersOf, keyOf, withKey } from "./key.ts";
import { type Say, UNREADABLE } from "./notice.ts";

/** The pane is read when nothing was typed for so many milliseconds: at most 80 times of the 100 a minute allowed. */
const REST = 750;

export function KeyWatch({ held, say }: { held: RefObject<string | null>; say: Say }) {
  const pane = useGraphiQL((state) => state.headerEditor);
  const { introspect } = useGraphiQLActions();
  useEffect(() => (pane ? watch(pane, held, say, introspect) : undefined), [pane, held, say, introspect]);
  return null;
}

function watch(pane: MonacoEditor, held: RefObject<string | null>, say: Say, introspect: () => unknown): () => void {
  const model = pane.getModel();
  if (!model) return () => {};
  let readable = model.getValue();
  let asked: string | null | undefined = null; // the key that the service was last asked with; undefined: ask again
  let timer = 0;

  const rest = (): void => {
    const typed = bareKey(model.getValue());
    if (typed !== null) write(pane, withKey(readable, typed));
    else if (headersOf(model.getValue()) === null) {
      asked = undefined;
      say(UNREADABLE);
    } else if (held.current !== asked) {
      asked = held.current;
      void introspect();
    }
  };

  const watching = model.onDidChangeContent(({ changes, isFlush }) => {
    const headers = headersOf(model.getValue());
    const key = headers && keyOf(headers);
    const pasted = headers ? null : bareKey(changes.map((change) => change.text).join(""));
    if (pasted !== null) {
      write(pane, withKey(readable, pasted)); // a key alone, pasted anywhere, goes where it belongs
    } else if (isFlush && key === null && held.current !== null) {
      write(pane, readable); // another tab, or a query of the history, came with headers that hold no key
    } else if (headers) {
      readable = model.getValue();
      held.current = key;
    }
    window.clearTimeout(timer);
    timer = window.setTimeout(rest, REST);
  });
  return () => {
    watching.dispose();
    window.clearTimeout(timer);
  };
}

/** Writes a text into a pane once the change that is being told of is over; it can be undone. */
function write(pane: MonacoEditor, text: string): void {
  queueMicrotask(() => {
    const model = pane.getModel();
    if (model) pane.executeEdits("key", [{ range: model.getFullModelRange(), text }]);
  });
}
