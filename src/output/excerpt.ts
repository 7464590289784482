import type { Location } from '../errors.ts';
import { safeText } from '../model/text/safe-text.ts';
import { entryLength, type LineOf } from './source-lines.ts';
import type { Style } from './style.ts';
import { charWidth, cutToWidth, displayWidth } from './wrap.ts';

/** A place that an excerpt shows, and what is there in a few words. */
export interface ExcerptPlace {
  readonly location: Location;
  readonly label?: string | undefined;
}

export interface ExcerptOptions {
  readonly lineOf: LineOf;
  /** Columns that a line may take. */
  readonly width: number;
  readonly style: Style;
  /** How the mark under the first place is painted. */
  readonly paint: (text: string) => string;
}

/**
 * The places with the lines they are in and a mark under each entry, in the manner of compilers:
 *
 *     --> compose.yaml:12:9
 *   12 |       - "8080:8000"
 *      |         ^^^^^^^^^^^ service api
 *
 * Marks are `^` under the first place and `-` under the others. A place whose line is not known is its name alone.
 */
export function renderExcerpt(
  places: readonly ExcerptPlace[],
  options: ExcerptOptions,
): readonly string[] {
  const gutter = Math.max(...places.map(({ location }) => `${location.line}`.length));
  return places.flatMap((place, index) => {
    const first = index === 0;
    const mark: Mark = first
      ? { arrow: '-->', sign: '^', paint: options.paint }
      : { arrow: ':::', sign: '-', paint: options.style.dim };
    return renderPlace(place, mark, gutter, options);
  });
}

interface Mark {
  readonly arrow: string;
  readonly sign: string;
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

/** What of a line is shown, and which columns of that the entry takes. */
interface View {
  readonly text: string;
  readonly start: number;
  readonly length: number;
}

interface Cell {
  readonly text: string;
  readonly width: number;
}

/** No more of a line is looked at on either side of the place. */
const reach = 500;
const tabWidth = 4;
/** What is shown behind the entry, if it can be. */
const behind = 8;

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
  return [...text].map((sign) => {
    if (sign === '\t') return { text: ' '.repeat(tabWidth), width: tabWidth };
    const shown = safeText(sign);
    return { text: shown, width: shown === sign ? charWidth(sign) : shown.length };
  });
}

/** The stretch of cells that fits: with the start of the entry, and as much before and behind it as there is room. */
function cutAround(
  cells: readonly Cell[],
  first: number,
  last: number,
  room: number,
): readonly [number, number] {
  let from = first;
  let used = widthOf(cells.slice(first, Math.min(cells.length, last + behind)));
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

/** The mark with the label behind it, or in a line of its own where that is too narrow. */
function underline(
  { start, length }: View,
  label: string | undefined,
  room: number,
  { sign, paint }: Mark,
): readonly string[] {
  const mark = `${' '.repeat(start)}${paint(sign.repeat(length))}`;
  if (label === undefined) return [mark];
  const text = safeText(label);
  return start + length + 1 + displayWidth(text) <= room
    ? [`${mark} ${paint(text)}`]
    : [mark, paint(cutToWidth(text, room))];
}
