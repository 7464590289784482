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

/** Loads files over each other; given, because included files include others. */
export type LoadLayers = (
  files: readonly string[],
  scope: Scope,
  loader: LoadContext,
) => TreeNode | undefined;

/**
 * Puts what a file includes below it. Each item is a project of its own, with its own `.env` below the environment of
 * the including one. Where both define a service, Compose 5 merges them, and Compose 2.40 refuses, which is told where
 * ports are concerned. Rules: compose-go, loader/include.go.
 * @throws PortplanError `invalid-input`, reason `include-cycle`, `schema` or whatever the included files are refused for.
 */
export function applyInclude(
  tree: MapNode,
  scope: Scope,
  loader: LoadContext,
  loadLayers: LoadLayers,
): MapNode {
  const list = get(tree, 'include');
  if (isNull(list)) return tree;
  if (list?.kind !== 'list') throw invalidInclude(list ?? tree, 'include must be a list');
  let whole = tree;
  for (const item of list.items) {
    const inclusion = readInclusion(item, scope, loader);
    if (inclusion === undefined) continue;
    const included = atPosition(item.position, () =>
      loadLayers(inclusion.files, toIncludedScope(inclusion, scope, loader), loader),
    );
    if (included !== undefined) whole = mergeBelow(whole, included, loader);
  }
  return whole;
}

/** One item of `include`. Paths are absolute. */
interface Inclusion {
  readonly files: readonly string[];
  readonly directory: string;
  /** Absent: the `.env` of its directory. */
  readonly envFiles: readonly string[] | undefined;
}

function readInclusion(item: TreeNode, scope: Scope, loader: LoadContext): Inclusion | undefined {
  const paths = textsOf(item.kind === 'map' ? get(item, 'path') : item);
  const [first] = paths;
  if (first === undefined) throw invalidInclude(item, 'an item of include names no path');
  const remote = paths.find((path) => isRemote(path));
  if (remote !== undefined) {
    const message = `${remote} was not fetched: the ports that it publishes are not known`;
    loader.warnings.warn('remote-resource', message, toLocation(item.position));
    return undefined;
  }
  const files = paths.map((path) => resolve(scope.directory, path));
  rejectCycle(files[0] ?? first, item, scope, loader);
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
  loader: LoadContext,
): Scope {
  const { fileSystem, cwd, platform } = loader;
  const reader = {
    fileSystem,
    cwd,
    platform,
    onRead: (path: string) => void loader.envFiles.add(path),
  };
  const paths = envFiles ?? defaultEnvFile(fileSystem, directory);
  const own = readEnvFiles(paths, scope.environment, reader);
  return createScope(directory, withFallbacks(scope.environment, own), platform, scope.chain);
}

function rejectCycle(file: string, item: TreeNode, { chain }: Scope, { cwd }: LoadContext): void {
  if (!chain.includes(file)) return;
  const shown = [...chain, file].map((path) => shownPath(path, cwd));
  throw new PortplanError('invalid-input', `files include each other: ${shown.join(' → ')}`, {
    reason: 'include-cycle',
    hint: 'remove one of the includes',
    location: toLocation(item.position),
  });
}

/** Resources that an included file gives to the including one. */
const sharedKeys = ['services', 'networks'] as const;

function mergeBelow(tree: MapNode, included: TreeNode, loader: LoadContext): MapNode {
  const entries = new Map<string, MapEntry>(tree.entries);
  for (const key of sharedKeys) {
    const given = get(included, key);
    if (given === undefined) continue;
    const own = entries.get(key);
    if (key === 'services') warnAboutConflicts(own?.value, given, loader);
    const value = own?.value === undefined ? given : merge(given, own.value, [key]);
    entries.set(key, {
      clears: own?.clears ?? false,
      keyPosition: own?.keyPosition ?? given.position,
      value,
    });
  }
  return { ...tree, entries };
}

function warnAboutConflicts(
  own: TreeNode | undefined,
  given: TreeNode,
  { warnings }: LoadContext,
): void {
  for (const [name, service] of entriesOf(given)) {
    const other = get(own, name);
    if (other === undefined || isSame(service, other)) continue;
    if (isNull(get(service, 'ports')) && isNull(get(other, 'ports'))) continue;
    const message = `service "${name}" is defined here and in an included file: Compose 5 merges them, Compose 2.40 refuses`;
    warnings.warn('version-difference', message, toLocation(other.position));
  }
}

/** Read twice from the same place, as when two files include a third one. */
function isSame(one: TreeNode, other: TreeNode): boolean {
  return (
    one.position.source.path === other.position.source.path &&
    one.position.start === other.position.start
  );
}

function invalidInclude(node: TreeNode, why: string): PortplanError {
  return new PortplanError('invalid-input', why, {
    reason: 'schema',
    hint: 'expected a list of paths, or of mappings with path, project_directory and env_file',
    location: toLocation(node.position),
  });
}
