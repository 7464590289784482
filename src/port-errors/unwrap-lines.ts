/** Wider than any terminal or mail (columns): a text with longer lines was not broken for one. */
const maxWidth = 250;
/** Longer than any broken text that a user pastes (characters). */
const maxBrokenLength = 16_384;

/**
 * Returns the lines that a text may have had before a terminal, an editor or a mail broke them, most likely first:
 * broken at the width, even inside a word, or broken before the word that does not fit. Empty if the text does not look
 * broken.
 */
export function unwrapLines(lines: readonly string[]): readonly (readonly string[])[] {
  const size = lines.reduce((sum, { length }) => sum + length + 1, 0);
  if (size > maxBrokenLength) return [];
  const width = longestOf(lines);
  // A word longer than the width is not broken.
  const bare = lines.map((line) => line.trimEnd());
  const words = longestOf(bare.filter((line) => line.trimStart().includes(' ')));
  return [
    ...(width <= maxWidth ? [join(lines, atWidth(width))] : []),
    ...(words <= maxWidth ? [join(bare, atWords(words))] : []),
  ];
}

function longestOf(lines: readonly string[]): number {
  return lines.reduce((most, { length }) => Math.max(most, length), 0);
}

/** Returns the text between two parts of a broken line, or `undefined` if they are two lines. */
type Glue = (line: string, next: string) => string | undefined;

const atWidth =
  (width: number): Glue =>
  ({ length }) => {
    if (length === width) return '';
    // A copied line loses the space at its end.
    return length === width - 1 ? ' ' : undefined;
  };

const atWords =
  (width: number): Glue =>
  (line, next) => {
    const [word = ''] = next.trimStart().split(' ', 1);
    return line.length + 1 + word.length > width ? ' ' : undefined;
  };

/** The start of lines that continue no other: lines of a log, and prefixes of messages. */
const beginning =
  /^\s*(?:[\w.-]{1,100}\s{0,40}\| |docker: |Error|ERRO|FATA|Container |[{}]|time=|\d{4}[-/]\d\d|[A-Z][a-z]{2} [ \d]\d )/;

/** Lines of the log of a service are not broken. */
const ofService = /^\s*[\w.-]{1,100}\s{0,40}\| /;

function join(lines: readonly string[], glue: Glue): readonly string[] {
  const joined: string[] = [];
  let last: string | undefined;
  for (const line of lines) {
    const between = last === undefined || isApart(last, line) ? undefined : glue(last, line);
    if (between === undefined) joined.push(line);
    else joined.push(`${joined.pop() ?? ''}${between}${between === '' ? line : line.trimStart()}`);
    last = line;
  }
  return joined;
}

function isApart(line: string, next: string): boolean {
  return next.trim() === '' || next === line || beginning.test(next) || ofService.test(line);
}
