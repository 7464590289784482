/** Comment lines around the block that portplan manages in a file. */
export const blockStart = '# portplan: begin';
export const blockEnd = '# portplan: end';

/** A managed block: offsets of its range, including both comment lines and their line ends. */
export interface ManagedBlock {
  readonly start: number;
  readonly end: number;
  /** Text between the comment lines. */
  readonly inner: string;
}

const block = new RegExp(
  [
    `(?:^|(?<=^\\uFEFF))[ \\t]*${blockStart}[ \\t]*\\r?\\n`,
    `((?:(?![ \\t]*${blockStart})[^\\n]*\\n)*?)`,
    `[ \\t]*${blockEnd}[ \\t]*(?:\\r?\\n|$(?![\\r\\n]))`,
  ].join(''),
  'gm',
);

/** Returns the managed blocks of a text, in order. A comment line without its partner is ignored. */
export function findManagedBlocks(text: string): readonly ManagedBlock[] {
  return [...text.matchAll(block)].map(({ index, 0: whole, 1: inner = '' }) => {
    return { start: index, end: index + whole.length, inner };
  });
}

/** Returns the line ending of a text's first line: `\r\n` or `\n`. */
export function detectLineEnding(text: string): string {
  return /^[^\n]*\r\n/.test(text) ? '\r\n' : '\n';
}
