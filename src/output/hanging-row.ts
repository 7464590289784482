import { safeText, shorten } from '../model/text/safe-text.ts';
import type { Paper } from './table.ts';

const indent = '  ';
const labelWidth = 'now held by  '.length;
/** What a terminal mostly has, for where nobody says how wide the paper is. */
const usualWidth = 80;
const narrowest = 24;
/** Nobody reads more of one thing. */
const longest = 600;

/** A label and a text, whose further lines hang below its first; words stay whole. */
export function hangingRow(label: string, text: string, { width = usualWidth }: Paper): string {
  const room = Math.max(narrowest, width - indent.length - labelWidth);
  const [first = '', ...others] = wrapWords(shorten(safeText(text), longest), room);
  const below = ' '.repeat(indent.length + labelWidth);
  return [
    `${indent}${label.padEnd(labelWidth)}${first}`.trimEnd(),
    ...others.map((line) => below + line),
  ].join('\n');
}

/** A command below a text, to be copied: in one line, however long. */
export function commandRow(command: string, { style }: Paper): string {
  return `${' '.repeat(indent.length + labelWidth)}${style.strong(safeText(command))}`;
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
