import type { Location } from '../../errors.ts';

/** The text of a file with its path. */
export interface SourceFile {
  /** Absolute; `-` for stdin. */
  readonly path: string;
  /** Path for messages: relative to the working directory if below it. */
  readonly file: string;
  readonly text: string;
}

/** A range of a file: offsets into its text in UTF-16 code units, `end` exclusive. */
export interface SourceRange {
  readonly path: string;
  readonly start: number;
  readonly end: number;
}

/** A range of a file that has been read: offsets in UTF-16 code units, `end` exclusive. */
export interface SourcePosition {
  readonly source: SourceFile;
  readonly start: number;
  readonly end: number;
}

/** Returns line and column of the start of a position, from 1. Columns count UTF-16 code units, as editors do. */
export function toLocation({ source, start }: SourcePosition): Location {
  const starts = lineStartsOf(source);
  const line = lineAt(starts, start);
  return { file: source.file, line, column: start - (starts[line - 1] ?? 0) + 1 };
}

/** Returns a position without the text of its file. */
export function rangeOf({ source, start, end }: SourcePosition): SourceRange {
  return { path: source.path, start, end };
}

/** Returns the text of a line without its line end, counted from 1; empty outside the file. */
export function lineText(source: SourceFile, line: number): string {
  const starts = lineStartsOf(source);
  const start = starts[line - 1];
  if (start === undefined) return '';
  return source.text.slice(start, starts[line] ?? source.text.length).replace(/\r?\n$/, '');
}

const lineStarts = new WeakMap<SourceFile, readonly number[]>();

function lineStartsOf(source: SourceFile): readonly number[] {
  const cached = lineStarts.get(source);
  if (cached !== undefined) return cached;
  const starts = [0];
  for (let at = source.text.indexOf('\n'); at >= 0; at = source.text.indexOf('\n', at + 1)) {
    starts.push(at + 1);
  }
  lineStarts.set(source, starts);
  return starts;
}

/** The last line that starts at or before the offset, by binary search. */
function lineAt(starts: readonly number[], offset: number): number {
  let low = 0;
  let high = starts.length;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((starts[middle] ?? 0) <= offset) low = middle;
    else high = middle;
  }
  return low + 1;
}
