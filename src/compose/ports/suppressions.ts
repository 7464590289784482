import { lineText, type SourceFile, type SourcePosition, toLocation } from '../yaml/source.ts';

/** A comment that suppresses a finding: `# portplan: allow CODE REASON`. */
export interface Suppression {
  /** Code of the suppressed finding. */
  readonly code: string;
  /** Empty if the comment gives none. */
  readonly reason: string;
}

/** Returns the suppressions for a position: comments on its line, or on the comment-only lines directly above it. */
export function suppressionsAt(position: SourcePosition): readonly Suppression[] {
  const suppressions = parseSuppressions(position.source);
  if (suppressions.size === 0) return [];
  const { line } = toLocation(position);
  const lines = [line, ...commentLinesAbove(position.source, line)];
  return lines.flatMap((number) => suppressions.get(number) ?? []);
}

function* commentLinesAbove(source: SourceFile, line: number): Generator<number> {
  for (let above = line - 1; lineText(source, above).trimStart().startsWith('#'); above -= 1) {
    yield above;
  }
}

const cache = new WeakMap<SourceFile, ReadonlyMap<number, Suppression>>();

/** Suppressions of a file, by line number. */
function parseSuppressions(source: SourceFile): ReadonlyMap<number, Suppression> {
  const cached = cache.get(source);
  if (cached !== undefined) return cached;
  const suppressions = new Map<number, Suppression>();
  const comment = /(?<=^|\s)#[ \t]*portplan:[ \t]*allow[ \t]+([\w-]+)(?:[ \t]+(.*))?$/gm;
  for (const { index, 1: code, 2: reason = '' } of source.text.matchAll(comment)) {
    const { line } = toLocation({ source, start: index, end: index });
    if (code !== undefined) suppressions.set(line, { code, reason: reason.trim() });
  }
  cache.set(source, suppressions);
  return suppressions;
}
