import { safeText } from '../../model/text/safe-text.ts';
import { shownPath } from '../files/paths.ts';
import type { FileEdit } from './edit.ts';
import { type DiffLine, diffLines } from './line-diff.ts';

/** How many unchanged lines are shown around a change. */
const context = 3;

/**
 * Edits as a unified diff, to be shown: paths are relative to `cwd`, control characters are shown by their code, and
 * the carriage returns of line ends are left away. Empty without edits.
 */
export function formatDiff(edits: readonly FileEdit[], cwd: string): string {
  return edits.map((edit) => formatEdit(edit, cwd)).join('');
}

function formatEdit({ path, before, after }: FileEdit, cwd: string): string {
  if (before === after) return '';
  const name = safeText(shownPath(path, cwd)).replaceAll('\\', '/');
  const lines = diffLines(toLines(before ?? ''), toLines(after ?? ''));
  return [
    `--- ${before === undefined ? '/dev/null' : `a/${name}`}\n`,
    `+++ ${after === undefined ? '/dev/null' : `b/${name}`}\n`,
    ...hunksOf(lines).map((hunk) => formatHunk(lines, hunk)),
  ].join('');
}

/** Lines with their ends. */
function toLines(text: string): readonly string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}

/** Indexes into the lines of a diff, `end` exclusive. */
interface Hunk {
  readonly start: number;
  readonly end: number;
}

function hunksOf(lines: readonly DiffLine[]): readonly Hunk[] {
  const hunks: Hunk[] = [];
  lines.forEach(({ kind }, index) => {
    if (kind === ' ') return;
    const last = hunks.at(-1);
    const start = Math.max(0, index - context);
    const end = Math.min(lines.length, index + context + 1);
    if (last !== undefined && start <= last.end)
      hunks[hunks.length - 1] = { start: last.start, end };
    else hunks.push({ start, end });
  });
  return hunks;
}

function formatHunk(lines: readonly DiffLine[], { start, end }: Hunk): string {
  const ahead = lines.slice(0, start);
  const own = lines.slice(start, end);
  const header = `@@ -${rangeOf(ahead, own, '+')} +${rangeOf(ahead, own, '-')} @@\n`;
  return header + own.map(formatLine).join('');
}

/** First line and number of lines on one side, which is all but the lines of the other side. */
function rangeOf(
  ahead: readonly DiffLine[],
  own: readonly DiffLine[],
  other: DiffLine['kind'],
): string {
  const count = (lines: readonly DiffLine[]) => lines.filter(({ kind }) => kind !== other).length;
  const length = count(own);
  const first = count(ahead) + (length === 0 ? 0 : 1);
  return length === 1 ? `${first}` : `${first},${length}`;
}

function formatLine({ kind, text }: DiffLine): string {
  const shown = text
    .replace(/\r?\n$/, '')
    .split('\t')
    .map(safeText)
    .join('\t');
  const ending = text.endsWith('\n') ? '\n' : '\n\\ No newline at end of file\n';
  return `${kind}${shown}${ending}`;
}
