import { PortplanError } from '../../errors.ts';
import { toLocation } from './source.ts';
import { isNull, type MapEntry, type MapNode, type TreeNode } from './tree.ts';

/**
 * Merges `over` into `base` as Compose does: mappings merge by key, lists append, null and missing values change
 * nothing, any other value replaces. `!reset` and `!override` in `over` drop the value of `base`; the result keeps these
 * tags, for the files below it. Rules: compose-go, override/merge.go and loader/reset.go.
 * @throws PortplanError `invalid-input`, reason `cannot-override`, if services or ports differ in kind.
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

/** Whether a difference in kind affects ports and is an error; elsewhere the later value replaces the earlier one. */
function isDecisive(path: readonly string[]): boolean {
  return path[0] === 'services' && (path.length <= 2 || (path.length === 3 && path[2] === 'ports'));
}

function cannotOverride(over: TreeNode, path: readonly string[]): PortplanError {
  const expected = path.at(-1) === 'ports' ? 'a list' : 'a mapping';
  return new PortplanError(
    'invalid-input',
    `cannot override ${path.join('.')}: expected ${expected}`,
    {
      reason: 'cannot-override',
      hint: `write ${expected}, as in the file that it overrides`,
      location: toLocation(over.position),
    },
  );
}

/** Returns the tree without `!reset` and `!override` tags and without reset values. */
export function resolveResets(node: TreeNode): TreeNode {
  if (node.kind !== 'map' || !hasTags(node)) return node;
  const entries = new Map<string, MapEntry>();
  for (const [key, entry] of node.entries) {
    if (entry.value === undefined) continue;
    entries.set(key, { ...entry, value: resolveResets(entry.value), clears: false });
  }
  return { kind: 'map', entries, position: node.position };
}

function hasTags(node: TreeNode): boolean {
  if (node.kind !== 'map') return false;
  for (const { value, clears } of node.entries.values()) {
    if (clears || value === undefined || hasTags(value)) return true;
  }
  return false;
}
