import type { HostAddress } from '../model/address.ts';
import type { Binding, Endpoint } from '../model/binding.ts';
import type { Conflict } from '../model/conflict.ts';
import { shortName } from '../model/describe-holder.ts';
import type { HostState } from '../model/host.ts';
import { type BindingsAt, indexBindings, judgeEndpoint, sharesSocket } from '../model/overlap.ts';
import type { Assignment, Choice, Plan } from '../model/plan.ts';
import { formatRange, inRange, type Port, type PortRange, type Protocol } from '../model/port.ts';
import { kindOf, type Publish, type PublishKind } from '../model/publish.ts';
import { stretchesFor } from './candidates.ts';
import { createFreePorts } from './free-ports.ts';
import { suitabilityOf } from './special-ports.ts';

/** What the user lets the planner do. */
export interface PlanOptions {
  /** Only ports of this range are chosen. */
  readonly range?: PortRange | undefined;
  /** Ports that are never chosen. */
  readonly avoid?: readonly PortRange[] | undefined;
  /** `fail`: a port that was asked for by number is had, or the plan fails. Default `next`. */
  readonly onConflict?: 'next' | 'fail' | undefined;
  /** The port that was planned for the publish before. Leases of others are bindings of the host. */
  readonly leasedPort?: ((publish: Publish) => Port | undefined) | undefined;
  /** The port that the user has chosen for the publish once and for all: it has this one, or none. */
  readonly pinnedPort?: ((publish: Publish) => Port | undefined) | undefined;
}

/** What was asked for by number comes first, then pools: neither loses its port to a free choice. */
const order: Readonly<Record<PublishKind, number>> = { fixed: 0, pool: 1, 'engine-chosen': 2 };

/**
 * A free host port for each publish. Pure and deterministic: the port pinned; else the port asked for if it can be had,
 * else the one leased, else a friendly one, else the next above. Each wish is granted to all before the next kind is
 * looked at, so a publish that moves takes from nobody what he asked for or had before. No port is given twice, and
 * none is chosen that a stopped container, a service or a lease will claim. Costs n log n in publishes and bindings.
 */
export function planPorts(
  publishes: readonly Publish[],
  host: HostState,
  options: PlanOptions = {},
): Plan {
  const { pinned, asked, leased, chosen } = createPlaces(host, options);
  const results = new Map<Publish, Assignment | Conflict>();
  const inTurn = [...publishes].sort((a, b) => order[kindOf(a)] - order[kindOf(b)]);
  for (const place of [pinned, asked, leased, chosen]) {
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

/** The ports of one plan: hands out places and remembers them. */
function createPlaces(host: HostState, options: PlanOptions) {
  const bindingsAt = indexBindings(host.bindings);
  const planned = new Map<string, Publish[]>();
  /** Why a publish does not have the port that it asked for. */
  const lost = new Map<Publish, string>();
  const rivalOf = ({ port, protocol, address }: Endpoint) =>
    planned
      .get(`${protocol}/${port}`)
      ?.find((other) => sharesSocket(other.address, address, host.rules));

  const isFree = (port: Port, protocol: Protocol, address: HostAddress): boolean =>
    rivalOf({ port, protocol, address }) === undefined &&
    !bindingsAt({ port, protocol }).some((binding) =>
      sharesSocket(binding.address, address, host.rules),
    ) &&
    options.avoid?.some((range) => inRange(port, range)) !== true;
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
    const key = `${publish.protocol}/${port}`;
    const others = planned.get(key);
    if (others) others.push(publish);
    else planned.set(key, [publish]);
    return { publish, address: publish.address, port, choice, reason };
  }

  /** The port itself, or who has it. */
  function tryPort(publish: Publish, port: Port) {
    const endpoint = { address: publish.address, port, protocol: publish.protocol };
    const rival = rivalOf(endpoint);
    const binding = rival === undefined ? holderOf(endpoint, bindingsAt, host) : undefined;
    const isFree = rival === undefined && binding === undefined;
    return { isFree, refusal: () => refused(publish, endpoint, rival, binding), binding };
  }

  function mayBeLeased(publish: Publish, port: Port): boolean {
    const { hostPorts: pool, protocol, address } = publish;
    if (options.range !== undefined && !inRange(port, options.range)) return false;
    if (options.avoid?.some((range) => inRange(port, range))) return false;
    if (suitabilityOf(port, protocol, host.ports) === 'never') return false;
    if (pool === undefined || kindOf(publish) === 'fixed' || inRange(port, pool)) return true;
    return search.last.next(pool.first, pool.last, protocol, address) === undefined;
  }

  return {
    pinned(publish: Publish): Assignment | Conflict | undefined {
      const port = options.pinnedPort?.(publish);
      if (port === undefined) return undefined;
      const { isFree, refusal } = tryPort(publish, port);
      return isFree ? take(publish, port, 'leased', `${port} pinned`) : refusal();
    },

    asked(publish: Publish): Assignment | Conflict | undefined {
      const port = publish.hostPorts?.first;
      if (port === undefined || kindOf(publish) !== 'fixed') return undefined;
      const { isFree, refusal, binding } = tryPort(publish, port);
      if (isFree) return take(publish, port, 'as-requested', `${port} free`);
      if (options.onConflict === 'fail') return refusal();
      lost.set(
        publish,
        `${port} ${binding ? `held by ${shortName(binding)}` : 'planned for another publish'}`,
      );
      return undefined;
    },

    leased(publish: Publish): Assignment | undefined {
      const port = options.leasedPort?.(publish);
      if (port === undefined || !mayBeLeased(publish, port)) return undefined;
      if (!tryPort(publish, port).isFree) return undefined;
      const why = lost.get(publish) ?? lostPool(publish, port);
      return take(publish, port, 'leased', [why, `${port} leased`].filter(Boolean).join('; '));
    },

    chosen(publish: Publish): Assignment | Conflict {
      for (const { first, last, suitability } of stretchesFor(publish, host.ports, options.range)) {
        const port = search[suitability].next(first, last, publish.protocol, publish.address);
        if (port === undefined) continue;
        const why = lost.get(publish) ?? lostPool(publish, port);
        const reason = [why, `${port} free`, suitability === 'last' && lastReason(publish, port)];
        return take(
          publish,
          port,
          why === undefined ? 'chosen' : 'moved',
          reason.filter(Boolean).join('; '),
        );
      }
      return {
        code: 'pool-exhausted',
        publish,
        bindings: [],
        certainty: 'certain',
        severity: 'error',
      };
    },
  };
}

/** Who keeps the endpoint from being had as it was asked for. Of mere claims, only a lease does: it is kept free. */
function holderOf(
  endpoint: Endpoint,
  bindingsAt: BindingsAt,
  host: HostState,
): Binding | undefined {
  const { overlap, blockers } = judgeEndpoint(endpoint, bindingsAt, host.rules);
  return overlap === 'yes' ? blockers[0] : blockers.find(keepsAnyway);
}

function keepsAnyway({ state, holder }: Binding): boolean {
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

function lastReason(publish: Publish, port: Port): string | undefined {
  const asked = publish.hostPorts !== undefined && inRange(port, publish.hostPorts);
  return asked ? undefined : 'in a range that the system draws from: nothing else is left';
}
