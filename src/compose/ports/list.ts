import { PortplanError } from '../../errors.ts';
import type { ComposePublish, UnknownPort } from '../project.ts';
import { toLocation } from '../yaml/source.ts';
import { entriesOf, get, isNull, type TreeNode } from '../yaml/tree.ts';
import { type ParsedPortEntry, type PortOwner, parsePortEntry } from './parse-entry.ts';

/** The ports of one service, without duplicates. */
export interface PortList {
  readonly publishes: readonly ComposePublish[];
  readonly unknownPorts: readonly UnknownPort[];
  /** Errors for ports that the engine rejects, in file order. */
  readonly notStartable: readonly PortplanError[];
}

/**
 * Reads a `ports` list. Of entries with the same merge key, the later one replaces the earlier one and keeps its index;
 * this also applies to single ports of ranges. Unknown ports are merged only if their text is identical.
 * `before` is the number of ports that the project's other services have.
 * @throws PortplanError `invalid-publish`, or `invalid-input` with reason `schema` if the node is not a list.
 */
export function readPortList(node: TreeNode | undefined, owner: PortOwner, before = 0): PortList {
  const ports = new Map<string, KeyedPort>();
  for (const item of portItems(node, owner)) {
    for (const entry of toKeyedPorts(parsePortEntry(item, owner))) ports.set(entry.key, entry);
    if (before + ports.size > maxPorts) throw tooManyPorts(item, owner);
  }
  const keyed = [...ports.values()];
  return {
    publishes: keyed.flatMap((entry) => (entry.kind === 'publish' ? [entry.publish] : [])),
    unknownPorts: keyed.flatMap((entry) => (entry.kind === 'unknown' ? [entry.port] : [])),
    notStartable: keyed.flatMap((entry) => (entry.kind === 'not-startable' ? [entry.error] : [])),
  };
}

/**
 * Validates the ports of all services.
 * @throws PortplanError as {@link readPortList} does.
 */
export function checkPortLists(services: TreeNode | undefined, project: string): void {
  let count = 0;
  for (const [service, node] of entriesOf(services)) {
    count += readPortList(get(node, 'ports'), { project, service }, count).publishes.length;
  }
}

/** Maximum per project. An engine opens ports one by one, each with its own proxy process; more never finish starting. */
const maxPorts = 20_000;

type KeyedPort =
  | { readonly kind: 'publish'; readonly key: string; readonly publish: ComposePublish }
  | { readonly kind: 'unknown'; readonly key: string; readonly port: UnknownPort }
  | { readonly kind: 'not-startable'; readonly key: string; readonly error: PortplanError };

function portItems(node: TreeNode | undefined, { service }: PortOwner): readonly TreeNode[] {
  if (node === undefined) return [];
  if (node.kind === 'list') return node.items;
  const actual = isNull(node) ? 'null' : `a ${node.kind === 'map' ? 'mapping' : node.kind}`;
  throw new PortplanError(
    'invalid-input',
    `invalid services.${service}.ports: expected a list, got ${actual}`,
    {
      reason: 'schema',
      hint: 'write a list, such as ["8080:80"], or remove the key',
      location: toLocation(node.position),
    },
  );
}

function toKeyedPorts(port: ParsedPortEntry): readonly KeyedPort[] {
  switch (port.kind) {
    case 'publishes':
      return port.publishes.map((publish) => ({ kind: 'publish', key: publish.key, publish }));
    case 'unknown':
      return [{ kind: 'unknown', key: `unknown ${port.text}`, port }];
    case 'not-startable':
      return [port];
    default:
      return port satisfies never;
  }
}

function tooManyPorts({ position }: TreeNode, { service }: PortOwner): PortplanError {
  const message = `too many ports: with services.${service}.ports, the project has more than ${maxPorts}`;
  return new PortplanError('invalid-input', message, {
    reason: 'schema',
    hint: 'publish fewer ports, or use network_mode: host',
    location: toLocation(position),
  });
}
