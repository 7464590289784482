import { type StructuredPatch, type StructuredPatchHunk, structuredPatch } from 'diff';
import { safeText } from '../../model/text/safe-text.ts';
import { shownPath } from '../files/paths.ts';
import type { FileEdit } from './edit.ts';

/** Unchanged lines that are shown around a change. */
const context = 3;
/** With more changed lines, the search for the shortest diff takes seconds: the whole file counts as changed. */
const maxEditLength = 500;

/**
 * Returns edits as a unified diff for display: paths are relative to `cwd`, control characters are shown as escapes, and
 * carriage returns at line ends are omitted. Empty without edits.
 */
export function formatDiff(edits: readonly FileEdit[], cwd: string): string {
  return edits.map((edit) => formatEdit(edit, cwd)).join('');
}

function formatEdit({ path, before, after }: FileEdit, cwd: string): string {
  if (before === after) return '';
  const name = safeText(shownPath(path, cwd)).replaceAll('\\', '/');
  return [
    `--- ${before === undefined ? '/dev/null' : `a/${name}`}\n`,
    `+++ ${after === undefined ? '/dev/null' : `b/${name}`}\n`,
    ...hunksOf(before ?? '', after ?? '').map(formatHunk),
  ].join('');
}

function hunksOf(before: string, after: string): readonly StructuredPatchHunk[] {
  const diff = (from: string, to: string, options = {}) =>
    structuredPatch('', '', from, to, undefined, undefined, { context, ...options });
  const bounded = diff(before, after, { maxEditLength }) as StructuredPatch | undefined;
  if (bounded !== undefined) return bounded.hunks;
  const [removed] = diff(before, '').hunks;
  const [added] = diff('', after).hunks;
  if (removed === undefined || added === undefined) return [];
  const { newStart, newLines } = added;
  return [{ ...removed, newStart, newLines, lines: [...removed.lines, ...added.lines] }];
}

function formatHunk({ oldStart, oldLines, newStart, newLines, lines }: StructuredPatchHunk) {
  const header = `@@ -${formatRange(oldStart, oldLines)} +${formatRange(newStart, newLines)} @@\n`;
  return header + lines.map(formatLine).join('');
}

/** As git does: a count of 1 is omitted, and an empty range names the line before it. */
function formatRange(start: number, count: number): string {
  if (count === 1) return `${start}`;
  return `${count === 0 ? start - 1 : start},${count}`;
}

function formatLine(line: string): string {
  const shown = line.replace(/\r$/, '').split('\t').map(safeText).join('\t');
  return `${shown}\n`;
}
