/** Signs that take two columns of a terminal: East Asian wide and full-width forms, and emoji (UAX #11, UTS #51). */
const wide =
  /[\p{Script=Han}\p{Script=Hangul}\p{Script=Hiragana}\u30a0-\u30ff\u3000-\u303e\uff01-\uff60\uffe0-\uffe6\p{Emoji_Presentation}]/u;
/** Signs that are drawn over the one before. */
const combining = /\p{M}/u;

/** How many columns of a terminal one printable sign takes. */
export function signWidth(sign: string): 0 | 1 | 2 {
  if (combining.test(sign)) return 0;
  return wide.test(sign) ? 2 : 1;
}

/** How many columns of a terminal a printable text takes. */
export function displayWidth(text: string): number {
  return [...text].reduce((sum, sign) => sum + signWidth(sign), 0);
}

/** The printable text cut to so many columns, with a sign that it was. */
export function cutToWidth(text: string, columns: number): string {
  if (displayWidth(text) <= columns) return text;
  let cut = '';
  let used = 0;
  for (const sign of text) {
    used += signWidth(sign);
    if (used > columns - 1) break;
    cut += sign;
  }
  return `${cut}…`;
}
