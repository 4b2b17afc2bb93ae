/** The Playground at /datamodel. */

import "../policy/workers.ts";
import "../look/frame.css";
import "@graphiql/react/style.css";
import "@graphiql/plugin-doc-explorer/style.css";
import "@graphiql/plugin-history/style.css";
import "graphiql/graphiql.css";
import "./playground.css";
import { createRoot } from "react-dom/client";
import { Playground } from "./Playground.tsx";

/** The browser's own storage, or null where it is switched off. */
function storage(): Storage | null {
  try {
    return window.localStorage;
  } catch {
    return null;
  }
}

const place = document.getElementById("page");
if (place) {
  const endpoint = new URL("datamodel/query", document.baseURI).href;
  createRoot(place).render(<Playground endpoint={endpoint} kept={storage()} />);
}
