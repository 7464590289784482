import type { Location } from '../../errors.ts';
import type { ExtensionPlaces } from '../project.ts';
import { locationOf } from '../yaml/source.ts';
import { toPlain } from '../yaml/to-plain.ts';
import { entriesOf, get, type TreeNode } from '../yaml/tree.ts';

/** `x-portplan` of a service or of the top level, with the places of its values. */
export function readExtension(node: TreeNode | undefined): {
  readonly extension: unknown;
  readonly extensionPlaces: ExtensionPlaces;
} {
  const extension = get(node, 'x-portplan');
  const places = new Map<string, Location>();
  if (extension !== undefined) places.set('', locationOf(extension.place));
  for (const [key, { place }] of entriesOf(extension)) places.set(key, locationOf(place));
  return { extension: toPlain(extension), extensionPlaces: places };
}
