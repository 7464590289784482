/** A text with indented continuation lines, and the mapping back to the original. */
export interface Reindented {
  readonly text: string;
  /** Maps an offset in `text` to one in the original text. */
  toOriginal(offset: number): number;
}

/**
 * Indents lines inside brackets and quotes. Compose's YAML library accepts them without indentation, as in `ports: [`
 * followed by unindented items; the YAML specification and the parser used here require it. Spaces there have no
 * meaning. Returns `undefined` if there is no such line. The scan is approximate: use the result only if it parses.
 */
export function reindent(text: string): Reindented | undefined {
  const starts = continuationLines(text);
  if (starts.length === 0) return undefined;
  const pieces = starts.map((start, index) => text.slice(starts[index - 1] ?? 0, start));
  return {
    text: [...pieces, text.slice(starts.at(-1))].join(indentation),
    toOriginal: (offset) => toOriginal(offset, starts),
  };
}

/** Deeper than any block in a real file. */
const indentation = ' '.repeat(80);

function toOriginal(offset: number, starts: readonly number[]): number {
  // Binary search for the number of lines that were indented before the offset.
  let low = 0;
  let high = starts.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((starts[middle] ?? 0) + middle * indentation.length < offset) low = middle + 1;
    else high = middle;
  }
  return low === 0 ? offset : Math.max(starts[low - 1] ?? 0, offset - low * indentation.length);
}

interface State {
  /** Number of open brackets. */
  depth: number;
  /** The open quote; empty if none. */
  quote: string;
  /** Indentation of the line that opened a block scalar; -1 if none is open. */
  block: number;
}

/** Offsets of the lines that begin inside brackets or quotes. */
function continuationLines(text: string): readonly number[] {
  const starts: number[] = [];
  const state: State = { depth: 0, quote: '', block: -1 };
  let offset = 0;
  for (const line of text.split('\n')) {
    const indent = line.search(/\S/);
    if (state.block >= 0 && indent >= 0 && indent <= state.block) state.block = -1;
    if (state.block < 0) {
      if (indent >= 0 && (state.depth > 0 || state.quote !== '')) starts.push(offset);
      scanLine(line, state);
    }
    offset += line.length + 1;
  }
  return starts;
}

function scanLine(line: string, state: State): void {
  for (let position = 0; position < line.length; position += 1) {
    const character = line[position] ?? '';
    if (state.quote !== '') position = scanQuoted(line, position, state);
    else if (character === '#' && isBlank(line[position - 1])) return;
    else if (state.depth > 0 && ']}'.includes(character)) state.depth -= 1;
    else if (startsValue(line, position)) openValue(line, position, state);
  }
}

/** Returns the index of the last character that was read. */
function scanQuoted(line: string, position: number, state: State): number {
  const character = line[position];
  if (character === '\\' && state.quote === '"') return position + 1;
  if (character !== state.quote) return position;
  if (character === "'" && line[position + 1] === "'") return position + 1;
  state.quote = '';
  return position;
}

/** Whether a value may begin here: at the start, or after an indicator, tag or anchor. */
function startsValue(line: string, position: number): boolean {
  if (!'"\'[{|>'.includes(line[position] ?? '')) return false;
  const before = line.slice(Math.max(0, position - maxLookBehind), position);
  return /(^|[[{,]|[:?-]\s|[&!]\S*\s)\s*$/.test(before);
}

/** Maximum characters to search back for an indicator: a line may be megabytes long. */
const maxLookBehind = 100;

function isBlank(character: string | undefined): boolean {
  return character === undefined || character.trim() === '';
}

function openValue(line: string, position: number, state: State): void {
  const character = line[position] ?? '';
  if ('"\''.includes(character)) state.quote = character;
  else if ('[{'.includes(character)) state.depth += 1;
  else if (state.depth === 0) state.block = line.search(/\S/);
}
