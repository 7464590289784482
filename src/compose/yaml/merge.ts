import { PortplanError } from '../../errors.ts';
import { toLocation } from './source.ts';
import { isNull, type MapEntry, type MapNode, type TreeNode } from './tree.ts';

/**
 * Lays one tree over another as Compose does: mappings join by key, lists append, a null or a missing value changes
 * nothing, any other value replaces. `!reset` and `!override` in `over` drop what `base` says, and stay noted in the
 * result, for the files below. Rules: compose-go, override/merge.go and loader/reset.go.
 * @throws PortplanError `invalid-input`, reason `cannot-override`: a list of ports under something else.
 */
export function merge(base: TreeNode, over: TreeNode, path: readonly string[] = []): TreeNode {
  if (isNull(over)) return base;
  if (isNull(base)) return over;
  if (base.kind === 'map' && over.kind === 'map') return mergeMaps(base, over, path);
  if (base.kind === 'list' && over.kind === 'list') {
    return { kind: 'list', items: [...base.items, ...over.items], position: over.position };
  }
  if (base.kind !== over.kind && isDecisive(path)) throw cannotOverride(over, path);
  return over;
}

function mergeMaps(base: MapNode, over: MapNode, path: readonly string[]): MapNode {
  const entries = new Map(base.entries);
  for (const [key, entry] of over.entries) {
    entries.set(key, mergeEntries(base.entries.get(key), entry, [...path, key]));
  }
  return { kind: 'map', entries, position: base.position };
}

function mergeEntries(
  base: MapEntry | undefined,
  over: MapEntry,
  path: readonly string[],
): MapEntry {
  if (base?.value === undefined || over.clears || over.value === undefined) return over;
  return { ...over, value: merge(base.value, over.value, path) };
}

/** Where Compose's refusal is about ports; elsewhere the later value just replaces the earlier one. */
function isDecisive(path: readonly string[]): boolean {
  return path[0] === 'services' && (path.length <= 2 || (path.length === 3 && path[2] === 'ports'));
}

function cannotOverride(over: TreeNode, path: readonly string[]): PortplanError {
  const expected = path.at(-1) === 'ports' ? 'a list' : 'a mapping';
  return new PortplanError('invalid-input', `cannot override ${path.join('.')}: not ${expected}`, {
    reason: 'cannot-override',
    hint: `write ${expected} here, as in the file below it`,
    location: toLocation(over.position),
  });
}

/** The tree without its `!reset` and `!override` marks, and without what was reset. */
export function resolveResets(node: TreeNode): TreeNode {
  if (node.kind !== 'map' || !hasMarks(node)) return node;
  const entries = new Map<string, MapEntry>();
  for (const [key, entry] of node.entries) {
    if (entry.value === undefined) continue;
    entries.set(key, { ...entry, value: resolveResets(entry.value), clears: false });
  }
  return { kind: 'map', entries, position: node.position };
}

function hasMarks(node: TreeNode): boolean {
  if (node.kind !== 'map') return false;
  for (const { value, clears } of node.entries.values()) {
    if (clears || value === undefined || hasMarks(value)) return true;
  }
  return false;
}
