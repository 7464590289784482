import type { Location } from '../../errors.ts';
import type { ExtensionLocations } from '../project.ts';
import { toLocation } from '../yaml/source.ts';
import { toPlain } from '../yaml/to-plain.ts';
import { entriesOf, get, type TreeNode } from '../yaml/tree.ts';

/** `x-portplan` of a service or of the top level, with the places of its values. */
export function readExtension(node: TreeNode | undefined): {
  readonly extension: unknown;
  readonly extensionLocations: ExtensionLocations;
} {
  const extension = get(node, 'x-portplan');
  const places = new Map<string, Location>();
  if (extension !== undefined) places.set('', toLocation(extension.position));
  for (const [key, { position }] of entriesOf(extension)) places.set(key, toLocation(position));
  return { extension: toPlain(extension), extensionLocations: places };
}
