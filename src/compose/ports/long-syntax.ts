import type { PortplanError } from '../../errors.ts';
import { anyAddress, type HostAddress, parseIpLiteral } from '../../model/ports/address.ts';
import {
  highestPort,
  isPort,
  isProtocol,
  type PortRange,
  type Protocol,
  toPort,
} from '../../model/ports/port.ts';
import type { Publish } from '../../model/ports/publish.ts';
import type { SourcePosition } from '../yaml/source.ts';
import { get, type MapNode, type ScalarNode } from '../yaml/tree.ts';
import { portRuleError } from './error.ts';
import { mergeKey } from './merge-key.ts';

/** Result of reading a mapping in a `ports` list. */
export type LongPort =
  | {
      readonly kind: 'publish';
      readonly publish: Omit<Publish, 'origin'>;
      readonly key: string;
    }
  /** Compose accepts it, but the engine does not create or start the container. */
  | { readonly kind: 'not-startable'; readonly key: string; readonly error: PortplanError };

/**
 * Reads the long syntax. Compose validates the types, `target` and `host_ip`; it passes `published` and `protocol` to
 * the engine unchanged. Rules: compose-go, schema/compose-spec.json, validation/validation.go.
 * @throws PortplanError `invalid-publish` for everything that Compose rejects.
 */
export function readLongPort(map: MapNode): LongPort {
  rejectUnknownKeys(map);
  const target = readTarget(map);
  const published = readPublished(map);
  const host = readHostIp(map);
  const protocol = readText(map, 'protocol') ?? 'tcp';
  const mode = readText(map, 'mode') === 'host' ? 'host' : 'ingress';
  readText(map, 'name');
  readText(map, 'app_protocol');

  const key = mergeKey({ hostIp: host.hostIp, published, target, protocol });
  try {
    const hostPorts = published && toHostPorts(published);
    const publish = {
      hostIp: host.hostIp ?? '',
      address: host.address,
      ...(hostPorts && { hostPorts }),
      target: toTarget(target, map.position),
      protocol: toProtocol(protocol, map.position),
      mode,
    } as const;
    return { kind: 'publish', publish, key };
  } catch (error) {
    return { kind: 'not-startable', key, error: error as PortplanError };
  }
}

const knownKeys = new Set([
  'app_protocol',
  'host_ip',
  'mode',
  'name',
  'protocol',
  'published',
  'target',
]);

function rejectUnknownKeys({ entries }: MapNode): void {
  for (const [key, { keyPosition }] of entries) {
    if (knownKeys.has(key) || key.startsWith('x-')) continue;
    throw portRuleError(
      keyPosition,
      'unknown-field',
      `unknown key "${key}"`,
      `use one of ${[...knownKeys].join(', ')}`,
    );
  }
}

function readTarget(map: MapNode): number {
  const node = get(map, 'target');
  if (node === undefined) throw portRuleError(map.position, 'missing-target', 'missing target');
  // The JSON schema of Compose accepts a float such as 80.0 as an integer.
  const text = node.kind === 'scalar' ? node.text : '';
  const isWhole =
    node.kind === 'scalar' && (isText(node) ? /^[+-]?\d+$/ : /^\d+\.0*$/).test(node.text);
  const target = isWhole ? Number(text) : Number.NaN;
  if (target >= 0) return target;
  throw portRuleError(
    node.position,
    'invalid-target',
    `expected a container port as target, got "${text.slice(0, 40)}"`,
    `use one number from 1 to ${highestPort}`,
  );
}

function isText({ type }: ScalarNode): boolean {
  return type === 'string' || type === 'integer';
}

type Published = {
  readonly type: 'string' | 'integer';
  readonly text: string;
  position: SourcePosition;
};

function readPublished(map: MapNode): Published | undefined {
  const node = get(map, 'published');
  if (node === undefined) return undefined;
  if (node.kind === 'scalar' && (node.type === 'string' || node.type === 'integer')) {
    return { type: node.type, text: node.text, position: node.position };
  }
  throw invalidHostPort(node.position, 'expected a string or an integer as published');
}

function invalidHostPort(position: SourcePosition, detail: string): PortplanError {
  const hint = 'use a port such as 8080 or a range such as "8000-8010"';
  return portRuleError(position, 'invalid-host-port', detail, hint);
}

function readHostIp(map: MapNode): { hostIp: string | undefined; address: HostAddress } {
  const node = get(map, 'host_ip');
  if (node === undefined) return { hostIp: undefined, address: anyAddress };
  const text = node.kind === 'scalar' ? node.text : '';
  const address = node.kind === 'scalar' && isText(node) ? parseIpLiteral(text) : undefined;
  if (address !== undefined) return { hostIp: text, address };
  throw portRuleError(
    node.position,
    'invalid-ip',
    `expected an IP address as host_ip, got "${text.slice(0, 60)}"`,
    'use an IPv4 or IPv6 literal without brackets; remove host_ip to publish on all addresses',
  );
}

function readText(map: MapNode, key: string): string | undefined {
  const node = get(map, key);
  if (node === undefined) return undefined;
  if (node.kind === 'scalar' && node.type === 'string') return node.text;
  throw portRuleError(node.position, 'invalid-type', `expected a string as ${key}`);
}

/** The host ports as the engine reads them on create; `undefined` (for empty and 0) if the engine chooses. */
function toHostPorts({ text, position }: Published): PortRange | undefined {
  if (text === '') return undefined;
  const [, from = '', to = from] = /^(\d+)(?:-(\d+))?$/.exec(text) ?? [];
  const [first, last] = [Number(from), Number(to)];
  if (from !== '' && first === 0 && last === 0) return undefined;
  if (from !== '' && isPort(first) && isPort(last) && first <= last) {
    return { first: toPort(first), last: toPort(last) };
  }
  throw invalidHostPort(position, `the engine rejects published "${text.slice(0, 40)}"`);
}

function toTarget(target: number, position: SourcePosition): number {
  if (isPort(target)) return target;
  throw portRuleError(
    position,
    'invalid-target',
    `the engine rejects target ${target}`,
    `use a number from 1 to ${highestPort}`,
  );
}

function toProtocol(text: string, position: SourcePosition): Protocol {
  const protocol = text === '' ? 'tcp' : text.toLowerCase();
  if (isProtocol(protocol)) return protocol;
  throw portRuleError(
    position,
    'invalid-protocol',
    `the engine rejects protocol "${text.slice(0, 40)}"`,
    'use tcp, udp or sctp',
  );
}
