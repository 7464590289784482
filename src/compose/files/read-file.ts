import { PortplanError } from '../../errors.ts';
import { readTree } from '../yaml/read-tree.ts';
import { locationOf, type SourcePosition } from '../yaml/source.ts';
import { get, isNull, type MapNode } from '../yaml/tree.ts';
import { documentsOf, type Loader, type Scope } from './load-context.ts';

/**
 * The documents of a compose file as trees, variables filled in.
 * @throws PortplanError `invalid-input` for what is no compose file at all.
 */
export function readTrees(path: string, scope: Scope, loader: Loader): readonly MapNode[] {
  return documentsOf(path, loader).map((document) => {
    const tree = readTree(document, scope.lookup, loader.warnings);
    if (tree.kind !== 'map') throw notCompose(tree.place, 'its top level is not a mapping');
    const services = get(tree, 'services');
    if (services === undefined || services.kind === 'map') return tree;
    if (!isNull(services)) throw notCompose(services.place, 'services is not a mapping');
    loader.warnings.refuse('schema', 'services is empty', locationOf(services.place));
    return tree;
  });
}

function notCompose(place: SourcePosition, why: string): PortplanError {
  return new PortplanError('invalid-input', `${place.source.file} is not a compose file: ${why}`, {
    reason: 'schema',
    hint: 'expected a mapping with services',
    location: locationOf(place),
  });
}
