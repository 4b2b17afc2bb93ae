/** What the page says of itself, in a sentence; null while all is well. */

export interface Notice {
  readonly tone: "ask" | "wrong" | "done";
  readonly text: string;
}

export type Say = (notice: Notice | null) => void;

export const WANTED: Notice = {
  tone: "ask",
  text: "Paste your key into the Headers pane under the query, between the empty quotes: then names are completed, the documentation opens and queries run.",
};

export const UNREADABLE: Notice = {
  tone: "wrong",
  text: 'The Headers pane cannot be read. It wants one object: { "X-Telenia-APIKey": "your key" }',
};

export const COPIED: Notice = {
  tone: "done",
  text: "The command is copied. Your key is not: put it in place of the X's before you run the command.",
};

export const NOT_COPIED: Notice = {
  tone: "wrong",
  text: "The browser does not let this page copy: allow it, then try again.",
};

export const NO_VARIABLES: Notice = {
  tone: "wrong",
  text: "Nothing is copied: the Variables pane cannot be read. It wants one object, or nothing.",
};
