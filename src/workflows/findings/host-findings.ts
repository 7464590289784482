import { inspectContainers } from '../../engine/containers/inspect.ts';
import type { Conflict } from '../../model/findings/conflict.ts';
import type { OnProgress } from '../../model/findings/progress.ts';
import type { Binding } from '../../model/host/binding.ts';
import { findRestartClashes } from '../../planner/restart-conflicts.ts';
import { findSplitPorts, toSplitFinding } from '../../planner/shadowed-ports.ts';
import { describeBindings } from '../../scanner/identify-holders.ts';
import type { ScannedHost } from '../../scanner/scan.ts';
import { findUnpublished } from './unpublished-containers.ts';

/**
 * What is wrong with a host as it is: containers without their ports, those that will fight for one, and ports on which
 * two answer.
 */
export async function findHostFindings(
  host: ScannedHost,
  onProgress?: OnProgress,
): Promise<readonly Conflict[]> {
  const [ofContainers, ofPorts] = await Promise.all([
    containerFindings(host, onProgress),
    splitPorts(host),
  ]);
  return [...ofContainers, ...ofPorts];
}

/** Of these, what needs a look at few containers: not those that will fight at the next start, who are among the stopped. */
export async function findUrgentFindings(host: ScannedHost): Promise<readonly Conflict[]> {
  const { engine, containers } = host;
  const suspects = containers.filter(
    ({ state, bindings, holder }) =>
      state === 'running' && bindings.length === 0 && holder.hostNetwork !== true,
  );
  const ids = suspects.flatMap(({ holder }) => holder.id ?? []);
  const [unpublished, ofPorts] = await Promise.all([
    engine === undefined
      ? []
      : inspectContainers(engine, ids).then((inspected) => findUnpublished(inspected, engine)),
    splitPorts(host),
  ]);
  return [...unpublished, ...ofPorts];
}

async function splitPorts(host: ScannedHost): Promise<readonly Conflict[]> {
  const found = findSplitPorts(await namePairs(host.snapshot.bindings, host));
  return found.flatMap(toSplitFinding);
}

/** Who is behind the sockets of ports that more than one socket listens on; the others are of no interest. */
async function namePairs(
  bindings: readonly Binding[],
  host: ScannedHost,
): Promise<readonly Binding[]> {
  const counts = new Map<number, number>();
  for (const { port } of bindings) counts.set(port, (counts.get(port) ?? 0) + 1);
  return describeBindings(
    bindings.filter(({ port }) => (counts.get(port) ?? 0) > 1),
    host,
  );
}

async function containerFindings(
  { engine, containers }: ScannedHost,
  onProgress: OnProgress | undefined,
): Promise<readonly Conflict[]> {
  if (engine === undefined) return [];
  const ids = containers.flatMap(({ holder }) => holder.id ?? []);
  const inspected = await inspectContainers(engine, ids, onProgress);
  return [
    ...(await findUnpublished(inspected, engine)),
    ...findRestartClashes(inspected, engine.command),
  ];
}
