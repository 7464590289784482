/** The comment lines between which portplan writes into files of others. */
export const blockStart = '# portplan: begin';
export const blockEnd = '# portplan: end';

/** A stretch between two marks, in offsets; the lines of the marks belong to it, with their line ends. */
export interface ManagedBlock {
  readonly start: number;
  readonly end: number;
  /** What stands between the marks. */
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

/** The marked blocks of a text, in order. A mark without its partner is none. */
export function findManagedBlocks(text: string): readonly ManagedBlock[] {
  return [...text.matchAll(block)].map(({ index, 0: whole, 1: inner = '' }) => {
    return { start: index, end: index + whole.length, inner };
  });
}

/** How the lines of a text end: as the first one does. */
export function detectLineEnding(text: string): string {
  return /^[^\n]*\r\n/.test(text) ? '\r\n' : '\n';
}
