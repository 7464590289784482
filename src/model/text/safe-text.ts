/** Maximum length in characters, because untrusted names can have megabytes. */
const maxTextLength = 4000;

/**
 * Text of strangers (names, command lines, files) without anything that a terminal would act on: control characters,
 * bidirectional marks and other invisible signs are shown by their code, as `\u{1b}`. Longer than 4000 characters, it is
 * cut.
 */
export function safeText(text: string): string {
  return shorten(text, maxTextLength).replace(
    /[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/gu,
    (sign) => `\\u{${sign.codePointAt(0)?.toString(16)}}`,
  );
}

/** The same for texts of several lines of our own making: line ends stay. */
export function safeLines(text: string): string {
  return text.split('\n').map(safeText).join('\n');
}

/** The text cut to so many characters, none of them in half, with a sign that it was. */
export function shorten(text: string, length: number): string {
  if (text.length <= length) return text;
  const cut = text.slice(0, Math.max(1, length - 1));
  return `${cut.replace(/[\ud800-\udbff]$/, '')}…`;
}

/** The text as one word of a POSIX shell; quoted only where it has to be. */
export function shellQuote(text: string): string {
  return /^[A-Za-z0-9_@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
