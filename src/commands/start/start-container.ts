import { EngineApiError } from '../../engine/client/error.ts';
import { startContainer } from '../../engine/containers/lifecycle.ts';
import { withHint } from '../../errors.ts';
import { isLostPort } from '../../model/findings/port-error.ts';
import type { Endpoint } from '../../model/host/binding.ts';
import { parsePortErrors } from '../../port-errors/parse.ts';
import { stripLeadingSlash } from '../../runner/remap/names.ts';
import { toOutcome } from './outcome.ts';
import { checkPorts, hasOpenNetwork } from './port-conflicts.ts';
import { remapContainerPorts } from './remap.ts';
import type { PortCheck, StartContainerRequest, StartOutcome } from './types.ts';

/**
 * Starts one container after a check of its ports; with `remap` on free ports when its own are taken.
 * @throws PortplanError the reason of the signal, and the engine's errors that concern all containers
 */
export async function checkAndStartContainer(
  request: StartContainerRequest,
): Promise<StartOutcome> {
  const { engine, container, published, signal } = request;
  signal?.throwIfAborted();
  const state = container.State?.Status;
  if (state === 'running' || state === 'restarting')
    return toOutcome(request, { state: 'already-running' });
  const check = published.length === 0 ? undefined : await checkPorts(request);
  if (check === undefined || check.conflicts.length === 0) return tryStart(request, check);
  return (await hasOpenNetwork(engine, container))
    ? resolveConflict(request, check)
    : tryStart(request, check);
}

async function tryStart(
  request: StartContainerRequest,
  check: PortCheck | undefined,
): Promise<StartOutcome> {
  const { engine, container, signal } = request;
  const scanned = check?.scanned;
  try {
    await startContainer(engine, container.Id, signal);
  } catch (error) {
    if (signal?.aborted)
      throw withHint(
        signal.reason,
        `the engine may still start ${stripLeadingSlash(container.Name)}`,
      );
    if (!(error instanceof EngineApiError)) throw error;
    const lost = lostEndpoints(request, error);
    const recheck = lost.length === 0 ? undefined : await checkPorts(request, lost);
    if (recheck !== undefined && recheck.conflicts.length > 0)
      return resolveConflict(request, recheck);
    return toOutcome(request, { state: 'failed', message: error.message }, { scanned });
  }
  return toOutcome(request, { state: 'started' }, { scanned });
}

/** Recreates the container on free ports with `remap`; reports the conflict otherwise. */
async function resolveConflict(
  request: StartContainerRequest,
  check: PortCheck,
): Promise<StartOutcome> {
  const { scanned, conflicts } = check;
  if (!request.remap) return toOutcome(request, { state: 'conflict', conflicts }, { scanned });
  return remapContainerPorts(request, check);
}

/** Returns the endpoints that the engine has just rejected; all fixed ones when the error names no port. */
function lostEndpoints(
  { published }: StartContainerRequest,
  error: EngineApiError,
): readonly Endpoint[] {
  const [portError] = parsePortErrors(error.message);
  if (portError === undefined || !isLostPort(portError)) return [];
  return published.flatMap(({ publish: { address, protocol, hostPorts } }) =>
    hostPorts !== undefined && (portError.port === undefined || hostPorts.first === portError.port)
      ? [{ address, protocol, port: hostPorts.first }]
      : [],
  );
}
