import type { ContainerInspect } from '../../engine/client/api-types.ts';
import type { PublishHost } from '../../engine/connect/publish-host.ts';
import { readContainer, toInspected } from '../../engine/containers/inspect.ts';
import type { Engine } from '../../engine/open-engine.ts';
import { PortplanError } from '../../errors.ts';
import type { StartedItem } from '../../model/findings/report.ts';
import type { Source } from '../../model/host/snapshot.ts';
import { shellQuote } from '../../model/text/safe-text.ts';
import { stripLeadingSlash } from '../../runner/remap/names.ts';
import type { ScanResult } from '../../scanner/scan.ts';
import { openPortsOf } from '../../workflows/findings/open-ports.ts';
import { isUnpublished, unpublishedNote } from '../../workflows/findings/unpublished-containers.ts';

/** How the start of one container went. */
export interface StartOutcome {
  readonly item: StartedItem;
  readonly sources: readonly Source[];
  readonly notes: readonly string[];
}

/** Which container it is about, and what was seen on the way. */
export interface OutcomeContext {
  readonly engine: Engine;
  readonly id: string;
  readonly name: string;
  readonly publishHost: PublishHost;
  readonly host?: ScanResult | undefined;
  readonly notes?: readonly string[] | undefined;
}

/** The result with the container as it is now; a start that is done is told also where that cannot be asked any more. */
export async function toOutcome(
  { engine, id, name: known, publishHost, host, notes = [] }: OutcomeContext,
  result: Pick<StartedItem, 'state'> & Partial<StartedItem>,
): Promise<StartOutcome> {
  const unseen: string[] = [];
  const now = await readContainer(engine, id).catch((error: unknown) => {
    if (!(error instanceof PortplanError)) throw error;
    unseen.push(
      `${known} could not be looked at: ${error.message}; ${engine.command} port ${known} shows its ports`,
    );
    return undefined;
  });
  const name = now === undefined ? known : stripLeadingSlash(now.Name);
  const hostName = publishHost.kind === 'elsewhere' ? publishHost.hostName : undefined;
  const ports = now === undefined ? [] : openPortsOf(now, hostName);
  const runs = ['started', 'already-running', 'remapped'].includes(result.state);
  const odd = runs && now !== undefined ? await runNotes(now, name, engine) : [];
  return {
    item: { id: now?.Id ?? id, name, ports, conflicts: [], moved: [], ...result },
    sources: host?.snapshot.sources ?? [],
    notes: [...(host?.snapshot.notes ?? []), ...notes, ...odd, ...unseen],
  };
}

/** What is odd about a container that was just started. */
async function runNotes(
  now: ContainerInspect,
  name: string,
  engine: Engine,
): Promise<readonly string[]> {
  const inspected = toInspected(now);
  if (inspected.state === 'exited')
    return [
      `${name} has ended already, with exit code ${now.State?.ExitCode}; ${engine.command} logs ${shellQuote(name)} may tell why`,
    ];
  if (!isUnpublished(inspected)) return [];
  return [await unpublishedNote(inspected, name, engine)];
}
