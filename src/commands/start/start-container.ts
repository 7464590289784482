import type { ContainerInspect } from '../../engine/client/api-types.ts';
import { EngineApiError } from '../../engine/client/error.ts';
import type { PublishHost } from '../../engine/connect/publish-host.ts';
import { startContainer as startAsIs } from '../../engine/containers/lifecycle.ts';
import type { Engine } from '../../engine/open-engine.ts';
import { withHint } from '../../errors.ts';
import type { Conflict } from '../../model/findings/conflict.ts';
import { isLostPort } from '../../model/findings/port-error.ts';
import type { StartedItem } from '../../model/findings/report.ts';
import type { Endpoint } from '../../model/host/binding.ts';
import type { PlanOptions } from '../../planner/options.ts';
import { parsePortErrors } from '../../port-errors/parse.ts';
import { type ContainerPublish, publishesOfContainer } from '../../runner/container-publishes.ts';
import { stripLeadingSlash } from '../../runner/remap/names.ts';
import { type ScanOptions, type ScanResult, scan } from '../../scanner/scan.ts';
import { fixedPorts } from '../../workflows/inputs/targets.ts';
import { type StartOutcome, toOutcome } from './outcome.ts';
import { findPortConflicts, hasOpenNetwork } from './port-conflicts.ts';
import { remapContainerPorts } from './remap.ts';

/** What happens on the way to a started container. */
export interface StartListener {
  /** Told of what takes time, or went another way than planned; one line each. */
  readonly onStep?: ((text: string) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface StartContainerRequest
  extends StartListener,
    Pick<ScanOptions, 'host' | 'context' | 'timeoutMs'> {
  readonly engine: Engine;
  readonly container: ContainerInspect;
  readonly publishHost: PublishHost;
  readonly planning: PlanOptions;
  readonly remap?: boolean | undefined;
}

/** What stands in the way, and the host on which it was seen. */
interface PortCheck {
  readonly host: ScanResult;
  readonly conflicts: readonly Conflict[];
}

/** Starts one container on its own ports, or with `remap` on others. @throws PortplanError */
export async function startContainer(request: StartContainerRequest): Promise<StartOutcome> {
  const { container, signal } = request;
  signal?.throwIfAborted();
  const state = container.State?.Status;
  if (state === 'running' || state === 'restarting')
    return reportOutcome(request, undefined, { state: 'already-running' });
  const published = publishesOfContainer(container);
  const sight = published.length === 0 ? undefined : await checkPorts(request, published);
  if (sight === undefined || sight.conflicts.length === 0)
    return tryStart(request, published, sight);
  return (await hasOpenNetwork(request.engine, container))
    ? resolveConflict(request, published, sight)
    : tryStart(request, published, sight);
}

async function tryStart(
  request: StartContainerRequest,
  published: readonly ContainerPublish[],
  sight: PortCheck | undefined,
): Promise<StartOutcome> {
  const { engine, container, signal } = request;
  try {
    await startAsIs(engine, container.Id, signal);
  } catch (error) {
    if (signal?.aborted)
      throw withHint(
        signal.reason,
        `the engine may still start ${stripLeadingSlash(container.Name)}`,
      );
    if (!(error instanceof EngineApiError)) throw error;
    const [fault] = parsePortErrors(error.message);
    const isLost = fault !== undefined && isLostPort(fault);
    const lost = isLost ? endpointsAt(published, fault.port) : [];
    const now = lost.length === 0 ? undefined : await checkPorts(request, published, lost);
    if (now !== undefined && now.conflicts.length > 0)
      return resolveConflict(request, published, now);
    return reportOutcome(request, sight, { state: 'failed', message: error.message });
  }
  return reportOutcome(request, sight, { state: 'started' });
}

/** The container cannot have its ports: it is made anew on others, or left as it is. */
async function resolveConflict(
  request: StartContainerRequest,
  published: readonly ContainerPublish[],
  sight: PortCheck,
): Promise<StartOutcome> {
  if (!request.remap)
    return reportOutcome(request, sight, { state: 'conflict', conflicts: sight.conflicts });
  return remapContainerPorts({
    ...request,
    ...sight,
    published,
    rescan: () => scanFor(request, published),
  });
}

function reportOutcome(
  { engine, container, publishHost }: StartContainerRequest,
  sight: PortCheck | undefined,
  result: Pick<StartedItem, 'state'> & Partial<StartedItem>,
): Promise<StartOutcome> {
  const name = stripLeadingSlash(container.Name);
  return toOutcome({ engine, id: container.Id, name, publishHost, host: sight?.host }, result);
}

async function checkPorts(
  request: StartContainerRequest,
  published: readonly ContainerPublish[],
  lost: readonly Endpoint[] = [],
): Promise<PortCheck> {
  const { container } = request;
  const publishes = published.map(({ publish }) => publish);
  const host = await scanFor(request, published);
  return { host, conflicts: await findPortConflicts({ container, publishes }, host, lost) };
}

async function scanFor(
  { host, context, timeoutMs }: StartContainerRequest,
  published: readonly ContainerPublish[],
): Promise<ScanResult> {
  const ports = fixedPorts(published.map(({ publish }) => publish));
  const scanned = await scan({
    host,
    context,
    timeoutMs,
    ports,
    stopped: true,
    extendWhileAlive: true,
  });
  scanned.engine?.client.close();
  return scanned;
}

/** The places that the engine has just refused; without a number, any of them. */
function endpointsAt(
  published: readonly ContainerPublish[],
  port: number | undefined,
): readonly Endpoint[] {
  return published.flatMap(({ publish: { address, protocol, hostPorts } }) =>
    hostPorts !== undefined && (port === undefined || hostPorts.first === port)
      ? [{ address, protocol, port: hostPorts.first }]
      : [],
  );
}
