import type { ContainerAnswer } from '../../engine/client/api-types.ts';
import { EngineRefusal } from '../../engine/client/error.ts';
import type { Reach } from '../../engine/connect/publish-host.ts';
import { startContainer as startAsIs } from '../../engine/containers/lifecycle.ts';
import type { Engine } from '../../engine/open-engine.ts';
import { withHint } from '../../errors.ts';
import type { Conflict } from '../../model/findings/conflict.ts';
import { isLostPort } from '../../model/findings/port-error.ts';
import type { StartedItem } from '../../model/findings/report.ts';
import type { Endpoint } from '../../model/host/binding.ts';
import type { PlanOptions } from '../../planner/options.ts';
import { findFaults } from '../../port-errors/parse.ts';
import { type ContainerPublish, publishesOfContainer } from '../../runner/container-publishes.ts';
import { plainName } from '../../runner/remap/names.ts';
import { type ScannedHost, type ScanOptions, scan } from '../../scanner/scan.ts';
import { fixedPorts } from '../../workflows/inputs/targets.ts';
import { type StartOutcome, toOutcome } from './outcome.ts';
import { findBlockers, hasOpenNetwork } from './port-conflicts.ts';
import { moveContainer } from './remap.ts';

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
  readonly container: ContainerAnswer;
  readonly reach: Reach;
  readonly planning: PlanOptions;
  readonly remap?: boolean | undefined;
}

/** What stands in the way, and the host on which it was seen. */
interface Sight {
  readonly host: ScannedHost;
  readonly conflicts: readonly Conflict[];
}

/** Starts one container on its own ports, or with `remap` on others. @throws PortplanError */
export async function startContainer(request: StartContainerRequest): Promise<StartOutcome> {
  const { container, signal } = request;
  signal?.throwIfAborted();
  const state = container.State?.Status;
  if (state === 'running' || state === 'restarting')
    return tell(request, undefined, { state: 'already-running' });
  const published = publishesOfContainer(container);
  const sight = published.length === 0 ? undefined : await look(request, published);
  if (sight === undefined || sight.conflicts.length === 0)
    return tryStart(request, published, sight);
  return (await hasOpenNetwork(request.engine, container))
    ? giveWay(request, published, sight)
    : tryStart(request, published, sight);
}

async function tryStart(
  request: StartContainerRequest,
  published: readonly ContainerPublish[],
  sight: Sight | undefined,
): Promise<StartOutcome> {
  const { engine, container, signal } = request;
  try {
    await startAsIs(engine, container.Id, signal);
  } catch (error) {
    if (signal?.aborted)
      throw withHint(signal.reason, `the engine may still start ${plainName(container.Name)}`);
    if (!(error instanceof EngineRefusal)) throw error;
    const [fault] = findFaults(error.message);
    const isLost = fault !== undefined && isLostPort(fault);
    const lost = isLost ? endpointsAt(published, fault.port) : [];
    const now = lost.length === 0 ? undefined : await look(request, published, lost);
    if (now !== undefined && now.conflicts.length > 0) return giveWay(request, published, now);
    return tell(request, sight, { state: 'failed', message: error.message });
  }
  return tell(request, sight, { state: 'started' });
}

/** The container cannot have its ports: it is made anew on others, or left as it is. */
async function giveWay(
  request: StartContainerRequest,
  published: readonly ContainerPublish[],
  sight: Sight,
): Promise<StartOutcome> {
  if (!request.remap)
    return tell(request, sight, { state: 'conflict', conflicts: sight.conflicts });
  return moveContainer({
    ...request,
    ...sight,
    published,
    rescan: () => scanFor(request, published),
  });
}

function tell(
  { engine, container, reach }: StartContainerRequest,
  sight: Sight | undefined,
  result: Pick<StartedItem, 'state'> & Partial<StartedItem>,
): Promise<StartOutcome> {
  const name = plainName(container.Name);
  return toOutcome({ engine, id: container.Id, name, reach, host: sight?.host }, result);
}

async function look(
  request: StartContainerRequest,
  published: readonly ContainerPublish[],
  lost: readonly Endpoint[] = [],
): Promise<Sight> {
  const { container } = request;
  const publishes = published.map(({ publish }) => publish);
  const host = await scanFor(request, published);
  return { host, conflicts: await findBlockers({ container, publishes }, host, lost) };
}

async function scanFor(
  { host, context, timeoutMs }: StartContainerRequest,
  published: readonly ContainerPublish[],
): Promise<ScannedHost> {
  const ports = fixedPorts(published.map(({ publish }) => publish));
  const scanned = await scan({ host, context, timeoutMs, ports, stopped: true, patient: true });
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
