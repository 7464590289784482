import { formatEngineAddress } from '../../engine/connect/address.ts';
import { dockerConfigFolder, readDockerConfig } from '../../engine/connect/docker-config.ts';
import type { Engine } from '../../engine/open-engine.ts';
import { PortplanError } from '../../errors.ts';
import { openLeaseStore } from '../../leases/store.ts';
import { describeConflict } from '../../model/findings/describe-conflict.ts';
import type { Assignment } from '../../model/findings/plan.ts';
import type { Publish } from '../../model/ports/publish.ts';
import type { PlanOptions } from '../../planner/options.ts';
import { type ContainerSpec, toContainerSpec } from '../../runner/docker-flags/create-request.ts';
import type { RunRequest } from '../../runner/docker-flags/run-arguments.ts';
import { defaultRunEnvironment } from '../../runner/docker-flags/run-environment.ts';
import { identifyPortHolders } from '../../scanner/identify-holders.ts';
import { createProber } from '../../scanner/probe/prober.ts';
import { defaultTimeoutMs, type ScanResult, scan } from '../../scanner/scan.ts';
import { userHome } from '../../user-home.ts';
import { identifyConflicts } from '../../workflows/findings/identify-conflicts.ts';
import { engineError } from '../../workflows/findings/sources.ts';
import { toHostIp, toPlanOptions } from '../../workflows/inputs/plan-flags.ts';
import { fixedPorts, ignoredNote } from '../../workflows/inputs/targets.ts';
import { jitterRanges, withUnavailable } from '../../workflows/plans/lost-ports.ts';
import { leaseOwnerOf, planWithLeases } from '../../workflows/plans/plan-with-leases.ts';
import { ensureImage, type PullListener } from './ensure-image.ts';
import { publishesForRun } from './publishes.ts';

/** What happens on the way to a running container. */
export interface RunEvents extends PullListener {
  /** Asked before a port that was asked for by number is moved; absent where nobody can answer. */
  readonly confirm?: ((question: string) => Promise<boolean>) | undefined;
}

/** Everything that a start needs. */
export interface PreparedRun {
  readonly request: RunRequest;
  readonly engine: Engine;
  readonly host: ScanResult;
  readonly spec: ContainerSpec;
  readonly assignments: readonly Assignment[];
  readonly notes: readonly string[];
  /** A new plan on the host as it is now, without the ports that were lost. */
  readonly replan: (lost: readonly Assignment[]) => Promise<readonly Assignment[]>;
}

/**
 * Scans the host, makes sure of the image, and plans its ports.
 * @throws PortplanError; nothing was created by then
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
    scanFor(request),
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
    const wishes = publishesForRun(request, image, spec, hostIp);
    const assignments = await planOrFail(wishes.publishes, host, planning);
    if (asks) await confirmMoves(assignments, listener);
    return {
      request,
      engine,
      host,
      spec,
      assignments,
      notes: [...ignoredNote(request.ignoredPublishKeys), ...notes, ...wishes.notes],
      replan: async (lost) => {
        // What stopped containers claim is known, and would take an inspection of each again.
        const now = withStopped(await scanFor(request, 'running'), host);
        now.engine?.client.close();
        const skipped = { ...planning, avoid: [...(planning.avoid ?? []), ...jitterRanges(lost)] };
        return planOrFail(wishes.publishes, withUnavailable(now, lost), skipped);
      },
    };
  } catch (error) {
    engine.client.close();
    throw error;
  }
}

function scanFor(
  { engine: { host, context, timeoutSeconds } }: RunRequest,
  containers: 'running' | 'all' = 'all',
): Promise<ScanResult> {
  const timeoutMs = timeoutSeconds === undefined ? defaultTimeoutMs : timeoutSeconds * 1000;
  return scan({ host, context, timeoutMs, stopped: containers === 'all', extendWhileAlive: true });
}

function withStopped(now: ScanResult, before: ScanResult): ScanResult {
  const claims = before.state.bindings.filter(({ state }) => state === 'stopped');
  return { ...now, state: { ...now.state, bindings: [...now.state.bindings, ...claims] } };
}

async function planOrFail(
  publishes: readonly Publish[],
  host: ScanResult,
  planning: PlanOptions,
): Promise<readonly Assignment[]> {
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
  if (failed === undefined) return plan.assignments;
  throw new PortplanError('no-free-port', describeConflict(failed), {
    reason: failed.code,
    hint:
      failed.remedy?.command ??
      (failed.code === 'address-not-local'
        ? 'ip -brief address shows the addresses of this host'
        : undefined),
  });
}

/** @throws PortplanError `no-free-port` when the user wants a port to stay where it cannot be */
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
