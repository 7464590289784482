import { checkPortLists } from '../ports/list.ts';
import { merge, resolveResets } from '../yaml/merge.ts';
import { get, type TreeNode } from '../yaml/tree.ts';
import { applyExtends } from './extends.ts';
import { applyInclude } from './include.ts';
import type { LoadContext, Scope } from './load-context.ts';
import { readTrees } from './read-file.ts';

/**
 * Loads files one over the other, document by document, as Compose does: variables, `extends`, `include`, then the
 * merge. Nothing when all of them are empty. What Compose finds wrong with ports on the way is an error even where a later file would remove it.
 * @throws PortplanError with the place.
 */
export function loadLayers(
  files: readonly string[],
  scope: Scope,
  loader: LoadContext,
): TreeNode | undefined {
  let model: TreeNode | undefined;
  const chain = [...scope.chain];
  for (const file of files) {
    chain.push(file);
    for (const tree of readTrees(file, scope, loader)) {
      const extended = applyExtends(tree, file, scope, loader);
      const whole = applyInclude(extended, { ...scope, chain }, loader, loadLayers);
      model = resolveResets(model === undefined ? whole : merge(model, whole));
      checkPortLists(get(model, 'services'), loader.project);
    }
  }
  return model;
}
