import { inspectContainers } from '../../engine/containers/inspect.ts';
import type { Conflict } from '../../model/findings/conflict.ts';
import type { OnProgress } from '../../model/findings/progress.ts';
import type { Binding } from '../../model/host/binding.ts';
import { findRestartConflicts } from '../../planner/restart-conflicts.ts';
import { findShadowedPorts, toShadowedFinding } from '../../planner/shadowed-ports.ts';
import { identifyHolders } from '../../scanner/identify-holders.ts';
import type { ScanResult } from '../../scanner/scan.ts';
import { findUnpublished } from './unpublished-containers.ts';

/**
 * Returns the problems of a host in its current state: running containers without their published ports, containers
 * that will compete for a port at the next start, and ports on which two holders listen.
 */
export async function findHostFindings(
  host: ScanResult,
  onProgress?: OnProgress,
): Promise<readonly Conflict[]> {
  const [ofContainers, ofPorts] = await Promise.all([
    containerFindings(host, onProgress),
    shadowedPorts(host),
  ]);
  return [...ofContainers, ...ofPorts];
}

/** Returns the host findings that need few inspections: without restart conflicts, which involve stopped containers. */
export async function findUrgentFindings(host: ScanResult): Promise<readonly Conflict[]> {
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
    shadowedPorts(host),
  ]);
  return [...unpublished, ...ofPorts];
}

async function shadowedPorts(host: ScanResult): Promise<readonly Conflict[]> {
  const found = findShadowedPorts(await identifyPairs(host.snapshot.bindings, host));
  return found.flatMap(toShadowedFinding);
}

/** Identifies the holders of ports that have more than one socket; only these can be shadowed. */
async function identifyPairs(
  bindings: readonly Binding[],
  host: ScanResult,
): Promise<readonly Binding[]> {
  const counts = new Map<number, number>();
  for (const { port } of bindings) counts.set(port, (counts.get(port) ?? 0) + 1);
  return identifyHolders(
    bindings.filter(({ port }) => (counts.get(port) ?? 0) > 1),
    host,
  );
}

async function containerFindings(
  { engine, containers }: ScanResult,
  onProgress: OnProgress | undefined,
): Promise<readonly Conflict[]> {
  if (engine === undefined) return [];
  const ids = containers.flatMap(({ holder }) => holder.id ?? []);
  const inspected = await inspectContainers(engine, ids, onProgress);
  return [
    ...(await findUnpublished(inspected, engine)),
    ...findRestartConflicts(inspected, engine.command),
  ];
}
