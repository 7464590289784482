import Table from 'cli-table3';
import { safeText } from '../model/text/safe-text.ts';
import { layOutPlain } from './ascii-table.ts';
import type { SourceOf } from './source-lines.ts';
import type { Style } from './style.ts';

/** Options of text output. */
export interface TextOptions {
  /** Width of the terminal in columns; default: lines are not wrapped. */
  readonly width?: number | undefined;
  readonly style: Style;
  /** Returns the files that a report may quote. */
  readonly sourceOf?: SourceOf | undefined;
}

const sides = [
  'top',
  'top-mid',
  'top-left',
  'top-right',
  'bottom',
  'bottom-mid',
  'bottom-left',
  'bottom-right',
  'left',
  'left-mid',
  'mid',
  'mid-mid',
  'right',
  'right-mid',
];
const noBorders = { ...Object.fromEntries(sides.map((side) => [side, ''])), middle: '  ' };
/** No colors of cli-table3, which would also color pipes. */
const noStyle = { head: [], border: [], 'padding-left': 0, 'padding-right': 0, compact: true };
const minWidth = 20;

/** Returns a table without borders. Its last column takes the rest of the width and wraps there. */
export function renderTable(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  { width, style }: TextOptions,
): string {
  const cells = rows.map((row) => row.map(safeText));
  const last = width === undefined ? undefined : columnWidths(head, cells, width).at(-1);
  return (
    layOutPlain(head, cells, style.dim, last ?? undefined) ?? layOut(head, cells, { width, style })
  );
}

/** Returns the same table, laid out by cli-table3, for cells with any content. */
export function layOut(
  head: readonly string[],
  cells: readonly (readonly string[])[],
  { width, style }: TextOptions,
): string {
  const table = new Table({
    head: head.map(style.dim),
    chars: noBorders,
    style: noStyle,
    wordWrap: true,
    ...(width !== undefined && { colWidths: columnWidths(head, cells, width) }),
  });
  table.push(...cells.map((row) => [...row]));
  return table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n');
}

function columnWidths(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  width: number,
): (number | null)[] {
  const others = head
    .slice(0, -1)
    .map((title, index) => Math.max(title.length, ...rows.map((row) => (row[index] ?? '').length)));
  const used = others.reduce((sum, length) => sum + length + 2, 0);
  return [...others.map(() => null), Math.max(minWidth, width - used)];
}
