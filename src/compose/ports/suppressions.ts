import { lineText, type SourceFile, type SourcePosition, toLocation } from '../yaml/source.ts';

/** A finding that the author of a file has accepted: `# portplan: allow CODE REASON`. */
export interface Suppression {
  /** The code of the finding. */
  readonly code: string;
  /** Why; empty where nothing was said. */
  readonly reason: string;
}

/** What is allowed at a place: by a comment on its line, or on the lines above it that hold nothing but comments. */
export function suppressionsAt(position: SourcePosition): readonly Suppression[] {
  const allowances = parseSuppressions(position.source);
  if (allowances.size === 0) return [];
  const { line } = toLocation(position);
  const lines = [line, ...commentLinesAbove(position.source, line)];
  return lines.flatMap((number) => allowances.get(number) ?? []);
}

function* commentLinesAbove(source: SourceFile, line: number): Generator<number> {
  for (let above = line - 1; lineText(source, above).trimStart().startsWith('#'); above -= 1) {
    yield above;
  }
}

const known = new WeakMap<SourceFile, ReadonlyMap<number, Suppression>>();

/** The allowances of a file by line. */
function parseSuppressions(source: SourceFile): ReadonlyMap<number, Suppression> {
  const before = known.get(source);
  if (before !== undefined) return before;
  const allowances = new Map<number, Suppression>();
  const comment = /(?<=^|\s)#[ \t]*portplan:[ \t]*allow[ \t]+([\w-]+)(?:[ \t]+(.*))?$/gm;
  for (const { index, 1: code, 2: reason = '' } of source.text.matchAll(comment)) {
    const { line } = toLocation({ source, start: index, end: index });
    if (code !== undefined) allowances.set(line, { code, reason: reason.trim() });
  }
  known.set(source, allowances);
  return allowances;
}
