/**
 * Lets libraries style the page under a Content-Security-Policy without 'unsafe-inline'.
 *
 * React styles through the DOM, which no policy restricts. Two other ways are restricted, and are led round here:
 * - <style> elements that libraries make at run time (Monaco's themes, the lock that dialogs put on scrolling) get the
 *   nonce of this answer;
 * - style attributes in the HTML that Monaco writes, one for each line of text, become attributes without a meaning of
 *   their own, and rules of a constructed style sheet that give them one.
 */

import { withoutStyles } from "./attributes.ts";

const nonce = document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]')?.nonce ?? "";

const createElement = document.createElement.bind(document);

document.createElement = (name: string, options?: ElementCreationOptions) => {
  const element = createElement(name, options);
  if (element instanceof HTMLStyleElement) element.nonce = nonce;
  return element;
};

/** Rules of lines that were scrolled away are of no use: beyond so many, all are dropped. */
const MANY = 1000;

const sheet = new CSSStyleSheet();
const known = new Set<string>();
document.adoptedStyleSheets.push(sheet);

/** HTML as it may be written: what its style attributes said is said by the constructed sheet. */
export function styledBySheet(html: string): string {
  if (known.size > MANY) settle();
  return withoutStyles(html, (style) => {
    if (known.has(style)) return;
    known.add(style);
    sheet.insertRule(`[data-style=${CSS.escape(style)}] { ${style} }`, sheet.cssRules.length);
  });
}

/** Elements that are there take over their rules as a style of their own, set by script; then the rules can go. */
function settle(): void {
  for (const element of document.querySelectorAll<HTMLElement>("[data-style]")) {
    element.style.cssText = `${element.dataset.style};${element.style.cssText}`;
    delete element.dataset.style;
  }
  sheet.replaceSync("");
  known.clear();
}
