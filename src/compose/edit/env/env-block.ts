import {
  blockEnd,
  blockStart,
  detectLineEnding,
  findManagedBlocks,
  type ManagedBlock,
} from '../managed-block.ts';

/** Values of variables, by name. */
export type EnvValues = ReadonlyMap<string, string>;

/** Returns the variables that the managed block of an env file sets; empty without a block. */
export function valuesInBlock(text: string): EnvValues {
  const [block] = findManagedBlocks(text);
  return new Map(linesOf(block).flatMap((line) => readLine(line)));
}

/**
 * Returns the text of an env file whose managed block sets exactly these variables. A new block is appended, because the
 * last value wins. Text outside the block stays byte for byte. Returns `undefined` if the file would be empty.
 */
export function setBlockValues(text: string | undefined, values: EnvValues): string | undefined {
  const before = text ?? '';
  const [block] = findManagedBlocks(before);
  if (block === undefined) return values.size === 0 ? text : append(before, values);
  if (values.size === 0) return withoutBlock(before, block);
  return `${before.slice(0, block.start)}${refill(before, block, values)}${before.slice(block.end)}`;
}

function linesOf(block: ManagedBlock | undefined): readonly string[] {
  return block === undefined ? [] : block.inner.split(/\r?\n/).slice(0, -1);
}

function readLine(line: string): readonly (readonly [string, string])[] {
  const [, name, value] = /^\s*([A-Za-z_]\w*)=(.*)$/.exec(line) ?? [];
  return name === undefined || value === undefined ? [] : [[name, value.trim()]];
}

function append(text: string, values: EnvValues): string {
  const lineEnd = detectLineEnding(text);
  const lines = [blockStart, ...[...values].map(([name, value]) => `${name}=${value}`), blockEnd];
  const block = lines.join(lineEnd);
  const isOpen = text !== '' && text !== '\uFEFF' && !text.endsWith('\n');
  return isOpen ? `${text}${lineEnd}${block}` : `${text}${block}${lineEnd}`;
}

/** Lines that stay keep their order; comments between them stay too. */
function refill(text: string, block: ManagedBlock, values: EnvValues): string {
  const lineEnd = detectLineEnding(text);
  const remaining = new Map(values);
  const existing = linesOf(block).flatMap((line) => {
    const [[name, old] = []] = readLine(line);
    if (name === undefined) return [line];
    const value = remaining.get(name);
    remaining.delete(name);
    if (value === undefined) return [];
    return value === old ? [line] : [`${name}=${value}`];
  });
  const lines = [
    blockStart,
    ...existing,
    ...[...remaining].map(([name, value]) => `${name}=${value}`),
    blockEnd,
  ];
  const isLast = block.end === text.length && !text.endsWith('\n');
  return `${lines.join(lineEnd)}${isLast ? '' : lineEnd}`;
}

/** A block without a final line end was appended to a text without one. */
function withoutBlock(text: string, { start, end }: ManagedBlock): string | undefined {
  const head = text.slice(0, start);
  const rest = text.endsWith('\n') ? head : head.replace(/\r?\n$/, '');
  const remaining = `${rest}${text.slice(end)}`;
  return remaining === '' || remaining === '\uFEFF' ? undefined : remaining;
}
