/** Maximum length in characters, because untrusted names can have megabytes. */
const maxTextLength = 4000;

/**
 * Returns untrusted text (names, command lines, files) without the characters that a terminal acts on: control
 * characters, bidirectional marks and other invisible characters become their code, as `\u{1b}`. Text of more than 4000
 * characters is cut.
 */
export function safeText(text: string): string {
  return shorten(text, maxTextLength).replace(
    /[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/gu,
    (char) => `\\u{${char.codePointAt(0)?.toString(16)}}`,
  );
}

/** Returns every line of the text as {@link safeText}; keeps line ends. For text whose lines portplan composed. */
export function safeLines(text: string): string {
  return text.split('\n').map(safeText).join('\n');
}

/** Returns the text cut to `length` UTF-16 units, with `…` at the end; never splits a surrogate pair. */
export function shorten(text: string, length: number): string {
  if (text.length <= length) return text;
  const cut = text.slice(0, Math.max(1, length - 1));
  return `${cut.replace(/[\ud800-\udbff]$/, '')}…`;
}

/** Returns the text as one word of a POSIX shell; quotes it only if necessary. */
export function shellQuote(text: string): string {
  return /^[A-Za-z0-9_@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
