import type { SourcePosition } from './source.ts';

/** A node of a compose file as far as portplan reads it: aliases and merge keys followed, variables filled in. */
export type TreeNode = ScalarNode | ListNode | MapNode | OpaqueNode;

/** A single value. Integers keep their decimal text; strings are text with the variables filled in. */
export interface ScalarNode {
  readonly kind: 'scalar';
  readonly type: 'string' | 'integer' | 'float' | 'boolean' | 'null' | 'timestamp';
  readonly text: string;
  /** The text as it stands in the file, before variables. */
  readonly raw: string;
  /** Written without quotes, so that other YAML readers may take it for something else. */
  readonly isPlain: boolean;
  readonly variables: readonly string[];
  readonly unset: readonly string[];
  readonly rejectedByOlder: boolean;
  readonly position: SourcePosition;
}

export interface ListNode {
  readonly kind: 'list';
  readonly items: readonly TreeNode[];
  readonly position: SourcePosition;
}

export interface MapNode {
  readonly kind: 'map';
  readonly entries: ReadonlyMap<string, MapEntry>;
  readonly position: SourcePosition;
}

/** Something that has no bearing on ports and is not looked into. */
export interface OpaqueNode {
  readonly kind: 'opaque';
  readonly position: SourcePosition;
}

/** The value of a key. */
export interface MapEntry {
  /** Absent under `!reset`, whose value is ignored. */
  readonly value: TreeNode | undefined;
  /** Tagged `!reset` or `!override`: what earlier files say here is dropped. */
  readonly clears: boolean;
  readonly keyPosition: SourcePosition;
}

/** The value under the key of a mapping, or nothing. */
export function get(node: TreeNode | undefined, key: string): TreeNode | undefined {
  return node?.kind === 'map' ? node.entries.get(key)?.value : undefined;
}

/** The text of a string, or nothing for anything else. */
export function stringOf(node: TreeNode | undefined): string | undefined {
  return node?.kind === 'scalar' && node.type === 'string' ? node.text : undefined;
}

/** Whether the node is `null`, or is not there. */
export function isNull(node: TreeNode | undefined): boolean {
  return node === undefined || (node.kind === 'scalar' && node.type === 'null');
}

/** The items of a list; none for anything else. */
export function itemsOf(node: TreeNode | undefined): readonly TreeNode[] {
  return node?.kind === 'list' ? node.items : [];
}

/** Key and value of each entry that has a value; none for anything but a mapping. */
export function* entriesOf(node: TreeNode | undefined): Generator<[string, TreeNode]> {
  if (node?.kind !== 'map') return;
  for (const [key, { value }] of node.entries) if (value !== undefined) yield [key, value];
}
