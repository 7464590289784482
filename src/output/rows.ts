import { bindingsOf, type Conflict } from '../model/findings/conflict.ts';
import { describeHolder } from '../model/findings/describe-holder.ts';
import { safeText, shorten } from '../model/text/safe-text.ts';
import { suggestionText } from './finding-message.ts';
import type { Style } from './style.ts';
import type { TextOptions } from './table.ts';

/** Width of the column with the verdict. */
export const verdictWidth = 'conflict  '.length;
/** Width of the column with the label. */
const labelWidth = 14;
/** Command lines may be thousands of characters long. A pipe has no width to cut them to. */
const maxLineLength = 200;

/** Returns the word at the start of a finding, padded to the longest one, and its color. */
export function verdictOf({ severity, allowed }: Conflict, style: Style) {
  if (allowed !== undefined) return { word: 'allowed ', paint: style.dim };
  return severity === 'error'
    ? { word: 'conflict', paint: style.error }
    : { word: 'warning ', paint: style.warning };
}

/** Renders the first three holders of a conflict. */
export function holderRows(conflict: Conflict, options: TextOptions): readonly string[] {
  const holders = bindingsOf(conflict);
  const shown = holders.slice(0, 3);
  const more =
    holders.length > shown.length
      ? [row('', `and ${holders.length - shown.length} more`, options)]
      : [];
  const label = holderLabel(conflict);
  return [
    ...shown.flatMap((binding) =>
      describeHolder(binding).map((line, index) => row(index === 0 ? label : '', line, options)),
    ),
    ...more,
  ];
}

/** A stopped container or a swarm service claims a port, too. */
function holderLabel(conflict: Conflict): string {
  if (conflict.code === 'port-claimed')
    return conflict.binding.holder.kind === 'lease' ? 'leased by' : 'claimed by';
  return conflict.certainty === 'possible' ? 'perhaps' : 'held by';
}

/** Renders how to free the port, and a free port as an alternative. */
export function adviceRows(conflict: Conflict, options: TextOptions): readonly string[] {
  const { suggestion } = conflict;
  const suggestionRows =
    suggestion === undefined ? [] : [row('suggestion', suggestionText(suggestion), options)];
  return [...remedyRows(conflict, options), ...suggestionRows];
}

function remedyRows(conflict: Conflict, options: TextOptions): readonly string[] {
  const { remedy } = conflict;
  if (remedy === undefined) return [];
  if (remedy.command === undefined) return [row('fix', remedy.text, options)];
  const command = row('fix', remedy.command, options);
  return isPlain(conflict)
    ? [command]
    : [command, row('', `(${remedy.text})`, options, options.style.dim)];
}

/** Returns whether the command needs no explanation: it stops the holder of the port. */
function isPlain(conflict: Conflict): boolean {
  return conflict.code === 'port-in-use' && conflict.binding.holder.kind !== 'unseen';
}

/** Renders a label and a text, which wraps below itself. */
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

/** Wraps a text at spaces into at most three lines. */
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
