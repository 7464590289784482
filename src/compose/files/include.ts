import { dirname, resolve } from 'node:path';
import { PortplanError } from '../../errors.ts';
import { atPosition } from '../ports/error.ts';
import { defaultEnvFile, readEnvFiles, withFallbacks } from '../variables/environment.ts';
import { merge } from '../yaml/merge.ts';
import { toLocation } from '../yaml/source.ts';
import {
  entriesOf,
  get,
  isNull,
  itemsOf,
  type MapEntry,
  type MapNode,
  stringOf,
  type TreeNode,
} from '../yaml/tree.ts';
import { createScope, type LoadContext, type Scope } from './load-context.ts';
import { isRemote, shownPath } from './paths.ts';

/** Loads and merges files; passed in because included files include others. */
export type LoadLayers = (
  files: readonly string[],
  scope: Scope,
  context: LoadContext,
) => TreeNode | undefined;

/**
 * Returns the tree merged over the files that it includes. Each item of `include` is a project of its own; the including
 * environment wins over its `.env`. If both define a service, Compose 5 merges them and Compose 2.40 rejects them; a
 * warning reports that if the services have ports. Rules: compose-go, loader/include.go.
 * @throws PortplanError `invalid-input`, reason `include-cycle` or `schema`, or as the included files cause.
 */
export function applyInclude(
  tree: MapNode,
  scope: Scope,
  context: LoadContext,
  loadLayers: LoadLayers,
): MapNode {
  const list = get(tree, 'include');
  if (isNull(list)) return tree;
  if (list?.kind !== 'list') throw invalidInclude(list ?? tree, 'invalid include: expected a list');
  let model = tree;
  for (const item of list.items) {
    const inclusion = readInclusion(item, scope, context);
    if (inclusion === undefined) continue;
    const included = atPosition(item.position, () =>
      loadLayers(inclusion.files, toIncludedScope(inclusion, scope, context), context),
    );
    if (included !== undefined) model = mergeBelow(model, included, context);
  }
  return model;
}

/** One item of `include`. Paths are absolute. */
interface Inclusion {
  readonly files: readonly string[];
  readonly directory: string;
  /** Default: the `.env` of its directory. */
  readonly envFiles: readonly string[] | undefined;
}

function readInclusion(item: TreeNode, scope: Scope, context: LoadContext): Inclusion | undefined {
  const paths = textsOf(item.kind === 'map' ? get(item, 'path') : item);
  const [first] = paths;
  if (first === undefined) throw invalidInclude(item, 'invalid include: missing path');
  const remote = paths.find((path) => isRemote(path));
  if (remote !== undefined) {
    const message = `remote file ${remote} not fetched: its ports are unknown`;
    context.warnings.warn('remote-resource', message, toLocation(item.position));
    return undefined;
  }
  const files = paths.map((path) => resolve(scope.directory, path));
  rejectCycle(files[0] ?? first, item, scope, context);
  const directory = stringOf(get(item, 'project_directory'));
  const envFiles = textsOf(get(item, 'env_file'));
  return {
    files,
    directory: resolve(scope.directory, directory || dirname(files[0] ?? first)),
    envFiles:
      envFiles.length > 0 ? envFiles.map((path) => resolve(scope.directory, path)) : undefined,
  };
}

function textsOf(node: TreeNode | undefined): readonly string[] {
  const one = stringOf(node);
  if (one !== undefined) return [one];
  return itemsOf(node).flatMap((item) => stringOf(item) ?? []);
}

function toIncludedScope(
  { directory, envFiles }: Inclusion,
  scope: Scope,
  context: LoadContext,
): Scope {
  const { fileSystem, cwd, platform } = context;
  const reader = {
    fileSystem,
    cwd,
    platform,
    onRead: (path: string) => void context.envFiles.add(path),
  };
  const paths = envFiles ?? defaultEnvFile(fileSystem, directory);
  const variables = readEnvFiles(paths, scope.environment, reader);
  const environment = withFallbacks(scope.environment, variables);
  return createScope(directory, environment, platform, scope.chain);
}

function rejectCycle(file: string, item: TreeNode, { chain }: Scope, { cwd }: LoadContext): void {
  if (!chain.includes(file)) return;
  const shown = [...chain, file].map((path) => shownPath(path, cwd));
  throw new PortplanError('invalid-input', `circular include: ${shown.join(' → ')}`, {
    reason: 'include-cycle',
    hint: 'remove one of the includes',
    location: toLocation(item.position),
  });
}

/** Keys that are merged from an included file. */
const sharedKeys = ['services', 'networks'] as const;

function mergeBelow(tree: MapNode, included: TreeNode, context: LoadContext): MapNode {
  const entries = new Map<string, MapEntry>(tree.entries);
  for (const key of sharedKeys) {
    const base = get(included, key);
    if (base === undefined) continue;
    const entry = entries.get(key);
    if (key === 'services') warnAboutConflicts(entry?.value, base, context);
    const value = entry?.value === undefined ? base : merge(base, entry.value, [key]);
    entries.set(key, {
      clears: entry?.clears ?? false,
      keyPosition: entry?.keyPosition ?? base.position,
      value,
    });
  }
  return { ...tree, entries };
}

function warnAboutConflicts(
  including: TreeNode | undefined,
  included: TreeNode,
  { warnings }: LoadContext,
): void {
  for (const [name, service] of entriesOf(included)) {
    const other = get(including, name);
    if (other === undefined || isSame(service, other)) continue;
    if (isNull(get(service, 'ports')) && isNull(get(other, 'ports'))) continue;
    const message = `service "${name}" is defined here and in an included file: Compose 5 merges them, Compose 2.40 rejects them`;
    warnings.warn('version-difference', message, toLocation(other.position));
  }
}

/** Whether both were read from one position, as when two files include a third one. */
function isSame(one: TreeNode, other: TreeNode): boolean {
  return (
    one.position.source.path === other.position.source.path &&
    one.position.start === other.position.start
  );
}

function invalidInclude(node: TreeNode, message: string): PortplanError {
  return new PortplanError('invalid-input', message, {
    reason: 'schema',
    hint: 'use a list of paths, or of mappings with path, project_directory and env_file',
    location: toLocation(node.position),
  });
}
