import type { SourceRange } from '../yaml/source.ts';

/** A stretch of a file, and what shall stand there. */
export interface TextChange extends SourceRange {
  readonly text: string;
}

/** The text of a file with its changes made; those of other files are passed over. */
export function applyChanges(path: string, text: string, changes: readonly TextChange[]): string {
  const own = changes.filter((change) => change.path === path).sort((a, b) => a.start - b.start);
  let result = '';
  let position = 0;
  for (const { start, end, text: replacement } of own) {
    result += text.slice(position, start) + replacement;
    position = end;
  }
  return result + text.slice(position);
}
