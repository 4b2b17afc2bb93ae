/** The page: GraphiQL with a memory, an example and sentences of our own. */

import { DOC_EXPLORER_PLUGIN, DocExplorer, DocExplorerStore } from "@graphiql/plugin-doc-explorer";
import { HISTORY_PLUGIN, HistoryStore } from "@graphiql/plugin-history";
import { type GraphiQLPlugin, GraphiQLProvider, useGraphiQL } from "@graphiql/react";
import { GraphiQL, GraphiQLInterface } from "graphiql";
import { useEffect, useMemo, useRef, useState } from "react";
import { fetcher, SCHEMA } from "./answers.ts";
import { CopyAsCurl } from "./CopyAsCurl.tsx";
import { example } from "./example.ts";
import { KeyWatch } from "./KeyWatch.tsx";
import { NO_KEY } from "./key.ts";
import { Look } from "./Look.tsx";
import { memory } from "./memory.ts";
import { type Notice, WANTED } from "./notice.ts";

/** Milliseconds for which the page says what a button did. */
const PASSING = 8000;

export function Playground({ endpoint, kept }: { endpoint: string; kept: Storage | null }) {
  const [standing, say] = useState<Notice | null>(WANTED);
  const [passing, mention] = useState<Notice | null>(null);
  const notice = passing ?? standing;
  const key = useRef<string | null>(null);
  const storage = useMemo(() => memory(kept, () => key.current), [kept]);
  const asking = useMemo(() => fetcher(endpoint, say), [endpoint]);
  const query = useMemo(() => example(new Date()), []);
  useEffect(() => {
    const timer = window.setTimeout(() => mention(null), PASSING);
    return () => window.clearTimeout(timer);
  }, [passing]);
  return (
    <>
      <p role="status" className={`notice ${notice?.tone ?? ""}`}>
        {notice?.text}
      </p>
      <GraphiQLProvider
        fetcher={asking}
        storage={storage}
        plugins={PLUGINS}
        referencePlugin={DOCUMENTATION}
        defaultQuery={query}
        defaultHeaders={NO_KEY}
        introspectionQueryName={SCHEMA}
        shouldPersistHeaders={false}
      >
        <HistoryStore>
          <DocExplorerStore>
            <GraphiQLInterface
              defaultEditorToolsVisibility="headers"
              forcedTheme="system"
              showPersistHeadersSettings={false}
            >
              <GraphiQL.Logo>{null}</GraphiQL.Logo>
              <GraphiQL.Toolbar>
                {({ prettify, copy }) => (
                  <>
                    {prettify}
                    {copy}
                    <CopyAsCurl endpoint={endpoint} say={mention} />
                  </>
                )}
              </GraphiQL.Toolbar>
              <KeyWatch held={key} say={say} />
              <Look />
            </GraphiQLInterface>
          </DocExplorerStore>
        </HistoryStore>
      </GraphiQLProvider>
    </>
  );
}

/** The documentation of the schema; before there is one, how to get it. */
function Documentation() {
  const there = useGraphiQL((state) => Boolean(state.schema) || state.isIntrospecting);
  if (there) return <DocExplorer />;
  return (
    <section className="graphiql-doc-explorer" aria-label="Documentation Explorer">
      <div className="graphiql-doc-explorer-title">Docs</div>
      <p>Every type and field is explained here once the Headers pane holds a key.</p>
    </section>
  );
}

const DOCUMENTATION: GraphiQLPlugin = { ...DOC_EXPLORER_PLUGIN, content: Documentation };
const PLUGINS = [DOCUMENTATION, HISTORY_PLUGIN];
