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
}

/** What was asked for by number comes first, then pools: neither loses its port to a free choice. */
const order: Readonly<Record<PublishKind, number>> = { fixed: 0, pool: 1, 'engine-chosen': 2 };

/**
 * A free host port for each publish. Pure and deterministic: the port asked for if it can be had, else a friendly
 * one, else the next above. No port is given twice, and none is chosen that a stopped container or a service will
 * claim. Costs n log n in publishes and bindings.
 */
export function planPorts(
  publishes: readonly Publish[],
  host: HostState,
  options: PlanOptions = {},
): Plan {
  const places = createPlaces(host, options);
  const results = new Map<Publish, Assignment | Conflict>();
  for (const publish of [...publishes].sort((a, b) => order[kindOf(a)] - order[kindOf(b)])) {
    results.set(publish, places.place(publish));
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

  function choose(publish: Publish, why: string | undefined): Assignment | Conflict {
    for (const { first, last, suitability } of stretchesFor(publish, host.ports, options.range)) {
      const port = search[suitability].next(first, last, publish.protocol, publish.address);
      if (port === undefined) continue;
      const lost = why ?? lostPool(publish, port);
      const reason = [lost, `${port} free`, suitability === 'last' && lastReason(publish, port)];
      return take(
        publish,
        port,
        lost === undefined ? 'chosen' : 'moved',
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
  }

  return {
    place(publish: Publish): Assignment | Conflict {
      const port = publish.hostPorts?.first;
      if (port === undefined || kindOf(publish) !== 'fixed') return choose(publish, undefined);
      const endpoint = { address: publish.address, port, protocol: publish.protocol };
      const rival = rivalOf(endpoint);
      const binding = rival === undefined ? holderOf(endpoint, bindingsAt, host) : undefined;
      if (rival === undefined && binding === undefined)
        return take(publish, port, 'as-requested', `${port} free`);
      if (options.onConflict === 'fail') return refused(publish, endpoint, rival, binding);
      return choose(
        publish,
        `${port} ${binding ? `held by ${shortName(binding)}` : 'planned for another publish'}`,
      );
    },
  };
}

/** Who keeps the endpoint from being had as it was asked for; a mere claim does not. */
function holderOf(
  endpoint: Endpoint,
  bindingsAt: BindingsAt,
  host: HostState,
): Binding | undefined {
  const { overlap, blockers } = judgeEndpoint(endpoint, bindingsAt, host.rules);
  return overlap === 'yes' ? blockers[0] : blockers.find(({ state }) => state === 'restarting');
}

function refused(
  publish: Publish,
  endpoint: Endpoint,
  other?: Publish,
  binding?: Binding,
): Conflict {
  const finding = { publish, endpoint, certainty: 'certain', severity: 'error' } as const;
  if (binding !== undefined) return { ...finding, code: 'port-in-use', binding };
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
