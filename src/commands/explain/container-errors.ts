import type { LastStart } from '../../engine/containers/last-start.ts';
import type { PortError } from '../../model/findings/port-error.ts';
import { formatPublish } from '../../model/ports/publish.ts';
import { findHostConflicts } from '../../planner/host-conflicts.ts';
import { parsePortErrors } from '../../port-errors/parse.ts';
import type { ScanResult } from '../../scanner/scan.ts';

/** An error of a container's last start. */
interface ContainerError {
  readonly error: PortError;
  readonly last: LastStart;
}

/**
 * Returns the errors that kept a container from starting: from the engine's message or, if it keeps none (Podman), the
 * requested ports that have another holder.
 */
export async function errorsOfContainer(
  last: LastStart,
  { state }: Pick<ScanResult, 'state'>,
): Promise<readonly ContainerError[]> {
  const { holder, error, publishes } = last;
  const container = holder.name;
  if (error !== undefined)
    return parsePortErrors(error).map((found) => ({ error: { ...found, container }, last }));
  if (holder.state === 'running' || holder.state === 'paused') return [];
  return findHostConflicts(publishes, state).flatMap((conflict) => {
    if (conflict.code !== 'port-in-use') return [];
    const { publish, endpoint, binding } = conflict;
    const conflictError: PortError = {
      code: binding.holder.kind === 'container' ? 'taken-by-container' : 'taken-on-host',
      message: `the engine keeps no error; the container was created with -p ${formatPublish(publish)}`,
      address: publish.address,
      port: endpoint.port,
      protocol: publish.protocol,
      container,
    };
    return [{ error: conflictError, last }];
  });
}
