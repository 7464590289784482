import type { Location } from '../errors.ts';

/** Returns the text of a file as portplan read it; `undefined` if it is not available (stdin, a removed file). */
export type SourceOf = (file: string) => string | undefined;

/** Returns the line of a location, without its line break; `undefined` if the file is unknown or shorter. */
export type LineOf = (location: Location) => string | undefined;

/** Returns a function that returns lines of files. It splits each file once. */
export function createLineOf(sourceOf: SourceOf = () => undefined): LineOf {
  const files = new Map<string, readonly string[]>();
  return ({ file, line }) => {
    const lines = files.get(file) ?? sourceOf(file)?.split('\n') ?? [];
    files.set(file, lines);
    return lines[line - 1]?.replace(/\r$/, '');
  };
}

/** Returns the column after the entry that starts at a location; `undefined` if its line is unknown. */
export function endColumnOf(location: Location, lineOf: LineOf): number | undefined {
  const line = lineOf(location);
  if (line === undefined || location.column > line.length) return undefined;
  return location.column + entryLength(line, location.column - 1);
}

/** Maximum length of an entry in UTF-16 units; the rest of a longer one is ignored. */
const maxEntryLength = 1000;

/**
 * Returns the length in UTF-16 units of the YAML node that starts at `start`, up to the end of the line. Includes the
 * anchor and the tag, but neither a comment nor the colon of a key.
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

/**
 * Returns the length of a plain scalar. Pairs of braces belong to it (`${PORT:-8080}`); a closing brace alone ends the
 * flow collection around it.
 */
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
