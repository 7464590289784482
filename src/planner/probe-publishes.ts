import type { Conflict } from '../model/findings/conflict.ts';
import type { Binding, Endpoint } from '../model/host/binding.ts';
import type { HostState } from '../model/host/host-state.ts';
import { evaluateEndpoint, indexBindings, socketsOf } from '../model/host/overlap.ts';
import type { HostAddress } from '../model/ports/address.ts';
import { addressesOverlap, isWildcard } from '../model/ports/address.ts';
import { highestPort, portsOf, toPort } from '../model/ports/port.ts';
import { kindOf, type Publish } from '../model/ports/publish.ts';
import type { IsReplacedBy } from './host-conflicts.ts';

/** The result of binding an endpoint as the engine would. */
export interface ProbeResult {
  readonly kind: 'free' | 'taken' | 'not-local' | 'denied' | 'unknown';
  readonly reason?: string | undefined;
}

/** Access to the sockets of the host. The planner itself opens none. */
export interface Prober {
  /** Binds the endpoints; the results are in the same order. */
  readonly probe: (endpoints: readonly Endpoint[]) => Promise<readonly ProbeResult[]>;
  /** Returns the holders of endpoints that the snapshot lacks: connections, and sockets opened since. */
  readonly findHolders: (endpoints: readonly Endpoint[]) => Promise<readonly Binding[]>;
}

/** The results of binding the ports that looked free. */
export interface ProbeSummary {
  /** The host with the bindings that the probe found. */
  readonly host: HostState;
  /** Publishes on addresses that this host does not have. */
  readonly conflicts: readonly Conflict[];
  /** Endpoints that could not be bound: permission denied. */
  readonly denied: readonly Endpoint[];
  /** Endpoints that could not be probed, with the reason. */
  readonly untried: readonly { readonly endpoint: Endpoint; readonly why: string }[];
}

/** Maximum number of ports probed per pool; the others of a larger pool are not probed. */
const maxPorts = 1024;

interface Doubt {
  readonly publish: Publish;
  readonly endpoint: Endpoint;
  /** Sockets that may or may not share the port: their options are unknown. */
  readonly sharers: readonly Binding[];
  /** Set if the engine chooses the port: the probe only checks that the host has the address. */
  readonly addressOnly?: true;
}

/**
 * Binds the endpoints that are free in the snapshot, each address alone, and returns what the binds show. The socket
 * tables lack some things that block a bind: sockets that do not listen, socket options, holders in other namespaces.
 */
export async function probePublishes(
  publishes: readonly Publish[],
  host: HostState,
  prober: Prober,
  isReplacedBy: IsReplacedBy = () => false,
): Promise<ProbeSummary> {
  const doubts = [
    ...findDoubts(publishes, host, isReplacedBy),
    ...findAddressDoubts(publishes, host),
  ];
  const results = await prober.probe(doubts.map(({ endpoint }) => endpoint));
  const answered = doubts.map((doubt, index) => ({
    ...doubt,
    result: results[index] ?? ({ kind: 'free' } as const),
  }));
  const tried = answered.filter(({ addressOnly }) => !addressOnly);
  const taken = tried.filter(({ result }) => result.kind === 'taken');
  const unexplained = taken
    .filter(({ sharers }) => sharers.length === 0)
    .map(({ endpoint }) => endpoint);
  const shares = new Map<Binding, boolean>();
  for (const { sharers, result } of tried) {
    if (result.kind !== 'free' && result.kind !== 'taken') continue;
    for (const sharer of sharers)
      shares.set(sharer, result.kind === 'free' && shares.get(sharer) !== false);
  }
  const known = host.bindings.map((binding) => withReuse(binding, shares.get(binding)));
  const found =
    unexplained.length === 0 ? [] : explainAll(unexplained, await prober.findHolders(unexplained));
  return {
    host: { ...host, bindings: [...known, ...found] },
    conflicts: uniqueBy(
      answered.filter(({ result }) => result.kind === 'not-local').map(toNotLocal),
      ({ publish }) => publish,
    ),
    denied: tried.filter(({ result }) => result.kind === 'denied').map(({ endpoint }) => endpoint),
    untried: tried.flatMap(({ endpoint, result }) =>
      result.kind === 'unknown' ? [{ endpoint, why: result.reason ?? '' }] : [],
    ),
  };
}

function findDoubts(
  publishes: readonly Publish[],
  { bindings, rules, ports }: HostState,
  isReplacedBy: IsReplacedBy,
): readonly Doubt[] {
  const bindingsAt = indexBindings(bindings);
  const doubts = new Map<string, Doubt>();
  for (const publish of publishes) {
    for (const endpoint of endpointsOf(publish, socketsOf(publish.address, rules))) {
      if (endpoint.port < ports.firstPort || (endpoint.protocol === 'sctp' && !rules.bindsSctp))
        continue;
      const { overlap, holders } = evaluateEndpoint(endpoint, bindingsAt, rules);
      // A service frees its own port when it is recreated: a bind would fail now for that reason alone.
      if (overlap === 'yes' || holders.some((binding) => isReplacedBy(binding, publish))) continue;
      const sharers = holders.filter(
        ({ holder, reuseAddress }) => holder.kind === 'process' && reuseAddress === undefined,
      );
      doubts.set(`${endpoint.protocol} ${endpoint.address} ${endpoint.port}`, {
        publish,
        endpoint,
        sharers,
      });
    }
  }
  return [...doubts.values()];
}

/** Returns the addresses of engine-chosen publishes, each with the first ephemeral port: the host must have them. */
function findAddressDoubts(publishes: readonly Publish[], { ports }: HostState): readonly Doubt[] {
  const port = ports.ephemeral?.first ?? toPort(highestPort);
  return publishes
    .filter((publish) => kindOf(publish) === 'engine-chosen' && !isWildcard(publish.address))
    .map((publish) => ({
      publish,
      endpoint: { address: publish.address, port, protocol: publish.protocol },
      sharers: [],
      addressOnly: true,
    }));
}

function endpointsOf(
  { hostPorts, protocol }: Publish,
  sockets: readonly HostAddress[],
): readonly Endpoint[] {
  if (hostPorts === undefined) return [];
  const ports = [...portsOf(hostPorts)].slice(0, maxPorts);
  return ports.flatMap((port) => sockets.map((address) => ({ address, port, protocol })));
}

function withReuse(binding: Binding, shares: boolean | undefined): Binding {
  return shares === undefined ? binding : { ...binding, reuseAddress: shares };
}

/** Returns the holders of each endpoint that could not be bound, or one of kind `unseen` if none is known. */
function explainAll(
  endpoints: readonly Endpoint[],
  candidates: readonly Binding[],
): readonly Binding[] {
  const at = indexBindings(candidates);
  const found = endpoints.flatMap((endpoint): readonly Binding[] => {
    const holders = at(endpoint).filter(({ address }) =>
      addressesOverlap(address, endpoint.address),
    );
    const verified = holders.map((holder) => ({ ...holder, reuseAddress: false }));
    return verified.length > 0
      ? verified
      : [{ ...endpoint, holder: { kind: 'unseen' }, state: 'bound', reuseAddress: false }];
  });
  return uniqueBy(
    found,
    ({ protocol, address, port, state }) => `${protocol} ${address} ${port} ${state}`,
  );
}

function toNotLocal({ publish, endpoint }: Doubt): Conflict & { readonly publish: Publish } {
  return { code: 'address-not-local', publish, endpoint, certainty: 'certain', severity: 'error' };
}

function uniqueBy<T>(items: readonly T[], keyOf: (item: T) => unknown): readonly T[] {
  const unique = new Map<unknown, T>();
  for (const item of items) if (!unique.has(keyOf(item))) unique.set(keyOf(item), item);
  return [...unique.values()];
}
