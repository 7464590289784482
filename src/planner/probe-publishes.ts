import type { Conflict } from '../model/findings/conflict.ts';
import type { Binding, Endpoint } from '../model/host/binding.ts';
import type { HostState } from '../model/host/host-state.ts';
import { evaluateEndpoint, indexBindings, socketsOf } from '../model/host/overlap.ts';
import type { HostAddress } from '../model/ports/address.ts';
import { addressesOverlap, isWildcard } from '../model/ports/address.ts';
import { highestPort, portsOf, toPort } from '../model/ports/port.ts';
import { kindOf, type Publish } from '../model/ports/publish.ts';
import type { IsReplacedBy } from './host-conflicts.ts';

/** What binding an endpoint as the engine would has shown. */
export interface ProbeResult {
  readonly kind: 'free' | 'taken' | 'not-local' | 'denied' | 'unknown';
  readonly why?: string | undefined;
}

/** How the world is asked; the planner itself touches nothing. */
export interface Prober {
  /** Tries the endpoints, in their order. */
  readonly probe: (endpoints: readonly Endpoint[]) => Promise<readonly ProbeResult[]>;
  /** Everything that is known of these endpoints beyond the snapshot: connections, and what came since. */
  readonly findHolders: (endpoints: readonly Endpoint[]) => Promise<readonly Binding[]>;
}

/** A host after binding what looked free. */
export interface ProbeSummary {
  /** The host with what the binds have shown. */
  readonly host: HostState;
  /** Publishes on addresses that this host does not have. */
  readonly conflicts: readonly Conflict[];
  /** What could not be bound for lack of permission. */
  readonly denied: readonly Endpoint[];
  /** What could not be tried, and why. */
  readonly untried: readonly { readonly endpoint: Endpoint; readonly why: string }[];
}

/** A pool of more ports is confirmed in its first ones only. */
const maxPorts = 1024;

interface Doubt {
  readonly publish: Publish;
  readonly endpoint: Endpoint;
  /** Sockets that may or may not share the port. */
  readonly sharers: readonly Binding[];
  /** Set where the engine chooses the port, and all that is asked is whether the host has the address. */
  readonly addressOnly?: true;
}

/**
 * Binds what the snapshot calls free, each address alone, because tables do not show everything that blocks a bind:
 * sockets that do not listen, the options of a socket, another namespace's holders.
 */
export async function probePublishes(
  publishes: readonly Publish[],
  host: HostState,
  look: Prober,
  isOwn: IsReplacedBy = () => false,
): Promise<ProbeSummary> {
  const doubts = [...findDoubts(publishes, host, isOwn), ...findAddressDoubts(publishes, host)];
  const results = await look.probe(doubts.map(({ endpoint }) => endpoint));
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
    unexplained.length === 0 ? [] : explainAll(unexplained, await look.findHolders(unexplained));
  return {
    host: { ...host, bindings: [...known, ...found] },
    conflicts: uniqueBy(
      answered.filter(({ result }) => result.kind === 'not-local').map(toNotLocal),
      ({ publish }) => publish,
    ),
    denied: tried.filter(({ result }) => result.kind === 'denied').map(({ endpoint }) => endpoint),
    untried: tried.flatMap(({ endpoint, result }) =>
      result.kind === 'unknown' ? [{ endpoint, why: result.why ?? '' }] : [],
    ),
  };
}

function findDoubts(
  publishes: readonly Publish[],
  { bindings, rules, ports }: HostState,
  isOwn: IsReplacedBy,
): readonly Doubt[] {
  const bindingsAt = indexBindings(bindings);
  const doubts = new Map<string, Doubt>();
  for (const publish of publishes) {
    for (const endpoint of endpointsOf(publish, socketsOf(publish.address, rules))) {
      if (endpoint.port < ports.firstPort || (endpoint.protocol === 'sctp' && !rules.bindsSctp))
        continue;
      const { overlap, holders } = evaluateEndpoint(endpoint, bindingsAt, rules);
      // What a service holds itself it will give back: binding it now would only find that out.
      if (overlap === 'yes' || holders.some((binding) => isOwn(binding, publish))) continue;
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

/** An engine that chooses the port still needs the address; it is tried with the first port that may be drawn. */
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

/** Returns the holders that explain why each endpoint cannot be bound, else an unknown holder. */
function explainAll(
  endpoints: readonly Endpoint[],
  candidates: readonly Binding[],
): readonly Binding[] {
  const at = indexBindings(candidates);
  const found = endpoints.flatMap((endpoint): readonly Binding[] => {
    const holders = at(endpoint).filter(({ address }) =>
      addressesOverlap(address, endpoint.address),
    );
    const proven = holders.map((holder) => ({ ...holder, reuseAddress: false }));
    return proven.length > 0
      ? proven
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
