import { PortplanError } from '../../errors.ts';
import { readTree } from '../yaml/read-tree.ts';
import { type SourcePosition, toLocation } from '../yaml/source.ts';
import { get, isNull, type MapNode } from '../yaml/tree.ts';
import { type LoadContext, loadDocuments, type Scope } from './load-context.ts';

/**
 * The documents of a compose file as trees, variables filled in.
 * @throws PortplanError `invalid-input` for what is no compose file at all.
 */
export function readTrees(path: string, scope: Scope, loader: LoadContext): readonly MapNode[] {
  return loadDocuments(path, loader).map((document) => {
    const tree = readTree(document, scope.lookup, loader.warnings);
    if (tree.kind !== 'map') throw notCompose(tree.position, 'its top level is not a mapping');
    const services = get(tree, 'services');
    if (services === undefined || services.kind === 'map') return tree;
    if (!isNull(services)) throw notCompose(services.position, 'services is not a mapping');
    loader.warnings.reject('schema', 'services is empty', toLocation(services.position));
    return tree;
  });
}

function notCompose(position: SourcePosition, why: string): PortplanError {
  return new PortplanError(
    'invalid-input',
    `${position.source.file} is not a compose file: ${why}`,
    {
      reason: 'schema',
      hint: 'expected a mapping with services',
      location: toLocation(position),
    },
  );
}
