import { readContainer } from '../../engine/containers/inspect.ts';
import { listProjectContainers } from '../../engine/containers/list.ts';
import type { Assignment } from '../../model/findings/plan.ts';
import { isLostPort } from '../../model/findings/port-error.ts';
import { singlePort } from '../../model/ports/port.ts';
import { findHostConflicts } from '../../planner/host-conflicts.ts';
import { parsePortErrors } from '../../port-errors/parse.ts';
import { replaceableContainers } from '../../workflows/findings/own-containers.ts';
import { type PreparedUp, rescanForUp } from './prepare.ts';

/**
 * Returns the planned ports that another program took before Compose bound them. Reads the errors of containers that did not
 * start; when these name no port, scans for the current holders.
 * @throws PortplanError
 */
export async function findLostPorts(
  prepared: PreparedUp,
  assignments: readonly Assignment[],
): Promise<readonly Assignment[]> {
  const errors = await readPortErrors(prepared);
  const reported = assignments.filter(({ publish, port }) =>
    errors.some(
      (error) =>
        publish.origin.kind === 'compose' &&
        error.service === publish.origin.service &&
        (error.port === undefined || error.port === port),
    ),
  );
  return reported.length > 0 ? reported : await findHeld(prepared, assignments);
}

/** Returns the ports that the engine rejected, by service; `port` is `undefined` when the error names none. */
async function readPortErrors({ engine, loaded }: PreparedUp) {
  const containers = await listProjectContainers(engine, { project: loaded.project.name });
  const stopped = containers.filter(({ state }) => state === 'created' || state === 'exited');
  const found = await Promise.all(
    stopped.map(async ({ holder }) => {
      const inspected = await readContainer(engine, holder.id);
      const [portError] = parsePortErrors(inspected?.State?.Error ?? '');
      return portError !== undefined && isLostPort(portError)
        ? [{ service: holder.service, port: portError.port }]
        : [];
    }),
  );
  return found.flat();
}

/** Returns the planned ports that other programs hold now: Podman does not keep the error of a failed start. */
async function findHeld(
  prepared: PreparedUp,
  assignments: readonly Assignment[],
): Promise<readonly Assignment[]> {
  const { loaded } = prepared;
  const host = await rescanForUp(prepared);
  const fixed = assignments.map((assignment) => ({
    assignment,
    publish: {
      ...assignment.publish,
      hostPorts: singlePort(assignment.port),
    },
  }));
  const conflicts = findHostConflicts(
    fixed.map(({ publish }) => publish),
    host.state,
    replaceableContainers([loaded.project]),
  );
  const held = new Set(
    conflicts.flatMap((conflict) => (conflict.code === 'port-in-use' ? [conflict.publish] : [])),
  );
  return fixed.flatMap(({ assignment, publish }) => (held.has(publish) ? [assignment] : []));
}
