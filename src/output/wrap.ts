import { safeText, shorten } from '../model/text/safe-text.ts';
import type { TextOptions } from './table.ts';

/** Signs that take two columns of a terminal: East Asian wide and full-width forms, and emoji (UAX #11, UTS #51). */
const wide =
  /[\p{Script=Han}\p{Script=Hangul}\p{Script=Hiragana}\u30a0-\u30ff\u3000-\u303e\uff01-\uff60\uffe0-\uffe6\p{Emoji_Presentation}]/u;
/** Signs that are drawn over the one before. */
const combining = /\p{M}/u;

/** How many columns of a terminal one printable sign takes. */
export function charWidth(sign: string): 0 | 1 | 2 {
  if (combining.test(sign)) return 0;
  return wide.test(sign) ? 2 : 1;
}

/** How many columns of a terminal a printable text takes. */
export function displayWidth(text: string): number {
  return [...text].reduce((sum, sign) => sum + charWidth(sign), 0);
}

/** The printable text cut to so many columns, with a sign that it was. */
export function cutToWidth(text: string, columns: number): string {
  if (displayWidth(text) <= columns) return text;
  let cut = '';
  let used = 0;
  for (const sign of text) {
    used += charWidth(sign);
    if (used > columns - 1) break;
    cut += sign;
  }
  return `${cut}…`;
}

const indent = '  ';
const labelWidth = 'now held by  '.length;
/** Width if none is given: that of most terminals. */
const defaultWidth = 80;
const minWidth = 24;
/** Maximum length of one line in characters. */
const maxLineLength = 600;

/** A label and a text, whose further lines hang below its first; words stay whole. */
export function hangingRow(
  label: string,
  text: string,
  { width = defaultWidth }: TextOptions,
): string {
  const room = Math.max(minWidth, width - indent.length - labelWidth);
  const [first = '', ...others] = wrapWords(shorten(safeText(text), maxLineLength), room);
  const below = ' '.repeat(indent.length + labelWidth);
  return [
    `${indent}${label.padEnd(labelWidth)}${first}`.trimEnd(),
    ...others.map((line) => below + line),
  ].join('\n');
}

/** A command below a text, to be copied: in one line, however long. */
export function commandRow(command: string, { style }: TextOptions): string {
  return `${' '.repeat(indent.length + labelWidth)}${style.bold(safeText(command))}`;
}

/** Lines of so many characters; a word that is longer has a line of its own. */
function wrapWords(text: string, room: number): readonly string[] {
  const lines: string[] = [];
  for (const word of text.split(/ +/)) {
    const last = lines.at(-1);
    if (last === undefined || last.length + 1 + word.length > room) lines.push(word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines;
}
