import type { LastStart } from '../../engine/containers/last-start.ts';
import type { PortFault } from '../../model/findings/port-error.ts';
import { formatPublish } from '../../model/ports/publish.ts';
import { findHostConflicts } from '../../planner/host-conflicts.ts';
import { findFaults } from '../../port-errors/parse.ts';
import type { ScannedHost } from '../../scanner/scan.ts';

/** An error of a container's last start. */
interface ContainerFault {
  readonly fault: PortFault;
  readonly last: LastStart;
}

/**
 * What kept a container from starting: the engine's words or, where it keeps none (podman), the ports that it asks for
 * and that somebody else has.
 */
export async function faultsOfContainer(
  last: LastStart,
  { state }: Pick<ScannedHost, 'state'>,
): Promise<readonly ContainerFault[]> {
  const { holder, error, publishes } = last;
  const container = holder.name;
  if (error !== undefined)
    return findFaults(error).map((fault) => ({ fault: { ...fault, container }, last }));
  if (holder.state === 'running' || holder.state === 'paused') return [];
  return findHostConflicts(publishes, state).flatMap((conflict) => {
    if (conflict.code !== 'port-in-use') return [];
    const { publish, endpoint, binding } = conflict;
    const fault: PortFault = {
      code: binding.holder.kind === 'container' ? 'taken-by-container' : 'taken-on-host',
      said: `no error is kept; it was created with -p ${formatPublish(publish)}`,
      address: publish.address,
      port: endpoint.port,
      protocol: publish.protocol,
      container,
    };
    return [{ fault, last }];
  });
}
