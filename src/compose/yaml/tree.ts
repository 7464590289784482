import type { SourcePosition } from './source.ts';

/** A node of a Compose file as far as portplan reads it: aliases and merge keys resolved, variables substituted. */
export type TreeNode = ScalarNode | ListNode | MapNode | OpaqueNode;

/** A single value. `text` is decimal for integers, and has variables substituted for strings. */
export interface ScalarNode {
  readonly kind: 'scalar';
  readonly type: 'string' | 'integer' | 'float' | 'boolean' | 'null' | 'timestamp';
  readonly text: string;
  /** The text in the file, before interpolation. */
  readonly raw: string;
  /** Written without quotes, so other YAML readers may resolve it to another type. */
  readonly isPlain: boolean;
  /** Variables that the text refers to. */
  readonly variables: readonly string[];
  /** Those of them that are not set and have no default. */
  readonly unset: readonly string[];
  /** As `Interpolation.rejectedByOlder`. */
  readonly rejectedByOlder: boolean;
  readonly position: SourcePosition;
}

/** A sequence. */
export interface ListNode {
  readonly kind: 'list';
  readonly items: readonly TreeNode[];
  readonly position: SourcePosition;
}

/** A mapping, in file order. */
export interface MapNode {
  readonly kind: 'map';
  readonly entries: ReadonlyMap<string, MapEntry>;
  readonly position: SourcePosition;
}

/** A value that cannot affect published ports and is not read. */
export interface OpaqueNode {
  readonly kind: 'opaque';
  readonly position: SourcePosition;
}

/** The value of a key. */
export interface MapEntry {
  /** `undefined` under `!reset`, whose value is ignored. */
  readonly value: TreeNode | undefined;
  /** Tagged `!reset` or `!override`: values of earlier files are dropped. */
  readonly clears: boolean;
  readonly keyPosition: SourcePosition;
}

/** Returns the value of a key; `undefined` if the node is not a mapping or has no such key. */
export function get(node: TreeNode | undefined, key: string): TreeNode | undefined {
  return node?.kind === 'map' ? node.entries.get(key)?.value : undefined;
}

/** Returns the text of a string scalar; `undefined` for any other node. */
export function stringOf(node: TreeNode | undefined): string | undefined {
  return node?.kind === 'scalar' && node.type === 'string' ? node.text : undefined;
}

/** Returns whether the node is `null` or missing. */
export function isNull(node: TreeNode | undefined): boolean {
  return node === undefined || (node.kind === 'scalar' && node.type === 'null');
}

/** Returns the items of a list; empty for any other node. */
export function itemsOf(node: TreeNode | undefined): readonly TreeNode[] {
  return node?.kind === 'list' ? node.items : [];
}

/** Yields key and value of each entry that has a value; nothing for any node but a mapping. */
export function* entriesOf(node: TreeNode | undefined): Generator<[string, TreeNode]> {
  if (node?.kind !== 'map') return;
  for (const [key, { value }] of node.entries) if (value !== undefined) yield [key, value];
}
