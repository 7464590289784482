import type { Location } from '../errors.ts';

/** The text of a file as it was read, or nothing where it cannot be had (stdin, a file that is gone). */
export type SourceOf = (file: string) => string | undefined;

/** The line that a place is in, without its end; nothing where the file is unknown or shorter. */
export type LineOf = (location: Location) => string | undefined;

/** Finds lines, and splits each file once. */
export function createLineOf(sourceOf: SourceOf = () => undefined): LineOf {
  const files = new Map<string, readonly string[]>();
  return ({ file, line }) => {
    const lines = files.get(file) ?? sourceOf(file)?.split('\n') ?? [];
    files.set(file, lines);
    return lines[line - 1]?.replace(/\r$/, '');
  };
}

/** One past the last column of the entry that starts at a place; nothing where its line is unknown. */
export function endColumnOf(location: Location, lineOf: LineOf): number | undefined {
  const line = lineOf(location);
  if (line === undefined || location.column > line.length) return undefined;
  return location.column + entryLength(line, location.column - 1);
}

/** Entries are looked at no further. */
const maxEntryLength = 1000;

/**
 * The length in UTF-16 units of the YAML node that starts at `start`, as far as it is on this line: with its anchor
 * and tag, without a comment, and of a key without its colon.
 */
export function entryLength(line: string, start: number): number {
  const rest = line.slice(start, start + maxEntryLength);
  const properties = /^(?:[&!]\S*[ \t]+)*/.exec(rest)?.[0].length ?? 0;
  return Math.max(1, properties + nodeLength(rest.slice(properties)));
}

function nodeLength(text: string): number {
  switch (text[0]) {
    case '"':
      return matchLength(text, /^"(?:[^"\\]|\\.)*"?/);
    case "'":
      return matchLength(text, /^'(?:[^']|'')*'?/);
    case '*':
      return matchLength(text, /^\*[^\s,\]}]*/);
    case '{':
    case '[':
      return collectionLength(text);
    default:
      return plainLength(text);
  }
}

function matchLength(text: string, pattern: RegExp): number {
  return pattern.exec(text)?.[0].length ?? 0;
}

function collectionLength(text: string): number {
  let depth = 0;
  for (const { 0: token, index } of text.matchAll(/"(?:[^"\\]|\\.)*"?|'[^']*'?|[[\]{}]/g)) {
    if (token === '{' || token === '[') depth += 1;
    if (token === '}' || token === ']') depth -= 1;
    if (depth === 0) return index + token.length;
  }
  return text.trimEnd().length;
}

/** Braces belong to a plain scalar in pairs only: `${PORT:-8080}`; alone they end a flow collection around it. */
function plainLength(text: string): number {
  const end = endOfPlain(text);
  return text.slice(0, end).trimEnd().replace(/:$/, '').length;
}

function endOfPlain(text: string): number {
  let depth = 0;
  for (const { 0: token, index } of text.matchAll(/[ \t]#|[{},\]]/g)) {
    if (token === '{') depth += 1;
    else if (token === '}' && depth > 0) depth -= 1;
    else if (depth === 0) return index;
  }
  return text.length;
}
