import type { LastStart } from '../../engine/containers/last-start.ts';
import {
  bindingsOf,
  type Conflict,
  publishOf,
  type Remedy,
} from '../../model/findings/conflict.ts';
import type { ErrorStatus } from '../../model/findings/explanation.ts';
import type { PortError } from '../../model/findings/port-error.ts';
import { type Binding, isLeftByPodman } from '../../model/host/binding.ts';
import { hasGap } from '../../model/host/snapshot.ts';
import { anyAddress, isWildcard } from '../../model/ports/address.ts';
import { singlePort } from '../../model/ports/port.ts';
import { kindOf, type Publish } from '../../model/ports/publish.ts';
import { findHostConflicts } from '../../planner/host-conflicts.ts';
import { probePublishes } from '../../planner/probe-publishes.ts';
import { remedyFor } from '../../planner/remedy.ts';
import { findRequestConflicts } from '../../planner/request-conflicts.ts';
import type { ErrorFacts } from '../../port-errors/facts.ts';
import { createProber } from '../../scanner/probe/prober.ts';
import type { ScanResult } from '../../scanner/scan.ts';
import { identifyConflicts } from '../../workflows/findings/identify-conflicts.ts';
import { reportProbe } from '../../workflows/findings/sources.ts';
import { findFreeEndpoints } from '../../workflows/findings/suggest-ports.ts';

/** An error, and the last start of its container if the engine still has it. */
export interface ReportedError {
  readonly error: PortError;
  readonly last?: LastStart | undefined;
}

/** An error, and the current state of its port. */
export interface InvestigatedError
  extends ReportedError,
    Pick<ErrorFacts, 'status' | 'holders' | 'freeing' | 'suggestion'> {}

/** Errors whose cause is the holder of the port. */
const aboutHolders: ReadonlySet<PortError['code']> = new Set<PortError['code']>([
  'taken-by-container',
  'taken-by-service',
  'taken-on-host',
  'taken-for-program',
  'pool-exhausted',
  'excluded-range',
  'forwarder-failed',
  'start-refused',
]);
/** Errors that a free port does not rule out: Windows may exclude it, and a container has its own network. */
const notByHolder: ReadonlySet<PortError['code']> = new Set<PortError['code']>([
  'excluded-range',
  'taken-for-program',
]);
/** Errors that another host port avoids. */
const movable: ReadonlySet<PortError['code']> = new Set([...aboutHolders, 'privileged-port']);

/** Finds the current holders of the ports of all errors, and free ports to suggest. */
export async function investigateErrors(
  reported: readonly ReportedError[],
  host: ScanResult,
): Promise<{
  readonly cases: readonly InvestigatedError[];
  readonly notes: readonly string[];
}> {
  const publishesByError = new Map(reported.map((one) => [one, publishesOf(one)]));
  const all = [...publishesByError.values()].flat();
  const prober = createProber(host);
  const confirmed = prober && (await probePublishes(all, host.state, prober));
  const state = confirmed?.host ?? host.state;
  const conflicts = await identifyConflicts(findHostConflicts(all, state), host);
  const wide = new Map(all.map((publish) => [publish, withAnyAddress(publish)]));
  const freeEndpoints = await findFreeEndpoints([...wide.values()], state, prober);
  const investigated = reported.map((one): InvestigatedError => {
    const publishes = publishesByError.get(one) ?? [];
    const own = conflicts.filter((conflict) => {
      const publish = publishOf(conflict);
      return publish !== undefined && publishes.includes(publish);
    });
    const holders = holdersOf(own);
    const isSeen = prober !== undefined && !hasGap(host.snapshot);
    const status = statusOf({ ...one, publishes, conflicts: own, holders, isSeen, host });
    const [first] = publishes.flatMap(
      (publish) => freeEndpoints.get(wide.get(publish) ?? publish) ?? [],
    );
    return {
      ...one,
      holders,
      status,
      freeing: uniqueRemedies(holders.map((holder) => remedyFor(holder, host.engine?.command))),
      suggestion: movable.has(one.error.code) ? first : undefined,
    };
  });
  return {
    cases: investigated,
    notes: confirmed === undefined ? [] : reportProbe(confirmed).notes,
  };
}

/** Returns the publish that an error names or, if it names no port, those of its container. */
function publishesOf({ error, last }: ReportedError): readonly Publish[] {
  const { code, service, port, pool, address = anyAddress, protocol = 'tcp' } = error;
  const inContainer = code === 'taken-for-program' && service !== undefined;
  if (!movable.has(code) || inContainer) return [];
  if (port === undefined) return askedFor(last, error);
  const hostPorts = pool ?? singlePort(port);
  const origin = { kind: 'argument', text: error.message } as const;
  const hostIp = address === anyAddress ? '' : address;
  return [{ hostIp, address, hostPorts, target: port, protocol, mode: 'ingress', origin }];
}

function askedFor(last: LastStart | undefined, { code, protocol }: PortError): readonly Publish[] {
  const kinds = code === 'pool-exhausted' ? ['pool'] : ['fixed', 'pool'];
  return (last?.publishes ?? []).filter(
    (publish) =>
      kinds.includes(kindOf(publish)) && (protocol ?? publish.protocol) === publish.protocol,
  );
}

/** A message names one address family of a publish without an address; a suggestion must be free in both. */
function withAnyAddress(publish: Publish): Publish {
  return isWildcard(publish.address) ? { ...publish, hostIp: '', address: anyAddress } : publish;
}

function holdersOf(conflicts: readonly Conflict[]): readonly Binding[] {
  return [...new Set(conflicts.flatMap(bindingsOf))];
}

interface ErrorState extends ReportedError {
  readonly publishes: readonly Publish[];
  readonly conflicts: readonly Conflict[];
  readonly holders: readonly Binding[];
  readonly isSeen: boolean;
  readonly host: ScanResult;
}

function statusOf({
  error,
  last,
  publishes,
  conflicts,
  holders,
  isSeen,
  host,
}: ErrorState): ErrorStatus {
  if (!aboutHolders.has(error.code)) return 'unasked';
  if (holders.length > 0 && holders.every(({ holder }) => isContainer(holder, error, last)))
    return 'own';
  if (holders.every(isLeftByPodman) && asksTwice(error, last, host)) return 'itself';
  if (conflicts.some(({ certainty }) => certainty === 'certain')) return 'held';
  if (holders.length > 0) return 'perhaps';
  if (publishes.length === 0 || notByHolder.has(error.code)) return 'unasked';
  return isSeen ? 'free' : 'unknown';
}

function isContainer(
  holder: Binding['holder'],
  { container }: PortError,
  last: LastStart | undefined,
): boolean {
  if (holder.kind !== 'container' || holder.engine !== undefined) return false;
  return last === undefined
    ? container !== undefined && holder.name === container
    : holder.id === last.holder.id;
}

function asksTwice({ port }: PortError, last: LastStart | undefined, { state }: ScanResult) {
  return findRequestConflicts(last?.publishes ?? [], state.rules).some(
    (conflict) =>
      conflict.code === 'published-twice' &&
      conflict.certainty === 'certain' &&
      (port === undefined || conflict.publish.hostPorts?.first === port),
  );
}

function uniqueRemedies(remedies: readonly Remedy[]): readonly Remedy[] {
  return [...new Map(remedies.map((remedy) => [JSON.stringify(remedy), remedy])).values()];
}
