import { bindingsOf, type Conflict } from '../model/findings/conflict.ts';
import { describeHolder } from '../model/findings/describe-holder.ts';
import { safeText, shorten } from '../model/text/safe-text.ts';
import { suggestionText } from './finding-message.ts';
import type { Style } from './style.ts';
import type { TextOptions } from './table.ts';

/** The column in which everything begins that is said of a verdict. */
export const verdictWidth = 'conflict  '.length;
const labelWidth = 14;
/** No more of a command line is worth reading in a pipe. */
const maxLineLength = 200;

/** Returns the word at the start of a finding, padded to the longest one, and its color. */
export function verdictOf({ severity, allowed }: Conflict, style: Style) {
  if (allowed !== undefined) return { word: 'allowed ', paint: style.dim };
  return severity === 'error'
    ? { word: 'conflict', paint: style.error }
    : { word: 'warning ', paint: style.warning };
}

/** Who stands in the way, the first three of them. */
export function holderRows(conflict: Conflict, paper: TextOptions): readonly string[] {
  const holders = bindingsOf(conflict);
  const shown = holders.slice(0, 3);
  const more =
    holders.length > shown.length
      ? [row('', `and ${holders.length - shown.length} more`, paper)]
      : [];
  const label = holderLabel(conflict);
  return [
    ...shown.flatMap((binding) =>
      describeHolder(binding).map((line, index) => row(index === 0 ? label : '', line, paper)),
    ),
    ...more,
  ];
}

function holderLabel({ code, certainty }: Conflict): string {
  if (code === 'port-claimed') return 'leased by';
  return certainty === 'possible' ? 'perhaps' : 'held by';
}

/** How to free the port, and which one could be taken instead. */
export function adviceRows(conflict: Conflict, paper: TextOptions): readonly string[] {
  const { suggestion } = conflict;
  const instead =
    suggestion === undefined ? [] : [row('suggestion', suggestionText(suggestion), paper)];
  return [...remedyRows(conflict, paper), ...instead];
}

function remedyRows(conflict: Conflict, paper: TextOptions): readonly string[] {
  const { remedy } = conflict;
  if (remedy === undefined) return [];
  if (remedy.command === undefined) return [row('fix', remedy.text, paper)];
  const command = row('fix', remedy.command, paper);
  return isPlain(conflict)
    ? [command]
    : [command, row('', `(${remedy.text})`, paper, paper.style.dim)];
}

/** Whether the command alone says enough: it stops whoever holds the port. */
function isPlain(conflict: Conflict): boolean {
  return conflict.code === 'port-in-use' && conflict.binding.holder.kind !== 'unseen';
}

/** A label and a text, which goes on below itself where it is too long. */
export function row(
  label: string,
  text: string,
  { width }: TextOptions,
  paint: (text: string) => string = (line) => line,
): string {
  const room =
    width === undefined ? maxLineLength : Math.max(30, width - verdictWidth - labelWidth);
  const [first = '', ...others] = wrap(safeText(text), room).map(paint);
  const indent = ' '.repeat(verdictWidth + labelWidth);
  return [
    `${' '.repeat(verdictWidth)}${label.padEnd(labelWidth)}${first}`,
    ...others.map((line) => indent + line),
  ].join('\n');
}

/** At most three lines, broken at blanks. */
export function wrap(text: string, room: number): readonly string[] {
  const lines: string[] = [];
  let rest = text;
  while (rest.length > room && lines.length < 2) {
    const at = rest.lastIndexOf(' ', room);
    const end = at > room / 2 ? at : room;
    lines.push(rest.slice(0, end));
    rest = rest.slice(end).trimStart();
  }
  return [...lines, shorten(rest, room)];
}
