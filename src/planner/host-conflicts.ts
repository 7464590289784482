import type { Conflict } from '../model/findings/conflict.ts';
import type { Binding, Endpoint } from '../model/host/binding.ts';
import type { Rules } from '../model/host/engine-traits.ts';
import type { HostState } from '../model/host/host-state.ts';
import {
  type BindingsAt,
  evaluateEndpoint,
  evaluatePublish,
  indexBindings,
  type Verdict,
} from '../model/host/overlap.ts';
import { familyOf } from '../model/ports/address.ts';
import { formatRange, inRange } from '../model/ports/port.ts';
import { kindOf, type Publish } from '../model/ports/publish.ts';
import { findRequestConflicts, type IsHeld } from './request-conflicts.ts';

/**
 * Returns the conflicts that keep the publishes of one container from starting on this host: ports that others hold or
 * claim, ports that the publishes take from each other, and publishes that the engine always rejects. Costs n log n.
 */
export function findConflicts(publishes: readonly Publish[], host: HostState): Conflict[] {
  return [
    ...findHostConflicts(publishes, host),
    ...findRequestConflicts(publishes, host.rules, heldOn(host)),
  ];
}

/** Returns a function that checks whether a port on the address of a publish is certainly held on this host. */
export function heldOn({ bindings, rules }: HostState): IsHeld {
  const bindingsAt = indexBindings(bindings);
  return ({ address, protocol }, port) =>
    evaluateEndpoint({ address, protocol, port }, bindingsAt, rules).overlap === 'yes';
}

/** Returns whether the publish replaces the binding, because the same service created the binding. */
export type IsReplacedBy = (binding: Binding, publish: Publish) => boolean;

/** Returns the conflicts of each publish with this host, without conflicts between the publishes. */
export function findHostConflicts(
  publishes: readonly Publish[],
  host: HostState,
  isReplacedBy: IsReplacedBy = () => false,
): Conflict[] {
  const bindingsAt = indexBindings(host.bindings);
  return publishes.flatMap((publish) =>
    conflictsOf(
      publish,
      (endpoint) => bindingsAt(endpoint).filter((binding) => !isReplacedBy(binding, publish)),
      host,
    ),
  );
}

function conflictsOf(publish: Publish, bindingsAt: BindingsAt, host: HostState): Conflict[] {
  const rejection = engineRejection(publish, host);
  if (rejection !== undefined) return [rejection];
  const verdict = evaluatePublish(publish, bindingsAt, host.rules);
  if (verdict.overlap === 'no') return [];
  return kindOf(publish) === 'pool'
    ? [poolConflict(publish, verdict)]
    : endpointConflicts(publish, verdict);
}

/** Returns the conflict of a publish that the engine or its host rejects even on a free port, or `undefined`. */
export function engineRejection(
  publish: Publish,
  { rules, ports }: HostState,
): Conflict | undefined {
  const certain = { publish, certainty: 'certain', severity: 'error' } as const;
  const reason = rejectionReason(publish, rules);
  if (reason !== undefined) return { ...certain, code: 'engine-refuses', why: reason };
  const port = kindOf(publish) === 'fixed' ? publish.hostPorts?.first : undefined;
  if (port === undefined) return undefined;
  const endpoint = { address: publish.address, port, protocol: publish.protocol };
  const { firstPort } = ports;
  if (port < firstPort) return { ...certain, code: 'privileged-port', endpoint, firstPort };
  const excluded = ports.excluded.find((range) => inRange(port, range));
  if (excluded === undefined) return undefined;
  const holder = {
    kind: 'reserved',
    by: `Windows (excluded ports ${formatRange(excluded)})`,
  } as const;
  return {
    ...certain,
    code: 'port-in-use',
    endpoint,
    binding: { ...endpoint, holder, state: 'claimed' },
  };
}

function rejectionReason(publish: Publish, rules: Rules): string | undefined {
  if (kindOf(publish) === 'pool' && !rules.pools)
    return 'it takes no range of host ports for one container port';
  if (publish.target === 0 && !rules.zeroTarget) return 'it takes no container port 0';
  if (isMapped(publish) && !rules.mappedAddresses)
    return `it takes no IPv4 address written as IPv6; write ${publish.address}`;
  return undefined;
}

function isMapped({ hostIp, address }: Publish): boolean {
  return hostIp.includes(':') && familyOf(address) === 4;
}

function poolConflict(publish: Publish, { overlap, holders }: Verdict): Conflict {
  const certain = overlap === 'yes';
  return {
    code: 'pool-exhausted',
    publish,
    bindings: holders,
    certainty: certain ? 'certain' : 'possible',
    severity: certain ? 'error' : 'warning',
  };
}

/** Returns one conflict per holder: two sockets of one process count once. */
function endpointConflicts(publish: Publish, { overlap, holders }: Verdict): Conflict[] {
  const byHolder = new Map<string, Binding>();
  for (const binding of holders) {
    const key = holderKey(binding);
    if (!byHolder.has(key)) byHolder.set(key, binding);
  }
  return [...byHolder.values()].map((binding) =>
    endpointConflict(publish, binding, overlap === 'yes'),
  );
}

function holderKey({ holder, address, port, state }: Binding): string {
  switch (holder.kind) {
    case 'container':
      return `container ${holder.id ?? holder.pid ?? address}`;
    case 'service':
      return `service ${holder.id}`;
    case 'process':
      return holder.pid === undefined
        ? `socket ${address} ${port} ${state}`
        : `process ${holder.pid}`;
    case 'lease':
      return `lease ${holder.directory} ${holder.project} ${holder.service}`;
    case 'reserved':
      return `reserved ${holder.by}`;
    case 'unseen':
      return 'unseen';
    default:
      return holder satisfies never;
  }
}

function endpointConflict(publish: Publish, binding: Binding, certain: boolean): Conflict {
  const endpoint: Endpoint = {
    address: binding.address,
    port: binding.port,
    protocol: binding.protocol,
  };
  return {
    code: isClaim(binding) ? 'port-claimed' : 'port-in-use',
    publish,
    endpoint,
    binding,
    certainty: certain ? 'certain' : 'possible',
    severity: certain ? 'error' : 'warning',
  };
}

function isClaim({ state }: Binding): boolean {
  return state === 'stopped' || state === 'claimed';
}
