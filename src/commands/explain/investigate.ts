import type { LastStart } from '../../engine/containers/last-start.ts';
import type { Conflict, Remedy } from '../../model/findings/conflict.ts';
import type { FaultStatus } from '../../model/findings/explanation.ts';
import type { PortFault } from '../../model/findings/port-error.ts';
import { type Binding, isLeftByPodman } from '../../model/host/binding.ts';
import { hasGap } from '../../model/host/snapshot.ts';
import { anyAddress, isWildcard } from '../../model/ports/address.ts';
import { kindOf, type Publish } from '../../model/ports/publish.ts';
import { findHostConflicts } from '../../planner/host-conflicts.ts';
import { confirmFree } from '../../planner/probe-publishes.ts';
import { remedyFor } from '../../planner/remedy.ts';
import { findClashes } from '../../planner/request-conflicts.ts';
import type { FaultFacts } from '../../port-errors/facts.ts';
import { createLook } from '../../scanner/probe/prober.ts';
import type { ScannedHost } from '../../scanner/scan.ts';
import { nameConflicts } from '../../workflows/findings/identify-conflicts.ts';
import { reportProbe } from '../../workflows/findings/sources.ts';
import { freePlaces } from '../../workflows/findings/suggest-ports.ts';

/** An error, and the container that it stopped, where the engine still has that. */
export interface ToldFault {
  readonly fault: PortFault;
  readonly last?: LastStart | undefined;
}

/** An error, and how it stands with its port now. */
export interface FaultCase
  extends ToldFault,
    Pick<FaultFacts, 'status' | 'holders' | 'freeing' | 'suggestion'> {}

/** The errors for which it matters who has the port. */
const aboutHolders: ReadonlySet<PortFault['code']> = new Set<PortFault['code']>([
  'taken-by-container',
  'taken-by-service',
  'taken-on-host',
  'taken-for-program',
  'pool-exhausted',
  'excluded-range',
  'forwarder-failed',
  'start-refused',
]);
/** Those of which a port that nobody has tells nothing: Windows may keep it back, a program has a network of its own. */
const notByHolder: ReadonlySet<PortFault['code']> = new Set<PortFault['code']>([
  'excluded-range',
  'taken-for-program',
]);
/** Those that another host port would avoid, too. */
const movable: ReadonlySet<PortFault['code']> = new Set([...aboutHolders, 'privileged-port']);

/** Finds out, for all errors at once, who has their ports on this host, and what is free instead. */
export async function readCases(
  told: readonly ToldFault[],
  host: ScannedHost,
): Promise<{ readonly cases: readonly FaultCase[]; readonly notes: readonly string[] }> {
  const asked = new Map(told.map((one) => [one, publishesOf(one)]));
  const all = [...asked.values()].flat();
  const look = createLook(host);
  const confirmed = look && (await confirmFree(all, host.state, look));
  const state = confirmed?.host ?? host.state;
  const conflicts = await nameConflicts(findHostConflicts(all, state), host);
  const wide = new Map(all.map((publish) => [publish, withAnyAddress(publish)]));
  const places = await freePlaces([...wide.values()], state, look);
  const cases = told.map((one): FaultCase => {
    const publishes = asked.get(one) ?? [];
    const own = conflicts.filter(
      (conflict) => 'publish' in conflict && publishes.includes(conflict.publish),
    );
    const holders = holdersOf(own);
    const isSeen = look !== undefined && !hasGap(host.snapshot);
    const status = statusOf({ ...one, publishes, conflicts: own, holders, isSeen, host });
    const [first] = publishes.flatMap((publish) => places.get(wide.get(publish) ?? publish) ?? []);
    return {
      ...one,
      holders,
      status,
      freeing: uniqueRemedies(holders.map((holder) => remedyFor(holder, host.engine?.command))),
      suggestion: movable.has(one.fault.code) ? first : undefined,
    };
  });
  return { cases, notes: confirmed === undefined ? [] : reportProbe(confirmed).notes };
}

/** What the error says of the publish or, where it names no port, what its container asks for. */
function publishesOf({ fault, last }: ToldFault): readonly Publish[] {
  const { code, service, port, pool, address = anyAddress, protocol = 'tcp' } = fault;
  const inContainer = code === 'taken-for-program' && service !== undefined;
  if (!movable.has(code) || inContainer) return [];
  if (port === undefined) return askedFor(last, fault);
  const hostPorts = pool ?? { first: port, last: port };
  const origin = { kind: 'argument', text: fault.said } as const;
  const hostIp = address === anyAddress ? '' : address;
  return [{ hostIp, address, hostPorts, target: port, protocol, mode: 'ingress', origin }];
}

function askedFor(last: LastStart | undefined, { code, protocol }: PortFault): readonly Publish[] {
  const kinds = code === 'pool-exhausted' ? ['pool'] : ['fixed', 'pool'];
  return (last?.publishes ?? []).filter(
    (publish) =>
      kinds.includes(kindOf(publish)) && (protocol ?? publish.protocol) === publish.protocol,
  );
}

/** A message names one family of a publish without an address; what is free instead must be free in both. */
function withAnyAddress(publish: Publish): Publish {
  return isWildcard(publish.address) ? { ...publish, hostIp: '', address: anyAddress } : publish;
}

function holdersOf(conflicts: readonly Conflict[]): readonly Binding[] {
  return [
    ...new Set(
      conflicts.flatMap((conflict) => {
        if ('bindings' in conflict) return conflict.bindings;
        return 'binding' in conflict ? [conflict.binding] : [];
      }),
    ),
  ];
}

interface Seen extends ToldFault {
  readonly publishes: readonly Publish[];
  readonly conflicts: readonly Conflict[];
  readonly holders: readonly Binding[];
  readonly isSeen: boolean;
  readonly host: ScannedHost;
}

function statusOf({ fault, last, publishes, conflicts, holders, isSeen, host }: Seen): FaultStatus {
  if (!aboutHolders.has(fault.code)) return 'unasked';
  if (holders.length > 0 && holders.every(({ holder }) => isContainer(holder, fault, last)))
    return 'own';
  if (holders.every(isLeftByPodman) && asksTwice(fault, last, host)) return 'itself';
  if (conflicts.some(({ certainty }) => certainty === 'certain')) return 'held';
  if (holders.length > 0) return 'perhaps';
  if (publishes.length === 0 || notByHolder.has(fault.code)) return 'unasked';
  return isSeen ? 'free' : 'unknown';
}

function isContainer(
  holder: Binding['holder'],
  { container }: PortFault,
  last: LastStart | undefined,
): boolean {
  if (holder.kind !== 'container' || holder.engine !== undefined) return false;
  return last === undefined
    ? container !== undefined && holder.name === container
    : holder.id === last.holder.id;
}

function asksTwice({ port }: PortFault, last: LastStart | undefined, { state }: ScannedHost) {
  return findClashes(last?.publishes ?? [], state.rules).some(
    (clash) =>
      clash.code === 'published-twice' &&
      clash.certainty === 'certain' &&
      (port === undefined || clash.publish.hostPorts?.first === port),
  );
}

function uniqueRemedies(remedies: readonly Remedy[]): readonly Remedy[] {
  return [...new Map(remedies.map((remedy) => [JSON.stringify(remedy), remedy])).values()];
}
