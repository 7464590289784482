import { dirname, resolve } from 'node:path';
import { PortplanError } from '../../errors.ts';
import { atPosition } from '../ports/error.ts';
import { checkPortLists } from '../ports/list.ts';
import { merge, resolveResets } from '../yaml/merge.ts';
import { toLocation } from '../yaml/source.ts';
import {
  entriesOf,
  get,
  isNull,
  type MapEntry,
  type MapNode,
  stringOf,
  type TreeNode,
} from '../yaml/tree.ts';
import type { LoadContext, Scope } from './load-context.ts';
import { isRemote, shownPath } from './paths.ts';
import { readTrees } from './read-file.ts';

/**
 * Puts below each service what it extends: a service of the same file, or of another one, whose services are not added
 * otherwise. Rules: compose-go, loader/extends.go.
 * @throws PortplanError `invalid-input`, reason `extends-missing` or `extends-cycle`, with the place.
 */
export function applyExtends(
  tree: MapNode,
  path: string,
  scope: Scope,
  loader: LoadContext,
): MapNode {
  const services = get(tree, 'services');
  const entry = tree.entries.get('services');
  if (services?.kind !== 'map' || entry === undefined) return tree;
  const names = [...entriesOf(services)].map(([name]) => name);
  if (!names.some((name) => get(get(services, name), 'extends') !== undefined)) return tree;

  const origin: Origin = { services, path, directory: scope.directory, scope, loader };
  const extended = new Map<string, MapEntry>(services.entries);
  for (const name of names) {
    const own = services.entries.get(name);
    if (own !== undefined) extended.set(name, { ...own, value: resolveService(name, origin, []) });
  }
  const value: MapNode = { ...services, entries: extended };
  return { ...tree, entries: new Map(tree.entries).set('services', { ...entry, value }) };
}

/** The services of one file, among which `extends` finds names. */
interface Origin {
  readonly services: TreeNode;
  /** Absolute. */
  readonly path: string;
  /** Where the relative paths of its `extends` begin. */
  readonly directory: string;
  readonly scope: Scope;
  readonly loader: LoadContext;
}

interface Reference {
  readonly service: string;
  readonly file: string | undefined;
  readonly node: TreeNode;
}

function resolveService(name: string, origin: Origin, chain: readonly string[]): TreeNode {
  const service = get(origin.services, name);
  if (service?.kind !== 'map') return service as TreeNode;
  const reference = referenceOf(service);
  if (reference === undefined) return service;

  const link = `${name} in ${shownPath(origin.path, origin.loader.cwd)}`;
  if (chain.includes(link)) throw extendsCycle(reference, [...chain, link]);
  const from = resolveOrigin(reference, origin);
  if (from === undefined) return without(service, 'extends');
  if (get(from.services, reference.service) === undefined)
    throw serviceNotFound(name, reference, from);
  const base = resolveService(reference.service, from, [...chain, link]);
  const own = without(service, 'extends');
  return isNull(base) ? own : merge(resolveResets(base), own, ['services', name]);
}

function referenceOf(service: MapNode): Reference | undefined {
  const node = get(service, 'extends');
  if (node === undefined) return undefined;
  const name = stringOf(node) ?? stringOf(get(node, 'service'));
  if (name !== undefined) return { service: name, file: stringOf(get(node, 'file')), node };
  throw new PortplanError('invalid-input', 'extends names no service', {
    reason: 'schema',
    hint: 'expected the name of a service, or {service: NAME, file: FILE}',
    location: toLocation(node.position),
  });
}

function resolveOrigin({ file, node }: Reference, origin: Origin): Origin | undefined {
  if (file === undefined) return origin;
  const { scope, loader } = origin;
  if (isRemote(file)) {
    const message = `${file} was not fetched: the ports that come from there are not known`;
    loader.warnings.warn('remote-resource', message, toLocation(node.position));
    return undefined;
  }
  const path = resolve(origin.directory, file);
  const services = servicesOf(path, node, scope, loader);
  return { services, path, directory: dirname(path), scope, loader };
}

function servicesOf(path: string, node: TreeNode, scope: Scope, loader: LoadContext): TreeNode {
  const known = scope.extendedServices.get(path);
  if (known !== undefined) return known;
  const trees = atPosition(node.position, () => readTrees(path, scope, loader));
  const services = trees
    .map((tree) => get(tree, 'services'))
    .filter((found) => found !== undefined)
    .reduce<TreeNode | undefined>(
      (base, over) => resolveResets(base ? merge(base, over) : over),
      undefined,
    );
  if (services === undefined) throw noServices(path, node, loader);
  // Compose reads all of the file, and fails for the ports of services that are not extended too.
  checkPortLists(services, loader.project);
  scope.extendedServices.set(path, services);
  return services;
}

function without(map: MapNode, key: string): MapNode {
  const entries = new Map(map.entries);
  entries.delete(key);
  return { ...map, entries };
}

function noServices(path: string, node: TreeNode, { cwd }: LoadContext): PortplanError {
  const message = `nothing can be extended from ${shownPath(path, cwd)}: it has no services`;
  return new PortplanError('invalid-input', message, {
    reason: 'extends-missing',
    hint: 'expected the services below the key services, as in every compose file',
    location: toLocation(node.position),
  });
}

function serviceNotFound(name: string, { service, node }: Reference, { path, loader }: Origin) {
  const where = shownPath(path, loader.cwd);
  const message = `service "${name}" extends "${service}", which is not in ${where}`;
  return new PortplanError('invalid-input', message, {
    reason: 'extends-missing',
    hint: 'check the name of the service and the file',
    location: toLocation(node.position),
  });
}

function extendsCycle({ node }: Reference, chain: readonly string[]): PortplanError {
  return new PortplanError('invalid-input', `services extend each other: ${chain.join(' → ')}`, {
    reason: 'extends-cycle',
    hint: 'let one of them stand alone',
    location: toLocation(node.position),
  });
}
