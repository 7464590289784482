import type { ComposeResource } from '../project.ts';
import { toLocation } from '../yaml/source.ts';
import { entriesOf, get, isNull, itemsOf, stringOf, type TreeNode } from '../yaml/tree.ts';

/** The networks and volumes that a project makes, or uses from elsewhere. */
export function readResources(model: TreeNode): readonly ComposeResource[] {
  return [...read('network', get(model, 'networks')), ...read('volume', get(model, 'volumes'))];
}

function read(
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

/** Text is cast as Compose does it; a mapping is the old way of giving the name (compose-go, loader/interpolate.go). */
export function isExternal(node: TreeNode | undefined): boolean {
  return node?.kind === 'map' || isTrue(node);
}

/** Text is cast as Compose does it. */
export function isTrue(node: TreeNode | undefined): boolean {
  if (node?.kind !== 'scalar' || isNull(node)) return false;
  return ['true', 'y', 'yes', 'on'].includes(node.text.toLowerCase());
}
