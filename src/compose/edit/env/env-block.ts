import {
  blockEnd,
  blockStart,
  detectLineEnding,
  findManagedBlocks,
  type ManagedBlock,
} from '../managed-block.ts';

/** Variables by name. */
export type EnvValues = ReadonlyMap<string, string>;

/** The variables that the marked block of an env file sets. */
export function valuesInBlock(text: string): EnvValues {
  const [block] = findManagedBlocks(text);
  return new Map(linesOf(block).flatMap((line) => readLine(line)));
}

/**
 * An env file whose marked block sets these variables and no others; where it has none, a block is added at the end,
 * where it wins. Everything outside of the block stays byte for byte. Nothing where nothing is left of the file.
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

/** Lines that stay keep their place; comments among them stay too. */
function refill(text: string, block: ManagedBlock, values: EnvValues): string {
  const lineEnd = detectLineEnding(text);
  const left = new Map(values);
  const kept = linesOf(block).flatMap((line) => {
    const [[name, old] = []] = readLine(line);
    if (name === undefined) return [line];
    const value = left.get(name);
    left.delete(name);
    if (value === undefined) return [];
    return value === old ? [line] : [`${name}=${value}`];
  });
  const lines = [
    blockStart,
    ...kept,
    ...[...left].map(([name, value]) => `${name}=${value}`),
    blockEnd,
  ];
  const isLast = block.end === text.length && !text.endsWith('\n');
  return `${lines.join(lineEnd)}${isLast ? '' : lineEnd}`;
}

/** A block that ends without a line end was set behind a text without one. */
function withoutBlock(text: string, { start, end }: ManagedBlock): string | undefined {
  const head = text.slice(0, start);
  const rest = text.endsWith('\n') ? head : head.replace(/\r?\n$/, '');
  const left = `${rest}${text.slice(end)}`;
  return left === '' || left === '\uFEFF' ? undefined : left;
}
