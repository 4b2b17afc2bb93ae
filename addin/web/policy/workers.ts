/** Monaco's workers, and the hook through which it has its HTML looked at. Imported before Monaco. */

import EditorWorker from "monaco-editor/esm/vs/editor/editor.worker.js?worker";
import JsonWorker from "monaco-editor/esm/vs/language/json/json.worker.js?worker";
import GraphQLWorker from "monaco-graphql/esm/graphql.worker.js?worker";
import { styledBySheet } from "./styles.ts";

type Rules = { createHTML?: (html: string) => string; createScriptURL?: (url: string) => string };

Object.assign(globalThis, {
  MonacoEnvironment: {
    getWorker: (_: string, label: string): Worker => {
      if (label === "json") return new JsonWorker();
      if (label === "graphql") return new GraphQLWorker();
      return new EditorWorker();
    },
    createTrustedTypesPolicy: (_: string, rules: Rules): Rules => ({
      ...rules,
      createHTML: (html) => styledBySheet(rules.createHTML?.(html) ?? html),
    }),
  },
});
