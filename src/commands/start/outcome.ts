import type { ContainerInspect } from '../../engine/client/api-types.ts';
import { readContainer, toInspected } from '../../engine/containers/inspect.ts';
import type { Engine } from '../../engine/open-engine.ts';
import { PortplanError } from '../../errors.ts';
import type { StartedItem } from '../../model/findings/report.ts';
import { shellQuote } from '../../model/text/safe-text.ts';
import { stripLeadingSlash } from '../../runner/remap/names.ts';
import type { ScanResult } from '../../scanner/scan.ts';
import { openPortsOf } from '../../workflows/findings/open-ports.ts';
import { isUnpublished, unpublishedNote } from '../../workflows/findings/unpublished-containers.ts';
import type { StartContainerRequest, StartOutcome } from './types.ts';

/** Scan and notes of a start. */
export interface OutcomeDetails {
  /** Id of the container that exists now. Default: the id of the request. */
  readonly id?: string | undefined;
  readonly scanned?: ScanResult | undefined;
  readonly notes?: readonly string[] | undefined;
}

/** State of a start, with the fields that differ from those of a start without conflicts. */
export type OutcomeResult = Pick<StartedItem, 'state'> & Partial<StartedItem>;

/**
 * Returns the result with the container as it is now. When the engine does not answer any more, reports the result without
 * ports and with a note.
 */
export async function toOutcome(
  { engine, container, publishHost }: StartContainerRequest,
  result: OutcomeResult,
  { id = container.Id, scanned, notes = [] }: OutcomeDetails = {},
): Promise<StartOutcome> {
  const knownName = stripLeadingSlash(container.Name);
  const readNotes: string[] = [];
  const now = await readContainer(engine, id).catch((error: unknown) => {
    if (!(error instanceof PortplanError)) throw error;
    readNotes.push(
      `cannot inspect ${knownName}: ${error.message}; ${engine.command} port ${knownName} shows its ports`,
    );
    return undefined;
  });
  const name = now === undefined ? knownName : stripLeadingSlash(now.Name);
  const hostName = publishHost.kind === 'other-host' ? publishHost.hostName : undefined;
  const ports = now === undefined ? [] : openPortsOf(now, hostName);
  const runs = ['started', 'already-running', 'remapped'].includes(result.state);
  const stateNotes = runs && now !== undefined ? await notesAfterStart(now, name, engine) : [];
  return {
    item: { id: now?.Id ?? id, name, ports, conflicts: [], moved: [], ...result },
    sources: scanned?.snapshot.sources ?? [],
    notes: [...(scanned?.snapshot.notes ?? []), ...notes, ...stateNotes, ...readNotes],
  };
}

/** Notes a container that exited at once, or whose ports the engine did not publish. */
async function notesAfterStart(
  now: ContainerInspect,
  name: string,
  engine: Engine,
): Promise<readonly string[]> {
  const inspected = toInspected(now);
  if (inspected.state === 'exited')
    return [
      `${name} has exited with code ${now.State?.ExitCode}; see ${engine.command} logs ${shellQuote(name)}`,
    ];
  if (!isUnpublished(inspected)) return [];
  return [await unpublishedNote(inspected, name, engine)];
}
