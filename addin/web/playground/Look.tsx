/** Gives Monaco, which knows no style sheets, the letters and colours of the page. */

import { useGraphiQL, useMonaco } from "@graphiql/react";
import { useEffect } from "react";

type Scheme = "light" | "dark";

/** Under these names GraphiQL has made themes of its own, which it starts with. */
const NAMES = { light: "graphiql-LIGHT", dark: "graphiql-DARK" };

export function Look() {
  const monaco = useMonaco((state) => state.monaco);
  const editors = useGraphiQL((state) => [
    state.queryEditor,
    state.variableEditor,
    state.headerEditor,
    state.responseEditor,
  ]);
  useEffect(() => {
    if (!monaco) return;
    monaco.editor.defineTheme(NAMES.light, theme("light"));
    monaco.editor.defineTheme(NAMES.dark, theme("dark"));
    const system = window.matchMedia("(prefers-color-scheme: dark)");
    const follow = (): void => monaco.editor.setTheme(NAMES[system.matches ? "dark" : "light"]);
    system.addEventListener("change", follow);
    return () => system.removeEventListener("change", follow);
  }, [monaco]);
  useEffect(() => {
    const fontFamily = getComputedStyle(document.documentElement).getPropertyValue("--mono");
    for (const editor of editors) editor?.updateOptions({ fontFamily, fontSize: 14, lineHeight: 21, wordWrap: "on" });
  }, [editors]);
  return null;
}

function theme(scheme: Scheme) {
  const [card, block, ink, accent, wash, soft] = ["card", "block", "ink", "accent", "wash", "soft"].map((token) =>
    colour(token, scheme),
  ) as [string, string, string, string, string, string];
  const clear = "#00000000";
  return {
    base: scheme === "light" ? ("vs" as const) : ("vs-dark" as const),
    inherit: true,
    rules: [
      { token: "argument.identifier.gql", foreground: soft.slice(1) },
      { token: "keyword.gql", foreground: accent.slice(1) },
    ],
    colors: {
      "editor.background": clear,
      "editor.foreground": ink,
      "editorLineNumber.foreground": soft,
      "editorHoverWidget.background": card,
      "editorLink.activeForeground": accent,
      "editorSuggestWidget.background": card,
      "editorSuggestWidget.highlightForeground": accent,
      "editorSuggestWidget.focusHighlightForeground": accent,
      "editorSuggestWidget.selectedBackground": wash,
      "editorSuggestWidget.selectedForeground": ink,
      "editorWidget.background": card,
      focusBorder: accent,
      "input.background": block,
      "list.highlightForeground": accent,
      "list.hoverBackground": block,
      "menu.background": card,
      "menu.selectionBackground": wash,
      "menu.selectionForeground": ink,
      "quickInput.background": card,
      "quickInputList.focusBackground": wash,
      "quickInputList.focusForeground": ink,
      "scrollbar.shadow": clear,
      "textLink.activeForeground": accent,
      "textLink.foreground": accent,
    },
  };
}

/** A token's colour in a scheme, as #rrggbb. */
function colour(token: string, scheme: Scheme): string {
  const probe = document.body.appendChild(document.createElement("i"));
  probe.style.colorScheme = scheme;
  probe.style.color = `var(--${token})`;
  const channels = getComputedStyle(probe).color.match(/\d+/g) ?? [];
  probe.remove();
  return `#${channels
    .slice(0, 3)
    .map((channel) => Number(channel).toString(16).padStart(2, "0"))
    .join("")}`;
}
