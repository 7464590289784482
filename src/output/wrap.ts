import { safeText, shorten } from '../model/text/safe-text.ts';
import type { TextOptions } from './table.ts';

/**
 * Characters that take two columns of a terminal: East Asian wide and full-width forms, and emoji (UAX #11, UTS #51).
 */
const wide =
  /[\p{Script=Han}\p{Script=Hangul}\p{Script=Hiragana}\u30a0-\u30ff\u3000-\u303e\uff01-\uff60\uffe0-\uffe6\p{Emoji_Presentation}]/u;
/** Characters that combine with the character before. */
const combining = /\p{M}/u;

/** Returns the number of terminal columns of a printable character. */
export function charWidth(char: string): 0 | 1 | 2 {
  if (combining.test(char)) return 0;
  return wide.test(char) ? 2 : 1;
}

/** Returns the number of terminal columns of a printable text. */
export function displayWidth(text: string): number {
  return [...text].reduce((sum, char) => sum + charWidth(char), 0);
}

/** Returns the printable text cut to a number of columns; `…` marks the cut. */
export function cutToWidth(text: string, columns: number): string {
  if (displayWidth(text) <= columns) return text;
  let cut = '';
  let used = 0;
  for (const char of text) {
    used += charWidth(char);
    if (used > columns - 1) break;
    cut += char;
  }
  return `${cut}…`;
}

const indent = '  ';
const labelWidth = 'now held by  '.length;
/** Width if none is given: that of most terminals. */
const defaultWidth = 80;
const minWidth = 24;
/** Maximum length of a text in characters; a longer one is shortened. */
const maxLineLength = 600;

/** Returns a label and a text, with the further lines of the text below its first. Breaks no words. */
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

/** Returns a command below a text, on one line of any length, so that users can copy it. */
export function commandRow(command: string, { style }: TextOptions): string {
  return `${' '.repeat(indent.length + labelWidth)}${style.bold(safeText(command))}`;
}

/** Returns lines of at most `room` characters; a longer word gets its own line. */
function wrapWords(text: string, room: number): readonly string[] {
  const lines: string[] = [];
  for (const word of text.split(/ +/)) {
    const last = lines.at(-1);
    if (last === undefined || last.length + 1 + word.length > room) lines.push(word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines;
}
