import { PortplanError } from '../../errors.ts';
import type { ComposePublish, UnknownPort } from '../project.ts';
import { toLocation } from '../yaml/source.ts';
import { entriesOf, get, isNull, type TreeNode } from '../yaml/tree.ts';
import { type ParsedPortEntry, type PortOwner, parsePortEntry } from './parse-entry.ts';

/** The ports of one service, duplicates removed. */
export interface PortList {
  readonly publishes: readonly ComposePublish[];
  readonly unknownPorts: readonly UnknownPort[];
  /** What the engine would refuse, in order. */
  readonly notStartable: readonly PortplanError[];
}

/**
 * Reads a whole `ports` list. Of entries with one key the later one replaces the earlier one in its place, also
 * between the parts of ranges. Unknown ports stay apart unless they are written alike.
 * @throws PortplanError `invalid-publish`, or `invalid-input` with reason `schema` where it is not a list.
 */
export function readPortList(node: TreeNode | undefined, owner: PortOwner, before = 0): PortList {
  const slots = new Map<string, KeyedPort>();
  for (const item of portItems(node, owner)) {
    for (const slot of toKeyedPorts(parsePortEntry(item, owner))) slots.set(slot.key, slot);
    if (before + slots.size > maxPorts) throw tooManyPorts(item, owner);
  }
  const kept = [...slots.values()];
  return {
    publishes: kept.flatMap((slot) => (slot.kind === 'publish' ? [slot.publish] : [])),
    unknownPorts: kept.flatMap((slot) => (slot.kind === 'unknown' ? [slot.port] : [])),
    notStartable: kept.flatMap((slot) => (slot.kind === 'not-startable' ? [slot.error] : [])),
  };
}

/**
 * Reads the ports of all services for the errors alone.
 * @throws PortplanError as {@link readPortList}.
 */
export function checkPortLists(services: TreeNode | undefined, project: string): void {
  let count = 0;
  for (const [service, node] of entriesOf(services)) {
    count += readPortList(get(node, 'ports'), { project, service }, count).publishes.length;
  }
}

/** Of a project. An engine opens them one by one, each with a process of its own: nobody waits for so many. */
const maxPorts = 20_000;

type KeyedPort =
  | { readonly kind: 'publish'; readonly key: string; readonly publish: ComposePublish }
  | { readonly kind: 'unknown'; readonly key: string; readonly port: UnknownPort }
  | { readonly kind: 'not-startable'; readonly key: string; readonly error: PortplanError };

function portItems(node: TreeNode | undefined, { service }: PortOwner): readonly TreeNode[] {
  if (node === undefined) return [];
  if (node.kind === 'list') return node.items;
  const found = isNull(node) ? 'empty' : 'no list';
  throw new PortplanError(
    'invalid-input',
    `services.${service}.ports must be a list: it is ${found}`,
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
  const message = `services.${service}.ports brings the project to more than ${maxPorts} ports`;
  return new PortplanError('invalid-input', message, {
    reason: 'schema',
    hint: 'publish fewer ports, or use network_mode: host',
    location: toLocation(position),
  });
}
