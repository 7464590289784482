import type { Location } from '../../errors.ts';
import type { ExtensionLocations } from '../project.ts';
import { toLocation } from '../yaml/source.ts';
import { toPlain } from '../yaml/to-plain.ts';
import { entriesOf, get, type TreeNode } from '../yaml/tree.ts';

/** Reads `x-portplan` of a service or of the top level, with the locations of its values. */
export function readExtension(node: TreeNode | undefined): {
  readonly extension: unknown;
  readonly extensionLocations: ExtensionLocations;
} {
  const extension = get(node, 'x-portplan');
  const locations = new Map<string, Location>();
  if (extension !== undefined) locations.set('', toLocation(extension.position));
  for (const [key, { position }] of entriesOf(extension)) locations.set(key, toLocation(position));
  return { extension: toPlain(extension), extensionLocations: locations };
}
