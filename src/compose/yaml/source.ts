import type { Location } from '../../errors.ts';

/** The text of one file that was read, and where it lies. */
export interface SourceFile {
  /** Absolute; `-` for stdin. */
  readonly path: string;
  /** As it is shown: relative to the working directory where it lies below it. */
  readonly file: string;
  readonly text: string;
}

/** A stretch of a file: offsets into its text in UTF-16 units, `end` exclusive. */
export interface SourceRange {
  readonly path: string;
  readonly start: number;
  readonly end: number;
}

/** A stretch of a source that was read. */
export interface SourcePosition {
  readonly source: SourceFile;
  readonly start: number;
  readonly end: number;
}

/** Line and column of a place. Columns count UTF-16 units, as editors do. */
export function toLocation({ source, start }: SourcePosition): Location {
  const starts = lineStartsOf(source);
  const line = lineAt(starts, start);
  return { file: source.file, line, column: start - (starts[line - 1] ?? 0) + 1 };
}

/** The place without its text. */
export function rangeOf({ source, start, end }: SourcePosition): SourceRange {
  return { path: source.path, start, end };
}

/** The text of a line, counted from one; empty outside the file. */
export function lineText(source: SourceFile, line: number): string {
  const starts = lineStartsOf(source);
  const start = starts[line - 1];
  if (start === undefined) return '';
  return source.text.slice(start, starts[line] ?? source.text.length).replace(/\r?\n$/, '');
}

const lineStarts = new WeakMap<SourceFile, readonly number[]>();

function lineStartsOf(source: SourceFile): readonly number[] {
  const known = lineStarts.get(source);
  if (known !== undefined) return known;
  const starts = [0];
  for (let at = source.text.indexOf('\n'); at >= 0; at = source.text.indexOf('\n', at + 1)) {
    starts.push(at + 1);
  }
  lineStarts.set(source, starts);
  return starts;
}

/** The last line that starts at or before the offset, by halving. */
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
