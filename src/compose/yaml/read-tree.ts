import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  type Node,
  type Pair,
  type Scalar,
  type YAMLMap,
} from 'yaml';
import { PortplanError } from '../../errors.ts';
import { type Interpolation, interpolate, type Lookup } from '../variables/interpolate.ts';
import type { Warnings } from '../warnings.ts';
import type { ParsedDocument } from './document.ts';
import { composeFields, type FieldSpec, fieldAt } from './fields-read.ts';
import { guardNesting } from './nesting-limit.ts';
import { type PlainValue, resolvePlain } from './scalar.ts';
import { type SourcePosition, toLocation } from './source.ts';
import type { ListNode, MapEntry, MapNode, ScalarNode, TreeNode } from './tree.ts';

/**
 * Returns the tree of one document, with aliases and merge keys (`<<`) resolved, `!reset` and `!override` recorded, and
 * variables substituted. Every node keeps its position in the file, also if it was reached through an alias.
 * @throws PortplanError `invalid-input` with a location, for an invalid variable that ports depend on, or too many
 *   aliases.
 */
export function readTree(document: ParsedDocument, lookup: Lookup, warnings: Warnings): TreeNode {
  const { root, source } = document;
  const reader: Reader = { document, lookup, warnings, visits: 0 };
  if (root === undefined) return nullAt({ source, start: 0, end: 0 });
  return guardNesting(source.file, () => read(reader, root, composeFields));
}

interface Reader {
  readonly document: ParsedDocument;
  readonly lookup: Lookup;
  readonly warnings: Warnings;
  visits: number;
}

/** Compose's own limit for one document (compose-go, loader/reset.go). */
const maxVisits = 100_000;

function read(reader: Reader, node: Node | null | undefined, field: FieldSpec): TreeNode {
  reader.visits += 1;
  if (reader.visits > maxVisits) {
    throw invalidDocument(
      positionOf(reader, node),
      `more than ${maxVisits} nodes after resolving aliases`,
    );
  }
  if (isAlias(node)) return read(reader, targetOf(reader, node), field);
  if (isMap(node)) return readMap(reader, node, field);
  if (isSeq(node)) {
    const list = readList(reader, node.items as readonly Node[], field, positionOf(reader, node));
    return field === 'names' ? toNames(list) : list;
  }
  if (isScalar(node)) return readScalar(reader, node, field);
  return nullAt(positionOf(reader, node));
}

/** Resolves an alias. parseDocuments has rejected cycles. */
function targetOf(reader: Reader, node: Node): Node {
  const target = isAlias(node) ? reader.document.targets.get(node) : undefined;
  return target === undefined ? node : targetOf(reader, target);
}

function readList(
  reader: Reader,
  items: readonly Node[],
  field: FieldSpec,
  position: SourcePosition,
): ListNode {
  const remaining = items.filter((item) => tagOf(reader, item) !== '!reset');
  return { kind: 'list', items: remaining.map((item) => read(reader, item, field)), position };
}

/** Returns `[a, b]` as `{a: null, b: null}`, as Compose does before it merges networks and dependencies. */
function toNames(list: ListNode): MapNode {
  const entries = new Map<string, MapEntry>();
  for (const item of list.items) {
    if (item.kind !== 'scalar') continue;
    entries.set(item.text, {
      value: nullAt(item.position),
      clears: false,
      keyPosition: item.position,
    });
  }
  return { kind: 'map', entries, position: list.position };
}

function readMap(reader: Reader, map: YAMLMap, field: FieldSpec): MapNode {
  const entries = new Map<string, MapEntry>();
  const merged: Node[] = [];
  for (const pair of map.items as Pair<Node, Node | null>[]) {
    const key = keyOf(reader, pair.key);
    if (isMergeKey(pair.key)) merged.push(pair.key, ...(pair.value === null ? [] : [pair.value]));
    else if (key !== undefined) entries.set(key, readEntry(reader, pair, key, field));
  }
  for (const node of merged.filter((node) => !isMergeKey(node))) {
    for (const [key, entry] of mergedEntries(reader, node, field)) {
      entries.set(key, joinEntries(entries.get(key), entry));
    }
  }
  return { kind: 'map', entries, position: positionOf(reader, map) };
}

/** The explicit entry wins over the merge key. A tag of either applies, because Compose records only its path. */
function joinEntries(explicit: MapEntry | undefined, merged: MapEntry): MapEntry {
  if (explicit === undefined) return merged;
  const value = explicit.value ?? merged.value;
  const clears = explicit.clears || merged.clears;
  return { value, clears, keyPosition: explicit.keyPosition };
}

function isMergeKey(node: Node): boolean {
  return isScalar(node) && node.value === '<<' && node.type === 'PLAIN' && node.tag === undefined;
}

function keyOf(reader: Reader, key: Node): string | undefined {
  const node = isAlias(key) ? reader.document.targets.get(key) : key;
  const position = positionOf(reader, key);
  const { type, text } = isScalar(node) ? resolve(node) : { type: 'mapping', text: undefined };
  if (type !== 'string' && !isMergeKey(key)) {
    reader.warnings.reject(
      'schema',
      `invalid key: expected a string, got ${type}; quote it`,
      toLocation(position),
    );
  }
  return text;
}

function readEntry(
  reader: Reader,
  { key, value }: Pair<Node, Node | null>,
  name: string,
  field: FieldSpec,
): MapEntry {
  const tag = tagOf(reader, value);
  const keyPosition = positionOf(reader, key);
  if (tag === '!reset') return { value: undefined, clears: true, keyPosition };
  const inner = fieldAt(field, name);
  const position = value === null ? keyPosition : positionOf(reader, value);
  const content =
    inner === undefined
      ? opaqueAt(reader, value, position)
      : readValue(reader, value, inner, position);
  return { value: content, clears: tag === '!override', keyPosition };
}

function readValue(
  reader: Reader,
  value: Node | null,
  field: FieldSpec,
  position: SourcePosition,
): TreeNode {
  return value === null ? nullAt(position) : read(reader, value, field);
}

function opaqueAt(reader: Reader, value: Node | null, position: SourcePosition): TreeNode {
  if (isScalar(value) && resolve(value).type === 'null') return nullAt(position);
  if (reader.warnings.strict) checkUnread(reader, value);
  return { kind: 'opaque', position };
}

/** Checks fields that are not read for keys and variables that Compose rejects. */
function checkUnread(reader: Reader, node: unknown): void {
  if (isMap(node)) {
    for (const { key, value } of node.items as Pair<Node, unknown>[]) {
      keyOf(reader, key);
      checkUnread(reader, value);
    }
  } else if (isSeq(node)) for (const item of node.items) checkUnread(reader, item);
  else if (isScalar(node)) readScalar(reader, node as Scalar & Node, 'lenient');
}

function* mergedEntries(
  reader: Reader,
  node: Node,
  field: FieldSpec,
): Generator<[string, MapEntry]> {
  const target = targetOf(reader, node);
  const sources = isSeq(target) ? (target.items as Node[]) : [target];
  for (const source of sources) {
    const map = targetOf(reader, source);
    if (!isMap(map)) {
      throw invalidDocument(
        positionOf(reader, node),
        'expected a mapping or a list of mappings under "<<"',
      );
    }
    reader.visits += 1;
    yield* readMap(reader, map, field).entries;
  }
}

function tagOf(reader: Reader, node: Node | null): string | undefined {
  const target = isAlias(node) ? reader.document.targets.get(node) : node;
  return isScalar(target) || isMap(target) || isSeq(target) ? target.tag : undefined;
}

function readScalar(reader: Reader, node: Scalar & Node, field: FieldSpec): ScalarNode {
  const position = positionOf(reader, node);
  const { type, text } = resolve(node);
  const filled =
    type === 'string' ? fillIn(reader, text, field, position) : { ...noVariables, text };
  const isPlain = node.type === 'PLAIN';
  return { kind: 'scalar', type, ...filled, raw: text, isPlain, position };
}

const noVariables = { variables: [], unset: [], rejectedByOlder: false } as const;

function resolve(node: Scalar): PlainValue {
  const text = String(node.value);
  if (node.tag === undefined) {
    return node.type === 'PLAIN' ? resolvePlain(node.source ?? text) : { type: 'string', text };
  }
  return standardTags.has(node.tag) ? resolvePlain(text) : { type: 'string', text };
}

const standardTags = new Set(
  ['int', 'float', 'bool', 'null'].map((type) => `tag:yaml.org,2002:${type}`),
);

function fillIn(
  reader: Reader,
  text: string,
  field: FieldSpec,
  position: SourcePosition,
): Interpolation {
  try {
    const filled = interpolate(text, reader.lookup);
    for (const name of filled.variables) reader.warnings.redactor.add(name, reader.lookup(name));
    return filled;
  } catch (error) {
    if (!(error instanceof PortplanError)) throw error;
    const { message, reason = 'invalid-template', hint } = error;
    const location = toLocation(position);
    if (field === 'value') {
      throw new PortplanError('invalid-input', message, { reason, hint, location, cause: error });
    }
    reader.warnings.reject(reason, message, location);
    return { ...noVariables, text };
  }
}

function positionOf(reader: Reader, node: Node | null | undefined): SourcePosition {
  const [start, end] = node?.range ?? [0, 0];
  return { source: reader.document.source, start, end };
}

function nullAt(position: SourcePosition): ScalarNode {
  return {
    kind: 'scalar',
    type: 'null',
    text: '',
    raw: '',
    isPlain: true,
    ...noVariables,
    position,
  };
}

function invalidDocument(position: SourcePosition, detail: string): PortplanError {
  return new PortplanError('invalid-input', `invalid YAML in ${position.source.file}: ${detail}`, {
    reason: 'invalid-yaml',
    hint: 'write the values out instead of using aliases',
    location: toLocation(position),
  });
}
