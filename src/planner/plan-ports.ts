import type { Conflict } from '../model/findings/conflict.ts';
import { shortName } from '../model/findings/describe-holder.ts';
import type { Assignment, Choice, Plan } from '../model/findings/plan.ts';
import type { Binding, Endpoint } from '../model/host/binding.ts';
import type { HostState } from '../model/host/host-state.ts';
import {
  type BindingsAt,
  evaluateEndpoint,
  indexBindings,
  sharesSocket,
} from '../model/host/overlap.ts';
import type { HostAddress } from '../model/ports/address.ts';
import {
  formatRange,
  inRange,
  type Port,
  type Protocol,
  portKey,
  singlePort,
} from '../model/ports/port.ts';
import { kindOf, type Publish, type PublishKind } from '../model/ports/publish.ts';
import { engineRejection } from './host-conflicts.ts';
import { createFreePorts } from './next-free-port.ts';
import type { PlanOptions, PublishPolicy } from './options.ts';
import { suitabilityOf } from './reserved-ports.ts';
import { defaultSearchRange, searchRanges } from './search-ranges.ts';

/** Fixed ports first, then pools, so that neither loses its port to a free choice. */
const order: Readonly<Record<PublishKind, number>> = { fixed: 0, pool: 1, 'engine-chosen': 2 };

/**
 * Returns a free host port for each publish. Pure and deterministic. Stages: pinned, current, requested, configured by
 * policy, previous, automatic (the preferred port or the next free one above). Stages run in order over all publishes,
 * so a moved publish never takes a port that another one requested or already had. No port is assigned twice, and none
 * is chosen that a stopped container, a service or a lease will claim. Costs n log n in publishes and bindings.
 */
export function planPorts(
  publishes: readonly Publish[],
  host: HostState,
  options: PlanOptions = {},
): Plan {
  const { pinned, current, requested, configured, previous, automatic } = createAllocator(
    host,
    options,
  );
  const results = new Map<Publish, Assignment | Conflict>();
  const inTurn = [...publishes].sort((a, b) => order[kindOf(a)] - order[kindOf(b)]);
  for (const place of [pinned, current, requested, configured, previous, automatic]) {
    for (const publish of inTurn) {
      const result = results.has(publish) ? undefined : place(publish);
      if (result !== undefined) results.set(publish, result);
    }
  }
  const inOrder = publishes.flatMap((publish) => results.get(publish) ?? []);
  return {
    assignments: inOrder.filter((result): result is Assignment => 'port' in result),
    conflicts: inOrder.filter((result): result is Conflict => 'code' in result),
  };
}

/** Assigns the ports of one plan; each function is one stage. */
function createAllocator(host: HostState, options: PlanOptions) {
  const { avoid = [], historyOf = () => undefined, isReplacedBy } = options;
  const bindingsAt = indexBindings(host.bindings);
  const planned = new Map<number, Publish[]>();
  /** Why the requested port of a publish is not available. */
  const unavailableFor = new Map<Publish, Unavailable>();
  const shared: PublishPolicy = { range: options.range, onConflict: options.onConflict };
  const policyOf = (publish: Publish): PublishPolicy =>
    options.policyOf === undefined ? shared : { ...shared, ...options.policyOf(publish) };
  const plannedAt = (endpoint: Endpoint) =>
    planned
      .get(portKey(endpoint))
      ?.find((other) => sharesSocket(other.address, endpoint.address, host.rules));

  const isFree = (port: Port, protocol: Protocol, address: HostAddress): boolean =>
    plannedAt({ port, protocol, address }) === undefined &&
    !bindingsAt({ port, protocol }).some((binding) =>
      sharesSocket(binding.address, address, host.rules),
    ) &&
    !isAvoided(port);
  const isAvoided = (port: Port) => avoid.some((range) => inRange(port, range));
  const search = {
    good: createFreePorts((port, protocol, address) => {
      return (
        suitabilityOf(port, protocol, host.ports) === 'good' && isFree(port, protocol, address)
      );
    }),
    last: createFreePorts((port, protocol, address) => {
      return (
        suitabilityOf(port, protocol, host.ports) !== 'never' && isFree(port, protocol, address)
      );
    }),
  };

  function take(publish: Publish, port: Port, choice: Choice, reason: string): Assignment {
    const key = portKey({ protocol: publish.protocol, port });
    const others = planned.get(key);
    if (others) others.push(publish);
    else planned.set(key, [publish]);
    return { publish, address: publish.address, port, choice, reason };
  }

  /** Returns whether the port is free for the publish, and otherwise its holder. */
  function tryPort(publish: Publish, port: Port) {
    const endpoint = { address: publish.address, port, protocol: publish.protocol };
    const other = plannedAt(endpoint);
    const others: BindingsAt =
      isReplacedBy === undefined
        ? bindingsAt
        : (place) => bindingsAt(place).filter((binding) => !isReplacedBy(binding, publish));
    const binding = other === undefined ? holderOf(endpoint, others, host) : undefined;
    const isFree = other === undefined && binding === undefined;
    return {
      isFree,
      refusal: () => refused(publish, endpoint, other, binding),
      why: () =>
        `${port} ${binding ? `held by ${shortName(binding)}` : 'planned for another publish'}`,
    };
  }

  function isAllowedPrevious(publish: Publish, port: Port): boolean {
    const { hostPorts: pool, protocol, address } = publish;
    const { range } = policyOf(publish);
    if (range !== undefined && !inRange(port, range)) return false;
    if (isAvoided(port)) return false;
    if (suitabilityOf(port, protocol, host.ports) === 'never') return false;
    if (pool === undefined || kindOf(publish) === 'fixed' || inRange(port, pool)) return true;
    return search.last.next(pool.first, pool.last, protocol, address) === undefined;
  }

  /** Returns why the publish does not have its requested port, and what it has instead. */
  function reasonFor(publish: Publish, port: Port, ...found: readonly string[]): string {
    const why = unavailableFor.get(publish)?.why ?? lostPool(publish, port);
    return [...(why === undefined ? [] : [why]), ...found].join('; ');
  }

  return {
    pinned(publish: Publish): Assignment | Conflict | undefined {
      const port = historyOf(publish)?.pinned;
      if (port === undefined) return undefined;
      const { isFree, refusal } = tryPort(publish, port);
      return isFree ? take(publish, port, 'leased', `${port} pinned`) : refusal();
    },

    current(publish: Publish): Assignment | undefined {
      const port = historyOf(publish)?.current;
      if (port === undefined || isAvoided(port) || !tryPort(publish, port).isFree) return undefined;
      return publish.hostPorts?.first === port
        ? take(publish, port, 'as-requested', `${port} in use by itself`)
        : take(publish, port, 'leased', `runs on ${port}`);
    },

    requested(publish: Publish): Assignment | Conflict | undefined {
      const { onConflict, hostPort } = policyOf(publish);
      const port = publish.hostPorts === undefined ? hostPort : publish.hostPorts.first;
      if (port === undefined || kindOf(publish) === 'pool') return undefined;
      const fixed =
        publish.hostPorts === undefined ? { ...publish, hostPorts: singlePort(port) } : publish;
      const barrier = engineRejection(fixed, host);
      if (barrier?.code === 'engine-refuses') return barrier;
      const { isFree, refusal, why } =
        barrier === undefined ? tryPort(publish, port) : unavailable(barrier, port);
      if (isFree) return take(publish, port, 'as-requested', `${port} free`);
      if (onConflict === 'fail') return refusal();
      unavailableFor.set(publish, { why: why(), refusal });
      return undefined;
    },

    configured(publish: Publish): Assignment | undefined {
      const { hostPort: port } = policyOf(publish);
      if (port === undefined || isAvoided(port) || !tryPort(publish, port).isFree) return undefined;
      return take(publish, port, 'moved', reasonFor(publish, port, `${port} set by x-portplan`));
    },

    previous(publish: Publish): Assignment | undefined {
      const place = historyOf(publish)?.previous?.find(
        ({ port }) => isAllowedPrevious(publish, port) && tryPort(publish, port).isFree,
      );
      if (place === undefined) return undefined;
      const { port, why } = place;
      return take(publish, port, 'leased', reasonFor(publish, port, `${port} ${why}`));
    },

    automatic(publish: Publish): Assignment | Conflict {
      const { range, onConflict } = policyOf(publish);
      const reasonUnavailable = unavailableFor.get(publish);
      if (onConflict === 'leased' && reasonUnavailable !== undefined)
        return reasonUnavailable.refusal();
      for (const { first, last, suitability } of searchRanges(publish, host.ports, range)) {
        const port = search[suitability].next(first, last, publish.protocol, publish.address);
        if (port === undefined) continue;
        const moved = reasonUnavailable !== undefined || lostPool(publish, port) !== undefined;
        const notes = suitability === 'last' ? lastReasons(publish, port) : [];
        const reason = reasonFor(publish, port, `${port} free`, ...notes);
        return take(publish, port, moved ? 'moved' : 'chosen', reason);
      }
      return {
        code: 'pool-exhausted',
        publish,
        bindings: [],
        searched: range ?? defaultSearchRange,
        certainty: 'certain',
        severity: 'error',
      };
    },
  };
}

/** Returns the result for a port that the engine or the system rejects. */
function unavailable(barrier: Conflict, port: Port) {
  const why =
    barrier.code === 'privileged-port'
      ? `${port} is below ${barrier.firstPort}, which this engine may not open`
      : `${port} is excluded by the system`;
  return { isFree: false, refusal: () => barrier, why: () => why };
}

interface Unavailable {
  readonly why: string;
  /** Returns the conflict, for a publish that must not move. */
  readonly refusal: () => Conflict;
}

/** Returns the binding that makes the endpoint unavailable, or `undefined`. Of the claims, only leases do. */
function holderOf(
  endpoint: Endpoint,
  bindingsAt: BindingsAt,
  host: HostState,
): Binding | undefined {
  const { overlap, holders } = evaluateEndpoint(endpoint, bindingsAt, host.rules);
  return overlap === 'yes' ? holders[0] : holders.find(blocksRegardless);
}

function blocksRegardless({ state, holder }: Binding): boolean {
  return state === 'restarting' || holder.kind === 'lease';
}

function refused(
  publish: Publish,
  endpoint: Endpoint,
  other?: Publish,
  binding?: Binding,
): Conflict {
  const finding = { publish, endpoint, certainty: 'certain', severity: 'error' } as const;
  if (binding !== undefined) {
    const code = binding.state === 'claimed' ? 'port-claimed' : 'port-in-use';
    return { ...finding, code, binding };
  }
  return { ...finding, code: 'published-twice', other: other ?? publish };
}

function lostPool(publish: Publish, port: Port): string | undefined {
  const pool = publish.hostPorts;
  return pool === undefined || inRange(port, pool)
    ? undefined
    : `no port of ${formatRange(pool)} free`;
}

function lastReasons(publish: Publish, port: Port): readonly string[] {
  const asked = publish.hostPorts !== undefined && inRange(port, publish.hostPorts);
  return asked ? [] : ['in a range that the system draws from: nothing else is left'];
}
