import type { Random } from './random.ts';

/** A publish of a container: a value of `-p` before it is formatted. */
export interface Wanted {
  /** An IP literal without brackets; empty for any. */
  readonly ip: string;
  readonly kind: 'fixed' | 'ranges' | 'pool' | 'engine-chosen';
  /** The first host port. */
  readonly first: number;
  /** How many host ports; 1 unless it is a range. */
  readonly count: number;
  readonly target: number;
  readonly protocol: 'tcp' | 'udp';
}

const addresses = {
  '': 30,
  '0.0.0.0': 12,
  '127.0.0.1': 16,
  '127.0.0.2': 4,
  '10.99.0.1': 10,
  '::': 10,
  '::1': 9,
  'fd99::1': 6,
  '::ffff:127.0.0.1': 2,
  '192.0.2.7': 1,
} as const;

const kinds = { fixed: 78, ranges: 8, pool: 6, 'engine-chosen': 8 } as const;

/** Returns one to three publishes on these ports, which sometimes conflict with each other. */
export function randomWanted(random: Random, ports: readonly number[]): readonly Wanted[] {
  const count = random.weighted({ 1: 50, 2: 35, 3: 15 });
  return Array.from({ length: Number(count) }, () => oneWanted(random, ports));
}

function oneWanted(random: Random, ports: readonly number[]): Wanted {
  const kind = random.weighted(kinds);
  const count = kind === 'ranges' || kind === 'pool' ? 2 + random.below(2) : 1;
  return {
    kind,
    count,
    ip: random.weighted(addresses),
    first: random.pick(ports.slice(0, ports.length - count + 1)),
    target: 80 + random.below(3),
    protocol: random.percent(78) ? 'tcp' : 'udp',
  };
}

/** Returns the value of `-p`. */
export function formatWanted({ ip, kind, first, count, target, protocol }: Wanted): string {
  const last = first + count - 1;
  const host = kind === 'engine-chosen' ? '' : count === 1 ? `${first}` : `${first}-${last}`;
  const container = kind === 'ranges' ? `${target}-${target + count - 1}` : `${target}`;
  const address = ip.includes(':') ? `[${ip}]` : ip;
  const prefix = address === '' ? (host === '' ? '' : `${host}:`) : `${address}:${host}:`;
  return `${prefix}${container}${protocol === 'tcp' ? '' : `/${protocol}`}`;
}

/** Returns HostConfig.PortBindings as the docker command line builds it from `-p`. */
export function toPortBindings(
  wanted: readonly Wanted[],
): Readonly<Record<string, readonly { readonly HostIp: string; readonly HostPort: string }[]>> {
  const bindings: Record<string, { HostIp: string; HostPort: string }[]> = {};
  for (const one of wanted) {
    for (const [target, HostPort] of pairsOf(one)) {
      const key = `${target}/${one.protocol}`;
      bindings[key] = [...(bindings[key] ?? []), { HostIp: one.ip, HostPort }];
    }
  }
  return bindings;
}

function pairsOf({
  kind,
  first,
  count,
  target,
}: Wanted): readonly (readonly [target: number, hostPort: string])[] {
  switch (kind) {
    case 'engine-chosen':
      return [[target, '']];
    case 'pool':
      return [[target, `${first}-${first + count - 1}`]];
    case 'fixed':
    case 'ranges':
      return Array.from({ length: count }, (_, index) => [target + index, `${first + index}`]);
    default:
      return kind satisfies never;
  }
}
