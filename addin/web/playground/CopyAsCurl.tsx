/** The button that copies the request as a command. */

import { pick, ToolbarButton, useGraphiQL } from "@graphiql/react";
import { copy } from "./clipboard.ts";
import { curl } from "./curl.ts";
import { headersOf, objectOf } from "./key.ts";
import { COPIED, NO_VARIABLES, NOT_COPIED, type Say, UNREADABLE } from "./notice.ts";

export function CopyAsCurl({ endpoint, say }: { endpoint: string; say: Say }) {
  const { queryEditor, variableEditor, headerEditor, operations, operationName } = useGraphiQL(
    pick("queryEditor", "variableEditor", "headerEditor", "operations", "operationName"),
  );
  const onClick = async (): Promise<void> => {
    const variables = objectOf(variableEditor?.getValue() ?? "");
    const headers = headersOf(headerEditor?.getValue() ?? "");
    if (variables === null || headers === null) {
      say(variables === null ? NO_VARIABLES : UNREADABLE);
      return;
    }
    const query = queryEditor?.getValue() ?? "";
    const chosen = operations && operations.length > 1 && operationName ? { operationName } : {};
    say((await copy(curl(endpoint, { query, variables, ...chosen }, headers))) ? COPIED : NOT_COPIED);
  };
  return (
    <ToolbarButton label="Copy as cURL" onClick={() => void onClick()}>
      <svg className="graphiql-toolbar-icon" viewBox="0 0 16 16" aria-hidden="true">
        <path
          d={PROMPT}
          fill="none"
          stroke="currentColor"
          strokeWidth="1.3"
          strokeLinecap="round"
          strokeLinejoin="round"
        />
      </svg>
    </ToolbarButton>
  );
}

/** A shell's prompt. */
const PROMPT = "M2.5 3.5 7 8l-4.5 4.5M8.5 12.5h5";
