import type { ComposeResource } from '../project.ts';
import { toLocation } from '../yaml/source.ts';
import { entriesOf, get, isNull, itemsOf, stringOf, type TreeNode } from '../yaml/tree.ts';

/** Returns the top-level networks and volumes of a project, including external ones. */
export function readResources(model: TreeNode): readonly ComposeResource[] {
  return [
    ...readKind('network', get(model, 'networks')),
    ...readKind('volume', get(model, 'volumes')),
  ];
}

function readKind(
  kind: ComposeResource['kind'],
  nodes: TreeNode | undefined,
): readonly ComposeResource[] {
  return [...entriesOf(nodes)].map(([key, node]) => ({
    kind,
    key,
    fixedName: textOf(get(node, 'name')),
    external: isExternal(get(node, 'external')),
    subnets: itemsOf(get(get(node, 'ipam'), 'config')).flatMap(
      (pool) => textOf(get(pool, 'subnet')) ?? [],
    ),
    location: toLocation(node.position),
  }));
}

function textOf(node: TreeNode | undefined): string | undefined {
  return stringOf(node) || undefined;
}

/** Returns whether `external` is set. A mapping is the old syntax for a name (compose-go, loader/interpolate.go). */
export function isExternal(node: TreeNode | undefined): boolean {
  return node?.kind === 'map' || isTrue(node);
}

/** Returns whether a scalar is true; casts strings as Compose does (`true`, `y`, `yes`, `on`). */
export function isTrue(node: TreeNode | undefined): boolean {
  if (node?.kind !== 'scalar' || isNull(node)) return false;
  return ['true', 'y', 'yes', 'on'].includes(node.text.toLowerCase());
}
