import { readContainer } from '../../engine/containers/inspect.ts';
import { listProjectContainers } from '../../engine/containers/list.ts';
import type { Assignment } from '../../model/findings/plan.ts';
import { isLostPort } from '../../model/findings/port-error.ts';
import { findHostConflicts } from '../../planner/host-conflicts.ts';
import { parsePortErrors } from '../../port-errors/parse.ts';
import { replaceableContainers } from '../../workflows/findings/own-containers.ts';
import type { PreparedUp } from './prepare.ts';

/**
 * The planned ports that somebody else took before Compose could have them: by what the engine says of the containers
 * that did not start, else by who has them now.
 * @throws PortplanError
 */
export async function findLostPorts(
  prepared: PreparedUp,
  assignments: readonly Assignment[],
): Promise<readonly Assignment[]> {
  const refused = await readRefusals(prepared);
  const told = assignments.filter(({ publish, port }) =>
    refused.some(
      (refusal) =>
        publish.origin.kind === 'compose' &&
        refusal.service === publish.origin.service &&
        (refusal.port === undefined || refusal.port === port),
    ),
  );
  return told.length > 0 ? told : await findTaken(prepared, assignments);
}

/** The ports that the engine has refused to services; no port where it did not say which. */
async function readRefusals({ engine, loaded }: PreparedUp) {
  const containers = await listProjectContainers(engine, { project: loaded.project.name });
  const idle = containers.filter(({ state }) => state === 'created' || state === 'exited');
  const found = await Promise.all(
    idle.map(async ({ holder }) => {
      const inspected = await readContainer(engine, holder.id ?? '');
      const [fault] = parsePortErrors(inspected?.State?.Error ?? '');
      return fault !== undefined && isLostPort(fault)
        ? [{ service: holder.service, port: fault.port }]
        : [];
    }),
  );
  return found.flat();
}

/** Podman keeps no word of why a start failed. */
async function findTaken(
  { loaded, rescan }: PreparedUp,
  assignments: readonly Assignment[],
): Promise<readonly Assignment[]> {
  const host = await rescan();
  const fixed = assignments.map((assignment) => ({
    assignment,
    publish: {
      ...assignment.publish,
      hostPorts: { first: assignment.port, last: assignment.port },
    },
  }));
  const conflicts = findHostConflicts(
    fixed.map(({ publish }) => publish),
    host.state,
    replaceableContainers([loaded.project]),
  );
  const taken = new Set(
    conflicts.flatMap((conflict) => (conflict.code === 'port-in-use' ? [conflict.publish] : [])),
  );
  return fixed.flatMap(({ assignment, publish }) => (taken.has(publish) ? [assignment] : []));
}
