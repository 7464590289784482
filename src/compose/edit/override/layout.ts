import { isMap, isScalar, type Node, type YAMLMap } from 'yaml';
import { parseDocuments } from '../../yaml/document.ts';
import type { SkipReason } from '../edit.ts';
import { findManagedBlocks, type ManagedBlock } from '../managed-block.ts';

/** Offsets of the services in an override file. */
export interface OverrideLayout {
  readonly path: string;
  readonly text: string;
  /** Start of the key `services`; `undefined` without it. */
  readonly servicesKey: number | undefined;
  /** End of its value, if that is `{}`. */
  readonly emptyEnd?: number | undefined;
  readonly services: ReadonlyMap<string, OverrideService>;
}

/** Offsets of one service in an override file. */
export interface OverrideService {
  readonly name: string;
  readonly keyStart: number;
  /** Start of its first key other than managed ports. */
  readonly firstKey: number | undefined;
  /** The managed block of its ports. */
  readonly block: ManagedBlock | undefined;
  /** Start of its key `ports`, if managed. */
  readonly portsStart: number | undefined;
  /** Why its ports cannot be written here. */
  readonly skipReason: SkipReason | undefined;
}

/** Reads the layout of an override file; returns the reason if it is not supported. `file` is its name in messages. */
export function readLayout(path: string, file: string, text: string): OverrideLayout | SkipReason {
  const documents = parseDocuments({ path, file, text: text.replace(/\r(?!\n)/g, '\n') });
  const [root] = documents.map((document) => document.root);
  if (documents.length > 1) return unusualForm(`${file} has several documents`);
  if (root === undefined || isNullNode(root)) {
    return { path, text, servicesKey: undefined, services: new Map() };
  }
  if (!isBlockMap(root)) return unusualForm(`expected a block mapping in ${file}`);
  const pair = pairsOf(root).find(({ name }) => name === 'services');
  const layout = { path, text, servicesKey: pair?.start };
  if (pair === undefined || isNullNode(pair.value)) return { ...layout, services: new Map() };
  if (isMap(pair.value) && pair.value.items.length === 0) {
    return { ...layout, services: new Map(), emptyEnd: pair.value.range?.[1] };
  }
  if (!isBlockMap(pair.value))
    return unusualForm(
      `expected a block mapping under services in ${file}, got brackets or an alias`,
    );

  const blocks = findManagedBlocks(text);
  const services = pairsOf(pair.value).map((one) => readService(one, blocks, file));
  const owned = services.flatMap(({ portsStart }) => portsStart ?? []);
  const foreign = [...keyStarts(root)].find((start) => {
    return !owned.includes(start) && blocks.some((block) => isIn(block, start));
  });
  if (foreign !== undefined) {
    const line = text.slice(0, foreign).split('\n').length;
    const message = `${file}:${line} is inside the block that portplan manages: move it out of the block`;
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

/** Start offsets of the keys of the file, its services and their properties. */
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
      skipReason: unusualForm(
        `expected a block mapping under "${name}" in ${file}, got brackets or an alias`,
      ),
    };
  }
  const pairs = pairsOf(value);
  const ports = pairs.find((pair) => pair.name === 'ports');
  const block = blocks.find((one) => ports !== undefined && isIn(one, ports.start));
  const others = pairs.filter((pair) => block === undefined || pair !== ports);
  const message = `${file} sets the ports of "${name}" by hand: edit them there, or use --write file`;
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
