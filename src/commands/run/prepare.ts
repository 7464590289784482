import { formatEngineAddress } from '../../engine/connect/address.ts';
import { dockerConfigFolder, readDockerConfig } from '../../engine/connect/docker-config.ts';
import type { Engine } from '../../engine/open-engine.ts';
import { PortplanError } from '../../errors.ts';
import { openLeaseStore } from '../../leases/store.ts';
import { describeConflict } from '../../model/findings/describe-conflict.ts';
import type { Assignment } from '../../model/findings/plan.ts';
import type { Endpoint } from '../../model/host/binding.ts';
import { withTaken } from '../../model/host/host-state.ts';
import type { Publish } from '../../model/ports/publish.ts';
import type { PlanOptions } from '../../planner/options.ts';
import { type ContainerSpec, toContainerSpec } from '../../runner/docker-flags/create-request.ts';
import type { RunRequest } from '../../runner/docker-flags/run-arguments.ts';
import { defaultRunEnvironment } from '../../runner/docker-flags/run-environment.ts';
import { jitterRanges, type PortPlan } from '../../runner/retry-on-lost-port.ts';
import { identifyPortHolders } from '../../scanner/identify-holders.ts';
import { createProber } from '../../scanner/probe/prober.ts';
import { defaultTimeoutMs, type ScanOptions, type ScanResult, scan } from '../../scanner/scan.ts';
import { userHome } from '../../user-home.ts';
import { identifyConflicts } from '../../workflows/findings/identify-conflicts.ts';
import { engineError } from '../../workflows/findings/sources.ts';
import { toHostIp, toPlanOptions } from '../../workflows/inputs/plan-flags.ts';
import { fixedPorts, ignoredNote } from '../../workflows/inputs/targets.ts';
import { leaseOwnerOf, planWithLeases } from '../../workflows/plans/plan-with-leases.ts';
import { ensureImage, type PullListener } from './ensure-image.ts';
import { publishesForRun } from './publishes.ts';

/** Progress callbacks of {@link prepareRun}, and the question before a port moves. */
export interface RunEvents extends PullListener {
  /** Asked before a requested port is moved; absent without a terminal to ask on. */
  readonly confirm?: ((question: string) => Promise<boolean>) | undefined;
}

/** Everything that a start needs. Dispose it to close the connection to the engine. */
export interface PreparedRun extends AsyncDisposable {
  readonly request: RunRequest;
  readonly engine: Engine;
  /** The host when the first plan was made. */
  readonly host: ScanResult;
  readonly spec: ContainerSpec;
  readonly publishes: readonly Publish[];
  readonly planning: PlanOptions;
  /** The first plan. */
  readonly assignments: readonly Assignment[];
  readonly notes: readonly string[];
}

/**
 * Scans the host, pulls the image if needed, and plans the ports.
 * @throws PortplanError before anything is created
 */
export async function prepareRun(
  request: RunRequest,
  listener: RunEvents = {},
): Promise<PreparedRun> {
  const asks = request.planning.onConflict === 'ask' && listener.confirm !== undefined;
  const planning = toPlanOptions(
    asks ? { ...request.planning, onConflict: 'next' } : request.planning,
  );
  const hostIp = toHostIp(request.planning.hostIp);
  const [host, config] = await Promise.all([
    scanFor(request, { stopped: true }),
    readDockerConfig(dockerConfigFolder(process.env, userHome())),
  ]);
  const { engine } = host;
  if (engine === undefined || host.publishHost === undefined) throw engineError(host);
  try {
    const address = formatEngineAddress(engine.address);
    const proxies = config.proxies[address] ?? config.proxies.default;
    const spec = await toContainerSpec(request, {
      ...defaultRunEnvironment(),
      ...(proxies && { proxies }),
    });
    const { image, notes } = await ensureImage(engine, request, listener);
    const requested = publishesForRun(request, image, spec, hostIp);
    const { assignments } = await planOrFail(requested.publishes, host, planning);
    if (asks) await confirmMoves(assignments, listener);
    return {
      ...{ request, engine, host, spec, planning, assignments },
      publishes: requested.publishes,
      notes: [...ignoredNote(request.ignoredPublishKeys), ...notes, ...requested.notes],
      [Symbol.asyncDispose]: () => host[Symbol.asyncDispose](),
    };
  } catch (error) {
    await host[Symbol.asyncDispose]();
    throw error;
  }
}

/**
 * Plans the ports of a prepared run again, on the host as it is now and without the lost endpoints.
 * @throws PortplanError `no-free-port`
 */
export async function planRunAgain(
  { request, host: before, publishes, planning }: PreparedRun,
  unavailable: readonly Endpoint[],
): Promise<PortPlan> {
  // The ports of stopped containers are known from the first scan; reading them again would inspect each container.
  await using now = await scanFor(request, { stopped: false });
  const reserved = before.state.bindings.filter(({ state }) => state === 'stopped');
  const bindings = [...now.state.bindings, ...reserved];
  const state = withTaken({ ...now.state, bindings }, unavailable);
  const avoid = [...(planning.avoid ?? []), ...jitterRanges(unavailable)];
  return await planOrFail(publishes, { ...now, state }, { ...planning, avoid });
}

function scanFor(
  { engine: { host, context, timeoutSeconds } }: RunRequest,
  { stopped }: Required<Pick<ScanOptions, 'stopped'>>,
): Promise<ScanResult> {
  const timeoutMs = timeoutSeconds === undefined ? defaultTimeoutMs : timeoutSeconds * 1000;
  return scan({ host, context, timeoutMs, stopped, extendWhileAlive: true });
}

/** @throws PortplanError `no-free-port` */
async function planOrFail(
  publishes: readonly Publish[],
  host: ScanResult,
  planning: PlanOptions,
): Promise<PortPlan> {
  const { state } = await identifyPortHolders(host, fixedPorts(publishes));
  const { plan } = await planWithLeases({
    publishes,
    host: state,
    planning,
    prober: createProber(host),
    store: openLeaseStore(),
    owner: leaseOwnerOf({}),
    save: false,
  });
  const failed = (await identifyConflicts(plan.conflicts, host)).find(
    ({ severity }) => severity === 'error',
  );
  if (failed === undefined) return plan;
  throw new PortplanError('no-free-port', describeConflict(failed), {
    reason: failed.code,
    hint:
      failed.remedy?.command ??
      (failed.code === 'address-not-local'
        ? 'ip -brief address shows the addresses of this host'
        : undefined),
  });
}

/** @throws PortplanError `no-free-port` when the user declines a move */
async function confirmMoves(
  assignments: readonly Assignment[],
  { confirm }: RunEvents,
): Promise<void> {
  for (const { choice, reason, port, publish } of assignments) {
    if (
      choice !== 'moved' ||
      (await confirm?.(`${reason}. Use ${port} for port ${publish.target}?`)) === true
    )
      continue;
    throw new PortplanError('no-free-port', reason, { hint: 'nothing was started' });
  }
}
