import { checkPortLists } from '../ports/list.ts';
import { merge, resolveResets } from '../yaml/merge.ts';
import { get, type TreeNode } from '../yaml/tree.ts';
import { applyExtends } from './extends.ts';
import { applyInclude } from './include.ts';
import type { LoadContext, Scope } from './load-context.ts';
import { readTrees } from './read-file.ts';

/**
 * Loads and merges files, document by document, as Compose does: variables, `extends`, `include`, then the merge.
 * Returns `undefined` if all files are empty. An invalid port is an error even if a later file removes it, as for
 * Compose.
 * @throws PortplanError `invalid-input` or `invalid-publish` with a location.
 */
export function loadLayers(
  files: readonly string[],
  scope: Scope,
  context: LoadContext,
): TreeNode | undefined {
  let model: TreeNode | undefined;
  const chain = [...scope.chain];
  for (const file of files) {
    chain.push(file);
    for (const tree of readTrees(file, scope, context)) {
      const extended = applyExtends(tree, file, scope, context);
      const whole = applyInclude(extended, { ...scope, chain }, context, loadLayers);
      model = resolveResets(model === undefined ? whole : merge(model, whole));
      checkPortLists(get(model, 'services'), context.project);
    }
  }
  return model;
}
