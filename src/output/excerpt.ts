import type { Location } from '../errors.ts';
import { safeText } from '../model/text/safe-text.ts';
import { entryLength, type LineOf } from './source-lines.ts';
import type { Style } from './style.ts';
import { charWidth, cutToWidth, displayWidth } from './wrap.ts';

/** A location that an excerpt shows, and a label of a few words. */
export interface ExcerptPlace {
  readonly location: Location;
  readonly label?: string | undefined;
}

/** How an excerpt is rendered. */
export interface ExcerptOptions {
  readonly lineOf: LineOf;
  /** Maximum width of a line in columns. */
  readonly width: number;
  readonly style: Style;
  /** Paints the mark under the first place. */
  readonly paint: (text: string) => string;
}

/**
 * Returns the lines of the places with a mark under each entry, as compilers print them:
 *
 *     --> compose.yaml:12:9
 *   12 |       - "8080:8000"
 *      |         ^^^^^^^^^^^ service api
 *
 * Marks are `^` under the first place and `-` under the others. A place in an unknown line has no excerpt, only its name.
 */
export function renderExcerpt(
  places: readonly ExcerptPlace[],
  options: ExcerptOptions,
): readonly string[] {
  const gutter = Math.max(...places.map(({ location }) => `${location.line}`.length));
  return places.flatMap((place, index) => {
    const first = index === 0;
    const mark: Mark = first
      ? { arrow: '-->', char: '^', paint: options.paint }
      : { arrow: ':::', char: '-', paint: options.style.dim };
    return renderPlace(place, mark, gutter, options);
  });
}

interface Mark {
  readonly arrow: string;
  readonly char: string;
  readonly paint: (text: string) => string;
}

function renderPlace(
  { location, label }: ExcerptPlace,
  mark: Mark,
  gutter: number,
  { lineOf, width, style }: ExcerptOptions,
): readonly string[] {
  const { file, line, column } = location;
  const place = `${safeText(file)}:${line}:${column}`;
  const arrow = `${' '.repeat(gutter)}${style.dim(mark.arrow)} ${place}`;
  const text = lineOf(location);
  if (text === undefined || column > text.length) {
    return [label === undefined ? arrow : `${arrow} (${safeText(label)})`];
  }
  const room = Math.max(minWidth, width - gutter - ' | '.length);
  const view = viewEntry(text, column - 1, room);
  const under = underline(view, label, room, mark);
  const bar = style.dim('|');
  return [
    arrow,
    `${style.dim(`${line}`.padStart(gutter))} ${bar} ${view.text}`.trimEnd(),
    ...under.map((below) => `${' '.repeat(gutter)} ${bar} ${below}`),
  ];
}

const minWidth = 20;

/** The visible part of a line, and the columns of the entry in it. */
interface View {
  readonly text: string;
  readonly start: number;
  readonly length: number;
}

interface Cell {
  readonly text: string;
  readonly width: number;
}

/** Maximum number of characters that are read on either side of the place. */
const reach = 500;
const tabWidth = 4;
/** Columns to show after the entry if they fit. */
const columnsAfter = 8;

function viewEntry(line: string, column: number, room: number): View {
  const start = Math.max(0, column - reach);
  const length = Math.min(entryLength(line, column), reach);
  const end = Math.min(line.length, column + length + reach);
  const before = toCells(line.slice(start, column));
  const entry = toCells(line.slice(column, column + length));
  const cells = [...before, ...entry, ...toCells(line.slice(column + length, end))];
  const [first, last] = [before.length, before.length + entry.length];
  const whole = start === 0 && end === line.length && widthOf(cells) <= room;
  const [from, to] = whole ? [0, cells.length] : cutAround(cells, first, last, room - 2);
  const shownBefore = start > 0 || from > 0 ? '…' : '';
  const shownBehind = end < line.length || to < cells.length ? '…' : '';
  const shown = cells.slice(from, to).map(({ text }) => text);
  return {
    text: `${shownBefore}${shown.join('')}${shownBehind}`,
    start: shownBefore.length + widthOf(cells.slice(from, first)),
    length: Math.max(1, widthOf(cells.slice(first, Math.min(last, to)))),
  };
}

function toCells(text: string): readonly Cell[] {
  return [...text].map((char) => {
    if (char === '\t') return { text: ' '.repeat(tabWidth), width: tabWidth };
    const shown = safeText(char);
    return { text: shown, width: shown === char ? charWidth(char) : shown.length };
  });
}

/** Returns the range of cells that fits: the start of the entry, and as many cells before and after it as possible. */
function cutAround(
  cells: readonly Cell[],
  first: number,
  last: number,
  room: number,
): readonly [number, number] {
  let from = first;
  let used = widthOf(cells.slice(first, Math.min(cells.length, last + columnsAfter)));
  while (from > 0 && used + widthAt(cells, from - 1) <= room) {
    from -= 1;
    used += widthAt(cells, from);
  }
  let to = from;
  let taken = 0;
  while (to < cells.length && taken + widthAt(cells, to) <= room) {
    taken += widthAt(cells, to);
    to += 1;
  }
  return [from, to];
}

function widthAt(cells: readonly Cell[], index: number): number {
  return cells[index]?.width ?? 0;
}

function widthOf(cells: readonly Cell[]): number {
  return cells.reduce((sum, { width }) => sum + width, 0);
}

/** Returns the mark with the label after it, or with the label in the next line if it does not fit. */
function underline(
  { start, length }: View,
  label: string | undefined,
  room: number,
  { char, paint }: Mark,
): readonly string[] {
  const mark = `${' '.repeat(start)}${paint(char.repeat(length))}`;
  if (label === undefined) return [mark];
  const text = safeText(label);
  return start + length + 1 + displayWidth(text) <= room
    ? [`${mark} ${paint(text)}`]
    : [mark, paint(cutToWidth(text, room))];
}
