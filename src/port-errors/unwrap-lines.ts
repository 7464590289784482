/** No terminal and no mail is wider; what has longer lines was not broken for one. */
const maxWidth = 250;
/** No text that was broken and then pasted is longer. */
const maxBrokenLength = 16_384;

/**
 * What a text may have been before a terminal, an editor or a mail broke its lines, the likeliest first: broken at the
 * width, wherever that is in a word, or before the word that is too long. Nothing where it does not look broken.
 */
export function unwrapLines(lines: readonly string[]): readonly (readonly string[])[] {
  const size = lines.reduce((sum, { length }) => sum + length + 1, 0);
  if (size > maxBrokenLength) return [];
  const width = longestOf(lines);
  // A word that is too long stays whole.
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

/** What stood between two lines when they were one; nothing where they never were. */
type Glue = (line: string, next: string) => string | undefined;

const atWidth =
  (width: number): Glue =>
  ({ length }) => {
    if (length === width) return '';
    // A blank at the end of a line is lost when it is copied.
    return length === width - 1 ? ' ' : undefined;
  };

const atWords =
  (width: number): Glue =>
  (line, next) => {
    const [word = ''] = next.trimStart().split(' ', 1);
    return line.length + 1 + word.length > width ? ' ' : undefined;
  };

/** How lines begin that go on from no other: those of a log, and the words before a message. */
const beginning =
  /^\s*(?:[\w.-]{1,100}\s{0,40}\| |docker: |Error|ERRO|FATA|Container |[{}]|time=|\d{4}[-/]\d\d|[A-Z][a-z]{2} [ \d]\d )/;

/** A line of the log of a service says itself where it ends. */
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
