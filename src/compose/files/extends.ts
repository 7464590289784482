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
 * Returns the tree with every service merged over the service that it extends, from the same file or another one.
 * Services of another file that are not extended are not added. Rules: compose-go, loader/extends.go.
 * @throws PortplanError `invalid-input`, reason `extends-missing` or `extends-cycle`, with a location.
 */
export function applyExtends(
  tree: MapNode,
  path: string,
  scope: Scope,
  context: LoadContext,
): MapNode {
  const services = get(tree, 'services');
  const entry = tree.entries.get('services');
  if (services?.kind !== 'map' || entry === undefined) return tree;
  const names = [...entriesOf(services)].map(([name]) => name);
  if (!names.some((name) => get(get(services, name), 'extends') !== undefined)) return tree;

  const origin: Origin = { services, path, directory: scope.directory, scope, context };
  const extended = new Map<string, MapEntry>(services.entries);
  for (const name of names) {
    const service = services.entries.get(name);
    if (service === undefined) continue;
    extended.set(name, { ...service, value: resolveService(name, origin, []) });
  }
  const value: MapNode = { ...services, entries: extended };
  return { ...tree, entries: new Map(tree.entries).set('services', { ...entry, value }) };
}

/** The services of one file, in which `extends` looks up names. */
interface Origin {
  readonly services: TreeNode;
  /** Absolute. */
  readonly path: string;
  /** Base of relative paths in its `extends`. */
  readonly directory: string;
  readonly scope: Scope;
  readonly context: LoadContext;
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

  const link = `${name} in ${shownPath(origin.path, origin.context.cwd)}`;
  if (chain.includes(link)) throw extendsCycle(reference, [...chain, link]);
  const from = resolveOrigin(reference, origin);
  if (from === undefined) return without(service, 'extends');
  if (get(from.services, reference.service) === undefined)
    throw serviceNotFound(name, reference, from);
  const base = resolveService(reference.service, from, [...chain, link]);
  const over = without(service, 'extends');
  return isNull(base) ? over : merge(resolveResets(base), over, ['services', name]);
}

function referenceOf(service: MapNode): Reference | undefined {
  const node = get(service, 'extends');
  if (node === undefined) return undefined;
  const name = stringOf(node) ?? stringOf(get(node, 'service'));
  if (name !== undefined) return { service: name, file: stringOf(get(node, 'file')), node };
  throw new PortplanError('invalid-input', 'invalid extends: missing service', {
    reason: 'schema',
    hint: 'use the name of a service or {service: NAME, file: FILE}',
    location: toLocation(node.position),
  });
}

function resolveOrigin({ file, node }: Reference, origin: Origin): Origin | undefined {
  if (file === undefined) return origin;
  const { scope, context } = origin;
  if (isRemote(file)) {
    const message = `remote file ${file} not fetched: its ports are unknown`;
    context.warnings.warn('remote-resource', message, toLocation(node.position));
    return undefined;
  }
  const path = resolve(origin.directory, file);
  const services = servicesOf(path, node, scope, context);
  return { services, path, directory: dirname(path), scope, context };
}

function servicesOf(path: string, node: TreeNode, scope: Scope, context: LoadContext): TreeNode {
  const known = scope.extendedServices.get(path);
  if (known !== undefined) return known;
  const trees = atPosition(node.position, () => readTrees(path, scope, context));
  const services = trees
    .map((tree) => get(tree, 'services'))
    .filter((found) => found !== undefined)
    .reduce<TreeNode | undefined>(
      (base, over) => resolveResets(base ? merge(base, over) : over),
      undefined,
    );
  if (services === undefined) throw noServices(path, node, context);
  // Compose reads the whole file, and also fails for ports of services that are not extended.
  checkPortLists(services, context.project);
  scope.extendedServices.set(path, services);
  return services;
}

function without(map: MapNode, key: string): MapNode {
  const entries = new Map(map.entries);
  entries.delete(key);
  return { ...map, entries };
}

function noServices(path: string, node: TreeNode, { cwd }: LoadContext): PortplanError {
  const message = `cannot extend a service of ${shownPath(path, cwd)}: the file has no services`;
  return new PortplanError('invalid-input', message, {
    reason: 'extends-missing',
    hint: 'define the services under the top-level key services',
    location: toLocation(node.position),
  });
}

function serviceNotFound(name: string, { service, node }: Reference, { path, context }: Origin) {
  const where = shownPath(path, context.cwd);
  const message = `service "${name}" extends unknown service "${service}" of ${where}`;
  return new PortplanError('invalid-input', message, {
    reason: 'extends-missing',
    hint: 'check the service name and the file',
    location: toLocation(node.position),
  });
}

function extendsCycle({ node }: Reference, chain: readonly string[]): PortplanError {
  return new PortplanError('invalid-input', `circular extends: ${chain.join(' → ')}`, {
    reason: 'extends-cycle',
    hint: 'remove one of the extends',
    location: toLocation(node.position),
  });
}
