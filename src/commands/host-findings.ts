import { inspectContainers } from '../engine/inspect.ts';
import type { Conflict } from '../model/conflict.ts';
import type { OnProgress } from '../model/progress.ts';
import { findRestartClashes, findUnpublished } from '../planner/host-findings.ts';
import type { ScannedHost } from '../scanner/scan.ts';

/** What is wrong with a host as it is: containers without their ports, and those that will fight for one. */
export async function findHostFindings(
  { engine, containers }: ScannedHost,
  onProgress?: OnProgress,
): Promise<readonly Conflict[]> {
  if (engine === undefined) return [];
  const ids = containers.flatMap(({ holder }) => holder.id ?? []);
  const inspected = await inspectContainers(engine, ids, onProgress);
  return [
    ...findUnpublished(inspected, engine.command),
    ...findRestartClashes(inspected, engine.command),
  ];
}
