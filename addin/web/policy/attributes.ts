/** HTML with other attributes in place of those that a strict policy ignores. */

/** In HTML text has no "<" of its own, so what looks like an attribute outside of a tag is never touched. */
const TAG = /<[a-z][^>]*>/g;
const STYLE = / style="([^"]*)"/;

/** The same HTML with `data-style` in place of `style`; each style that was met is told of. */
export function withoutStyles(html: string, met: (style: string) => void): string {
  return html.replace(TAG, (tag) =>
    tag.replace(STYLE, (_, style: string) => {
      met(style);
      return ` data-style="${style}"`;
    }),
  );
}
