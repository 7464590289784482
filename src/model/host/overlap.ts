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

/** Whether two bindings exclude each other. `possible` depends on facts that cannot be observed. */
export type Overlap = 'yes' | 'no' | 'possible';

type Requested = Pick<Publish, 'address' | 'hostPorts' | 'protocol'>;

/** Returns the addresses of the sockets that the engine opens for a publish of this address. */
export function socketsOf(address: HostAddress, rules: Rules): readonly HostAddress[] {
  return address === anyAddress ? rules.anyAddresses : [address];
}

/**
 * Returns whether two publishes on one engine cannot run at the same time. Fixed ports overlap by address, protocol and
 * number. A pool avoids the overlap while it has another port. An engine-chosen port always avoids it, but it can take
 * a fixed port inside the range that the engine allocates from.
 */
export function publishesOverlap(one: Requested, other: Requested, rules: Rules): Overlap {
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

/** Returns whether the engine would open overlapping sockets for the two addresses. */
export function sharesSocket(one: HostAddress, other: HostAddress, rules: Rules): boolean {
  return socketsOf(one, rules).some((a) =>
    socketsOf(other, rules).some((b) => addressesOverlap(a, b)),
  );
}

/** `fixed` is the range of the publish that the engine does not choose; `undefined` if it chooses both. */
function chosenOverlap(fixed: PortRange | undefined, { ephemeral }: Rules): Overlap {
  if (fixed === undefined || ephemeral === undefined) return 'no';
  return fixed.first <= ephemeral.last && fixed.last >= ephemeral.first ? 'possible' : 'no';
}

/** Two pools have at least two ports together. An engine without retries finds both only if its table shows them. */
function poolsOverlap(one: Requested, other: Requested, rules: Rules): Overlap {
  return rules.poolRetries > 0 || one.address === other.address ? 'no' : 'possible';
}

/** Returns whether this number of replicas of one publish cannot run at the same time. */
export function replicasOverlap(publish: Requested, replicas: number): Overlap {
  if (publish.hostPorts === undefined || replicas <= rangeSize(publish.hostPorts)) return 'no';
  return replicas > 1 ? 'yes' : 'no';
}

/**
 * Returns whether a binding prevents the engine from opening its socket for this endpoint. Returns `possible` for a
 * holder that comes and goes, on a platform whose sockets may coexist, and if an unknown SO_REUSEADDR decides.
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
      // Engines always bind TCP with SO_REUSEADDR, and some engines UDP too.
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

/** Returns whether the engine starts the stopped container by itself, at the latest when the engine restarts. */
function isPendingRestart({ holder }: Binding): boolean {
  return holder.kind === 'container' && holder.restart === 'always';
}

function coexistence(binding: Binding, endpoint: Endpoint, rules: Rules): Overlap {
  if (binding.holder.kind !== 'process') return 'yes';
  const mixed = isWildcard(binding.address) !== isWildcard(endpoint.address);
  return mixed ? rules.platform.wildcardExcludesSpecific : 'yes';
}

/** The result for one publish: whether it is blocked, and by which bindings. */
export interface Verdict {
  readonly overlap: Overlap;
  /** The bindings that block it; for a pool, those of its taken ports. */
  readonly holders: readonly Binding[];
}

/** Returns the bindings of a protocol and port, so that a verdict does not read all bindings. */
export type BindingsAt = (endpoint: Pick<Endpoint, 'port' | 'protocol'>) => readonly Binding[];

const noBindings: readonly Binding[] = [];

/** Indexes bindings by protocol and port: linear time to build, constant time per lookup. */
export function indexBindings(bindings: readonly Binding[]): BindingsAt {
  const index = new Map<number, Binding[]>();
  for (const binding of bindings) {
    const key = portKey(binding);
    const known = index.get(key);
    if (known) known.push(binding);
    else index.set(key, [binding]);
  }
  return (endpoint) => index.get(portKey(endpoint)) ?? noBindings;
}

/** Returns whether the engine would reject this publish on a host with these bindings, and the bindings that block it. */
export function evaluatePublish(publish: Requested, bindingsAt: BindingsAt, rules: Rules): Verdict {
  if (publish.hostPorts === undefined) return { overlap: 'no', holders: [] };
  if (kindOf(publish) === 'fixed') {
    return evaluateEndpoint({ ...publish, port: publish.hostPorts.first }, bindingsAt, rules);
  }
  return evaluatePool(publish, publish.hostPorts, bindingsAt, rules);
}

const noHolders: Verdict = { overlap: 'no', holders: noBindings };

/** Returns whether the engine would reject a fixed port, and the bindings that block it. */
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
 * Returns the pool once for each port that the engine allocates from it. Engines that allocate a number for each family
 * need a free one in each, not one that is free in both.
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
  publish: Requested,
  pool: PortRange,
  bindingsAt: BindingsAt,
  rules: Rules,
): Verdict {
  const ports = [...portsOf(pool)].map((port) => ({ ...publish, port }));
  const verdicts = allocationsOf(publish, rules).map(({ address }) =>
    evaluateAllocation(
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

function evaluateAllocation(
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
  const unknownToAllocator = verdicts.filter(({ endpoint, holders }) =>
    isUnknownToAllocator(endpoint, holders),
  );
  const findsFreePort =
    unknownToAllocator.length <= rules.poolRetries &&
    verdicts.some(({ overlap }) => overlap === 'no');
  return { overlap: findsFreePort ? 'no' : 'possible', holders };
}

/** Returns whether a taken port is free in the engine's own table, which compares addresses as text. */
function isUnknownToAllocator(endpoint: Endpoint, holders: readonly Binding[]): boolean {
  return holders.length > 0 && !holders.some((binding) => isInTable(binding, endpoint));
}

function isInTable({ holder, address }: Binding, endpoint: Endpoint): boolean {
  if (holder.kind !== 'container' || holder.engine !== undefined || holder.hostNetwork)
    return false;
  return familiesOf(endpoint.address).some((socket) => familiesOf(address).includes(socket));
}

function strongest(overlaps: readonly Overlap[]): Overlap {
  if (overlaps.includes('yes')) return 'yes';
  return overlaps.includes('possible') ? 'possible' : 'no';
}
