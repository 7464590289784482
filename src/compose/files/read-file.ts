import { PortplanError } from '../../errors.ts';
import { readTree } from '../yaml/read-tree.ts';
import { type SourcePosition, toLocation } from '../yaml/source.ts';
import { get, isNull, type MapNode } from '../yaml/tree.ts';
import { type LoadContext, loadDocuments, type Scope } from './load-context.ts';

/**
 * Returns the documents of a Compose file as trees with variables substituted.
 * @throws PortplanError `invalid-input`, reason `schema`, if the file is not a Compose file.
 */
export function readTrees(path: string, scope: Scope, context: LoadContext): readonly MapNode[] {
  return loadDocuments(path, context).map((document) => {
    const tree = readTree(document, scope.lookup, context.warnings);
    if (tree.kind !== 'map') throw notCompose(tree.position, 'expected a mapping at the top level');
    const services = get(tree, 'services');
    if (services === undefined || services.kind === 'map') return tree;
    if (!isNull(services)) throw notCompose(services.position, 'expected a mapping under services');
    context.warnings.reject('schema', 'services is empty', toLocation(services.position));
    return tree;
  });
}

function notCompose(position: SourcePosition, detail: string): PortplanError {
  return new PortplanError(
    'invalid-input',
    `${position.source.file} is not a Compose file: ${detail}`,
    {
      reason: 'schema',
      hint: 'define the services under the top-level key services',
      location: toLocation(position),
    },
  );
}
