import { PortplanError } from '../errors.ts';
import { applyExtends } from './extends.ts';
import { applyInclude } from './include.ts';
import type { Loader, Scope } from './loader.ts';
import { merge, settle } from './merge.ts';
import { shownPath } from './paths.ts';
import { readPortList } from './port-list.ts';
import { readTrees } from './read-trees.ts';
import { entriesOf, get, type TreeNode } from './tree.ts';

/**
 * Loads files one over the other, document by document, as Compose does: variables, `extends`, `include`, then the
 * merge. What Compose finds wrong with ports on the way is an error even where a later file would remove it.
 * @throws PortplanError with the place.
 */
export function loadLayers(files: readonly string[], scope: Scope, loader: Loader): TreeNode {
  let model: TreeNode | undefined;
  const chain = [...scope.chain];
  for (const file of files) {
    chain.push(file);
    const trees = readTrees(file, scope, loader);
    if (trees.length === 0) throw empty(file, loader);
    for (const tree of trees) {
      const extended = applyExtends(tree, file, scope, loader);
      const whole = applyInclude(extended, { ...scope, chain }, loader, loadLayers);
      model = settle(model === undefined ? whole : merge(model, whole));
      checkPorts(model, loader);
    }
  }
  if (model === undefined) throw new Error('a project needs at least one file');
  return model;
}

function checkPorts(model: TreeNode, { project }: Loader): void {
  for (const [service, node] of entriesOf(get(model, 'services'))) {
    readPortList(get(node, 'ports'), { project, service });
  }
}

function empty(path: string, { cwd }: Loader): PortplanError {
  const file = shownPath(path, cwd);
  return new PortplanError('invalid-input', `${file} is an empty compose file`, {
    reason: 'schema',
    hint: 'expected a mapping with services',
    location: { file, line: 1, column: 1 },
  });
}
