import type { SourceRange } from '../yaml/source.ts';

/** A range of a file and the text that replaces it. */
export interface TextChange extends SourceRange {
  readonly text: string;
}

/** Returns the text of a file with the changes of this file applied; ignores changes of other files. */
export function applyChanges(path: string, text: string, changes: readonly TextChange[]): string {
  const sorted = changes.filter((change) => change.path === path).sort((a, b) => a.start - b.start);
  let result = '';
  let position = 0;
  for (const { start, end, text: replacement } of sorted) {
    result += text.slice(position, start) + replacement;
    position = end;
  }
  return result + text.slice(position);
}
