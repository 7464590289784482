import { isMap, isScalar, type Node, type YAMLMap } from 'yaml';
import { parseDocuments } from '../../yaml/document.ts';
import type { SkipReason } from '../edit.ts';
import { findManagedBlocks, type ManagedBlock } from '../managed-block.ts';

/** Where the services of an override file stand. */
export interface OverrideLayout {
  readonly path: string;
  readonly text: string;
  /** Where the key `services` begins. */
  readonly servicesKey: number | undefined;
  /** The end of `{}` behind it, if that is its value. */
  readonly emptyEnd?: number | undefined;
  readonly services: ReadonlyMap<string, OverrideService>;
}

export interface OverrideService {
  readonly name: string;
  readonly keyStart: number;
  /** Where its first key begins, other than ports between marks. */
  readonly firstKey: number | undefined;
  readonly block: ManagedBlock | undefined;
  readonly portsStart: number | undefined;
  readonly skipReason: SkipReason | undefined;
}

/** Reads the layout of an override file, or tells why none of it is changed; `file` is its name in messages. */
export function readLayout(path: string, file: string, text: string): OverrideLayout | SkipReason {
  const documents = parseDocuments({ path, file, text: text.replace(/\r(?!\n)/g, '\n') });
  const [root] = documents.map((document) => document.root);
  if (documents.length > 1) return unusualForm(`${file} holds several documents`);
  if (root === undefined || isNullNode(root)) {
    return { path, text, servicesKey: undefined, services: new Map() };
  }
  if (!isBlockMap(root))
    return unusualForm(`${file} is not written as a mapping over several lines`);
  const pair = pairsOf(root).find(({ name }) => name === 'services');
  const layout = { path, text, servicesKey: pair?.start };
  if (pair === undefined || isNullNode(pair.value)) return { ...layout, services: new Map() };
  if (isMap(pair.value) && pair.value.items.length === 0) {
    return { ...layout, services: new Map(), emptyEnd: pair.value.range?.[1] };
  }
  if (!isBlockMap(pair.value))
    return unusualForm(`services in ${file} are in brackets, or an alias`);

  const blocks = findManagedBlocks(text);
  const services = pairsOf(pair.value).map((one) => readService(one, blocks, file));
  const owned = services.flatMap(({ portsStart }) => portsStart ?? []);
  const foreign = [...keyStarts(root)].find((start) => {
    return !owned.includes(start) && blocks.some((block) => isIn(block, start));
  });
  if (foreign !== undefined) {
    const line = text.slice(0, foreign).split('\n').length;
    const message = `${file}:${line} stands between the marks of portplan, which did not write it: move it out`;
    return { reason: 'hand-written', message };
  }
  return { ...layout, services: new Map(services.map((one) => [one.name, one])) };
}

interface NamedPair {
  readonly name: string;
  readonly start: number;
  readonly value: Node | null;
}

function pairsOf(map: YAMLMap): readonly NamedPair[] {
  return map.items.flatMap(({ key, value }) => {
    if (!isScalar(key)) return [];
    const start = (key as Node).range?.[0] ?? 0;
    return [{ name: String(key.value), start, value: (value ?? null) as Node | null }];
  });
}

function isNullNode(node: Node | null): boolean {
  return node === null || (isScalar(node) && node.value === '' && node.type === 'PLAIN');
}

function isBlockMap(node: Node | null): node is YAMLMap & Node {
  return isMap(node) && node.flow !== true;
}

/** Where the keys of the file, its services and their properties begin. */
function* keyStarts(map: YAMLMap, depth = 0): Generator<number> {
  for (const { start, value } of pairsOf(map)) {
    yield start;
    if (depth < 2 && isMap(value)) yield* keyStarts(value, depth + 1);
  }
}

function readService(
  { name, start, value }: NamedPair,
  blocks: readonly ManagedBlock[],
  file: string,
): OverrideService {
  const empty = {
    name,
    keyStart: start,
    firstKey: undefined,
    block: undefined,
    portsStart: undefined,
  };
  if (isNullNode(value)) return { ...empty, skipReason: undefined };
  if (!isBlockMap(value)) {
    return {
      ...empty,
      skipReason: unusualForm(`"${name}" in ${file} is in brackets, or an alias`),
    };
  }
  const pairs = pairsOf(value);
  const ports = pairs.find((pair) => pair.name === 'ports');
  const block = blocks.find((one) => ports !== undefined && isIn(one, ports.start));
  const others = pairs.filter((pair) => block === undefined || pair !== ports);
  const message = `${file} sets the ports of "${name}" by hand: change them there, or by --write file`;
  const skipReason: SkipReason | undefined =
    ports === undefined || block !== undefined ? undefined : { reason: 'hand-written', message };
  return {
    name,
    keyStart: start,
    firstKey: others[0]?.start,
    block,
    portsStart: block === undefined ? undefined : ports?.start,
    skipReason,
  };
}

function isIn({ start, end }: ManagedBlock, offset: number): boolean {
  return offset >= start && offset < end;
}

function unusualForm(message: string): SkipReason {
  return { reason: 'unusual-form', message };
}
