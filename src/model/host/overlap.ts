import {
  addressesOverlap,
  anyAddress,
  familiesOf,
  type HostAddress,
  isWildcard,
} from '../ports/address.ts';
import { type PortRange, portKey, portsOf, rangeSize } from '../ports/port.ts';
import { kindOf, type Publish } from '../ports/publish.ts';
import type { Binding, Endpoint } from './binding.ts';
import type { Rules } from './engine-traits.ts';

/** Whether two bindings exclude each other. `possible`: it depends on facts that cannot be observed. */
export type Overlap = 'yes' | 'no' | 'possible';

type Wanted = Pick<Publish, 'address' | 'hostPorts' | 'protocol'>;

/** The sockets that the engine opens for a publish of this address. */
export function socketsOf(address: HostAddress, rules: Rules): readonly HostAddress[] {
  return address === anyAddress ? rules.anyAddresses : [address];
}

/**
 * Whether two publishes on one engine can not be up at the same time. Fixed ports collide by address, protocol and
 * number; a pool gives way as long as it has another port; engine-chosen ports give way always, and only a fixed
 * port inside the range that they are drawn from may find itself taken.
 */
export function publishesOverlap(one: Wanted, other: Wanted, rules: Rules): Overlap {
  if (one.protocol !== other.protocol || !sharesSocket(one.address, other.address, rules))
    return 'no';
  if (one.protocol === 'sctp' && !rules.bindsSctp) return 'no';
  const [a, b] = [one.hostPorts, other.hostPorts];
  if (a === undefined || b === undefined) return chosenOverlap(a ?? b, rules);
  if (a.last < b.first || b.last < a.first) return 'no';
  if (kindOf(one) === 'fixed' && kindOf(other) === 'fixed') return 'yes';
  if (kindOf(one) === 'pool' && kindOf(other) === 'pool') return poolsOverlap(one, other, rules);
  return 'possible';
}

/** Whether the engine would open the same socket, or one inside the other, for both addresses. */
export function sharesSocket(one: HostAddress, other: HostAddress, rules: Rules): boolean {
  return socketsOf(one, rules).some((a) =>
    socketsOf(other, rules).some((b) => addressesOverlap(a, b)),
  );
}

function chosenOverlap(fixed: PortRange | undefined, { ephemeral }: Rules): Overlap {
  if (fixed === undefined || ephemeral === undefined) return 'no';
  return fixed.first <= ephemeral.last && fixed.last >= ephemeral.first ? 'possible' : 'no';
}

/** Two pools hold two ports between them; an engine that does not move on needs its table to see both. */
function poolsOverlap(one: Wanted, other: Wanted, rules: Rules): Overlap {
  return rules.poolRetries > 0 || one.address === other.address ? 'no' : 'possible';
}

/** Whether so many replicas of one publish can not be up at the same time. */
export function replicasOverlap(publish: Wanted, replicas: number): Overlap {
  if (publish.hostPorts === undefined || replicas <= rangeSize(publish.hostPorts)) return 'no';
  return replicas > 1 ? 'yes' : 'no';
}

/**
 * Whether a binding keeps the engine from opening its socket for this endpoint. `possible` for a holder that comes
 * and goes, for a platform whose sockets may coexist, and for one whose SO_REUSEADDR decides and is not known.
 */
export function bindingBlocks(binding: Binding, endpoint: Endpoint, rules: Rules): Overlap {
  if (binding.protocol !== endpoint.protocol || binding.port !== endpoint.port) return 'no';
  if (endpoint.protocol === 'sctp' && !rules.bindsSctp) return 'no';
  const hit = socketsOf(endpoint.address, rules).some((socket) =>
    addressesOverlap(socket, binding.address),
  );
  if (!hit) return 'no';
  const strength = strengthOf(binding, rules);
  return strength === 'yes' ? coexistence(binding, endpoint, rules) : strength;
}

function strengthOf(binding: Binding, rules: Rules): Overlap {
  switch (binding.state) {
    case 'running':
    case 'paused':
    case 'listening':
    case 'ingress':
      return 'yes';
    case 'bound':
      // TCP is always bound with SO_REUSEADDR by engines; UDP by some.
      return binding.protocol === 'udp' && !rules.udpReuseAddress ? 'yes' : unlessReused(binding);
    case 'connected':
    case 'time-wait':
      return unlessReused(binding);
    case 'restarting':
    case 'claimed':
      return 'possible';
    case 'stopped':
      return isPendingRestart(binding) ? 'possible' : 'no';
    default:
      return binding.state satisfies never;
  }
}

function unlessReused({ reuseAddress }: Binding): Overlap {
  if (reuseAddress === undefined) return 'possible';
  return reuseAddress ? 'no' : 'yes';
}

/** Whether the engine starts the stopped container by itself, at the latest when the engine restarts. */
function isPendingRestart({ holder }: Binding): boolean {
  return holder.kind === 'container' && holder.restart === 'always';
}

function coexistence(binding: Binding, endpoint: Endpoint, rules: Rules): Overlap {
  if (binding.holder.kind !== 'process') return 'yes';
  const mixed = isWildcard(binding.address) !== isWildcard(endpoint.address);
  return mixed ? rules.platform.wildcardExcludesSpecific : 'yes';
}

/** What stands in the way of one publish. */
export interface Verdict {
  readonly overlap: Overlap;
  /** The bindings in the way: for a pool, those of its ports that are taken. */
  readonly holders: readonly Binding[];
}

/** Looks bindings up by protocol and port, so that a verdict need not read all of them. */
export type BindingsAt = (endpoint: Pick<Endpoint, 'port' | 'protocol'>) => readonly Binding[];

const none: readonly Binding[] = [];

/** An index of bindings by protocol and port; building it is linear, asking it constant. */
export function indexBindings(bindings: readonly Binding[]): BindingsAt {
  const index = new Map<number, Binding[]>();
  for (const binding of bindings) {
    const key = portKey(binding);
    const known = index.get(key);
    if (known) known.push(binding);
    else index.set(key, [binding]);
  }
  return (place) => index.get(portKey(place)) ?? none;
}

/** Whether the engine would refuse this publish on a host with these bindings. */
export function evaluatePublish(publish: Wanted, bindingsAt: BindingsAt, rules: Rules): Verdict {
  if (publish.hostPorts === undefined) return { overlap: 'no', holders: [] };
  if (kindOf(publish) === 'fixed') {
    return evaluateEndpoint({ ...publish, port: publish.hostPorts.first }, bindingsAt, rules);
  }
  return evaluatePool(publish, publish.hostPorts, bindingsAt, rules);
}

const noHolders: Verdict = { overlap: 'no', holders: none };

/** Whether the engine would refuse a fixed port. */
export function evaluateEndpoint(
  endpoint: Endpoint,
  bindingsAt: BindingsAt,
  rules: Rules,
): Verdict {
  const bindings = bindingsAt(endpoint);
  if (bindings.length === 0) return noHolders;
  const found = bindings.map((binding) => ({
    binding,
    overlap: bindingBlocks(binding, endpoint, rules),
  }));
  const certain = found.filter(({ overlap }) => overlap === 'yes');
  const blocking =
    certain.length > 0 ? certain : found.filter(({ overlap }) => overlap === 'possible');
  return {
    overlap: certain.length > 0 ? 'yes' : blocking.length > 0 ? 'possible' : 'no',
    holders: blocking.map(({ binding }) => binding),
  };
}

/**
 * A pool as often as the engine draws a port of it: engines that draw a number for each family need a free one in each,
 * not one that is free in both.
 */
export function allocationsOf<Pool extends Pick<Publish, 'address'>>(
  pool: Pool,
  rules: Rules,
): readonly Pool[] {
  const addresses = rules.sameNumberInBothFamilies
    ? [pool.address]
    : socketsOf(pool.address, rules);
  return addresses.map((address) => ({ ...pool, address }));
}

function evaluatePool(
  publish: Wanted,
  pool: PortRange,
  bindingsAt: BindingsAt,
  rules: Rules,
): Verdict {
  const ports = [...portsOf(pool)].map((port) => ({ ...publish, port }));
  const verdicts = allocationsOf(publish, rules).map(({ address }) =>
    evaluateDraw(
      ports.map((port) => ({ ...port, address })),
      bindingsAt,
      rules,
    ),
  );
  return {
    overlap: strongest(verdicts.map(({ overlap }) => overlap)),
    holders: [...new Set(verdicts.flatMap(({ holders }) => holders))],
  };
}

function evaluateDraw(
  endpoints: readonly Endpoint[],
  bindingsAt: BindingsAt,
  rules: Rules,
): Verdict {
  const verdicts = endpoints.map((endpoint) => ({
    endpoint,
    ...evaluateEndpoint(endpoint, bindingsAt, rules),
  }));
  const holders = verdicts.flatMap(({ holders }) => holders);
  if (verdicts.every(({ overlap }) => overlap === 'yes')) return { overlap: 'yes', holders };
  const surprises = verdicts.filter(({ endpoint, holders }) =>
    isUnknownToAllocator(endpoint, holders),
  );
  const movesOn =
    surprises.length <= rules.poolRetries && verdicts.some(({ overlap }) => overlap === 'no');
  return { overlap: movesOn ? 'no' : 'possible', holders };
}

/** Whether the engine's own table, which knows a text of an address, calls a taken port free. */
function isUnknownToAllocator(endpoint: Endpoint, holders: readonly Binding[]): boolean {
  return holders.length > 0 && !holders.some((binding) => isInTable(binding, endpoint));
}

function isInTable({ holder, address }: Binding, endpoint: Endpoint): boolean {
  if (holder.kind !== 'container' || holder.engine !== undefined || holder.hostNetwork)
    return false;
  return familiesOf(endpoint.address).some((text) => familiesOf(address).includes(text));
}

function strongest(overlaps: readonly Overlap[]): Overlap {
  if (overlaps.includes('yes')) return 'yes';
  return overlaps.includes('possible') ? 'possible' : 'no';
}
