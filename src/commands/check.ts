import { familiesOf } from '../model/address.ts';
import type { Binding } from '../model/binding.ts';
import { type Conflict, isFailure } from '../model/conflict.ts';
import type { HostState } from '../model/host.ts';
import { formatPublish, kindOf, type Publish } from '../model/publish.ts';
import type { CheckReport, CheckVerdict } from '../model/report.ts';
import { hasGap, type SourceName } from '../model/snapshot.ts';
import { confirmFree, type Look } from '../planner/confirm.ts';
import { findClashes } from '../planner/find-clashes.ts';
import { findHostConflicts } from '../planner/find-conflicts.ts';
import { planConfirmed } from '../planner/plan-confirmed.ts';
import { remedyFor } from '../planner/remedy.ts';
import { describeBindings } from '../scanner/describe-bindings.ts';
import { createLook } from '../scanner/look.ts';
import { type ScannedHost, type ScanOptions, scan } from '../scanner/scan.ts';
import { findHostFindings } from './host-findings.ts';
import { reportProbe, requireSources } from './sources.ts';
import { fixedPorts, publishesOfImage, type ReadWish, readWish, type Wish } from './wishes.ts';

export interface CheckOptions extends Wish, Pick<ScanOptions, 'host' | 'context' | 'timeoutMs'> {
  /** Sources without which the answer is "unknown". */
  readonly require?: readonly SourceName[] | undefined;
}

/**
 * Would these publishes start, on this host, now? Without any: what is wrong with the host's own state.
 * @throws PortplanError for a wish or an engine address that cannot be read.
 */
export async function check(options: CheckOptions = {}): Promise<CheckReport> {
  const wish = readWish(options);
  const everything = wish.ports.length + wish.publishes.length + wish.images.length === 0;
  const asked = fixedPorts([...wish.ports, ...wish.publishes]);
  const host = await scan({ ...options, ports: asked, stopped: everything });
  try {
    return await (everything ? checkHost(host, options) : checkWish(wish, host, options));
  } finally {
    host.engine?.client.close();
  }
}

async function checkWish(
  wish: ReadWish,
  host: ScannedHost,
  options: CheckOptions,
): Promise<CheckReport> {
  const look = createLook(host);
  const images = await planImages(wish.images, host, look);
  const together = [...wish.publishes, ...images];
  const publishes = [...wish.ports, ...together];
  const confirmed = look && (await confirmFree(publishes, host.state, look));
  const state = confirmed?.host ?? host.state;
  const conflicts = [
    ...findHostConflicts(publishes, state),
    ...(confirmed?.conflicts ?? []),
    ...findClashes(together, state.rules),
  ];
  const named = await nameConflicts(conflicts, host);
  const suggested = await suggest(named, state, look);
  const probe = reportProbe(confirmed ?? { denied: [], untried: [] });
  return toReport({
    publishes,
    conflicts: suggested,
    sources: requireSources([...host.snapshot.sources, ...probe.sources], options.require),
    notes: [...wish.notes, ...host.snapshot.notes, ...probe.notes],
  });
}

async function checkHost(host: ScannedHost, options: CheckOptions): Promise<CheckReport> {
  return toReport({
    publishes: [],
    conflicts: await findHostFindings(host),
    sources: requireSources(host.snapshot.sources, options.require),
    notes: host.snapshot.notes,
  });
}

function toReport(
  parts: Pick<CheckReport, 'publishes' | 'conflicts' | 'sources' | 'notes'>,
): CheckReport {
  return { command: 'check', verdict: verdictOf(parts), ...parts };
}

function verdictOf({
  conflicts,
  sources,
}: Pick<CheckReport, 'conflicts' | 'sources'>): CheckVerdict {
  if (conflicts.some(isFailure)) return 'conflict';
  return hasGap({ sources }) ? 'unknown' : 'clear';
}

/** Images stand for the mapping that would be planned for them. */
async function planImages(
  images: readonly string[],
  host: ScannedHost,
  look: Look | undefined,
): Promise<readonly Publish[]> {
  const exposed = await Promise.all(images.map((image) => publishesOfImage(image, host.engine)));
  const { plan } = await planConfirmed(exposed.flat(), host.state, {}, look);
  return plan.assignments.map(({ publish, port }) => ({
    ...publish,
    hostPorts: { first: port, last: port },
  }));
}

/** Finds out who the holders are, and what would free their ports. */
export async function nameConflicts(
  conflicts: readonly Conflict[],
  host: ScannedHost,
): Promise<readonly Conflict[]> {
  const bindings = [...new Set(conflicts.flatMap(bindingsOf))];
  const described = await describeBindings(bindings, host);
  const byOriginal = new Map(
    bindings.map((binding, index) => [binding, described[index] ?? binding]),
  );
  const named = conflicts.map((conflict) =>
    withBindings(conflict, byOriginal, host.engine?.command),
  );
  return mergeHolders(named);
}

function bindingsOf(conflict: Conflict): readonly Binding[] {
  if ('bindings' in conflict) return conflict.bindings;
  return 'binding' in conflict ? [conflict.binding] : [];
}

function withBindings(
  conflict: Conflict,
  byOriginal: ReadonlyMap<Binding, Binding>,
  engine: string | undefined,
): Conflict {
  const described = (binding: Binding) => byOriginal.get(binding) ?? binding;
  if ('bindings' in conflict) return { ...conflict, bindings: conflict.bindings.map(described) };
  if (!('binding' in conflict)) return conflict;
  const binding = described(conflict.binding);
  return { ...conflict, binding, remedy: remedyFor(binding, engine) };
}

/** Two sockets turn out to be one process, or one container, only when they are named. */
function mergeHolders(conflicts: readonly Conflict[]): readonly Conflict[] {
  const seen = new Set<string>();
  return conflicts.filter((conflict) => {
    const holder = conflict.code === 'port-in-use' ? idOf(conflict.binding) : undefined;
    if (holder === undefined || conflict.code !== 'port-in-use') return true;
    const key = `${formatPublish(conflict.publish)} ${holder}`;
    return !seen.has(key) && seen.add(key);
  });
}

function idOf({ holder }: Binding): string | undefined {
  // A forwarder of each family, and nobody to ask: one container, most likely.
  if (holder.kind === 'container') return holder.id ?? holder.forwarder;
  return 'pid' in holder && holder.pid !== undefined ? `${holder.pid}` : undefined;
}

/** A free port for each publish that cannot have its own, beside those that can. */
async function suggest(
  conflicts: readonly Conflict[],
  state: HostState,
  look: Look | undefined,
): Promise<readonly Conflict[]> {
  const stuck = new Set(
    conflicts
      .filter(isFailure)
      .flatMap((conflict) => ('publish' in conflict ? [conflict.publish] : [])),
  );
  const movable = [...stuck].filter(
    (publish) => publish.hostPorts !== undefined && kindOf(publish) !== 'engine-chosen',
  );
  if (movable.length === 0) return conflicts;
  const wanted = movable.map((publish) => ({ ...publish, hostPorts: undefined }));
  const { plan } = await planConfirmed(wanted, blockPorts(movable, state), {}, look);
  const ports = new Map(
    movable.map((publish, index) => [
      publish,
      plan.assignments.find((one) => one.publish === wanted[index]),
    ]),
  );
  return conflicts.map((conflict) => {
    const place = 'publish' in conflict ? ports.get(conflict.publish) : undefined;
    return place === undefined
      ? conflict
      : { ...conflict, suggestion: { address: place.address, port: place.port } };
  });
}

/** What is asked for and cannot be had is no suggestion for another. */
function blockPorts(publishes: readonly Publish[], state: HostState): HostState {
  const asked = publishes.flatMap(({ address, hostPorts, protocol }) =>
    hostPorts === undefined
      ? []
      : familiesOf(address).map((family) => ({ address: family, port: hostPorts.first, protocol })),
  );
  const bindings = asked.map(
    (endpoint) =>
      ({ ...endpoint, holder: { kind: 'unseen' }, state: 'bound', reuseAddress: false }) as const,
  );
  return { ...state, bindings: [...state.bindings, ...bindings] };
}
