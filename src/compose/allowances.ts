import { lineText, locationOf, type Place, type Source } from './source.ts';

/** A finding that the author of a file has accepted: `# portplan: allow CODE REASON`. */
export interface Allowance {
  /** The code of the finding. */
  readonly code: string;
  /** Why; empty where nothing was said. */
  readonly reason: string;
}

/** What is allowed at a place: by a comment on its line, or on the lines above it that hold nothing but comments. */
export function allowancesAt(place: Place): readonly Allowance[] {
  if (!place.source.text.includes('portplan:')) return [];
  const { line } = locationOf(place);
  return [line, ...commentLinesAbove(place.source, line)].flatMap((number) =>
    parseAllowance(lineText(place.source, number)),
  );
}

function* commentLinesAbove(source: Source, line: number): Generator<number> {
  for (let above = line - 1; lineText(source, above).trimStart().startsWith('#'); above -= 1) {
    yield above;
  }
}

/** Reads the allowance of one line, if it has one. */
export function parseAllowance(line: string): readonly Allowance[] {
  const [, code, reason = ''] =
    /(?:^|\s)#\s*portplan:\s*allow\s+([\w-]+)(?:\s+(.*))?$/.exec(line) ?? [];
  return code === undefined ? [] : [{ code, reason: reason.trim() }];
}
