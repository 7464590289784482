import { resolvePublishHost } from '../../engine/connect/publish-host.ts';
import { type Engine, openEngine } from '../../engine/open-engine.ts';
import { PortplanError, withHint } from '../../errors.ts';
import type { StartedItem, StartReport } from '../../model/findings/report.ts';
import type { Source } from '../../model/host/snapshot.ts';
import { type RecoveredContainer, recoverRemap } from '../../runner/remap/recover-remap.ts';
import { defaultTimeoutMs, type ScanOptions } from '../../scanner/scan.ts';
import { allNames, containerNotFound } from '../../workflows/findings/container-not-found.ts';
import { type PlanningFlags, toPlanOptions } from '../../workflows/inputs/plan-flags.ts';
import { type StartListener, startContainer } from './start-container.ts';

export interface StartOptions
  extends StartListener,
    Pick<ScanOptions, 'host' | 'context' | 'timeoutMs'>,
    Pick<PlanningFlags, 'range' | 'avoid'> {
  /** Names or ids. */
  readonly containers: readonly string[];
  /** Makes a container whose port is taken anew on a free one. */
  readonly remap?: boolean | undefined;
}

/**
 * Starts containers that are there, one after the other, each after a check of its ports.
 * @throws PortplanError `invalid-input` for a name that no container has: then none is started; and those of the engine.
 *   What keeps a single container from starting is told in the report.
 */
export async function start(options: StartOptions): Promise<StartReport> {
  const { containers, host, context, timeoutMs = defaultTimeoutMs } = options;
  const planning = toPlanOptions(options);
  const search = await openEngine({ host, context, timeoutMs, extendWhileAlive: true });
  if (search.kind === 'none') throw search.error;
  const { engine } = search;
  const done: StartedItem[] = [];
  try {
    const settled = await recoverAll(engine, containers);
    const reach = await resolvePublishHost(engine);
    const sources = new Map<string, Source>();
    const notes = [...search.notes, ...settled.flatMap((one) => one.notes)];
    for (const { container } of settled) {
      const started = await startContainer({
        ...options,
        engine,
        container,
        planning,
        publishHost: reach,
      });
      done.push(started.item);
      notes.push(...started.notes);
      for (const source of started.sources) sources.set(source.name, source);
    }
    return {
      command: 'start',
      containers: done,
      sources: [...sources.values()],
      notes: [...new Set(notes)],
    };
  } catch (error) {
    throw error instanceof PortplanError ? withDone(error, done) : error;
  } finally {
    engine.client.close();
  }
}

/** Finds all containers before any is started. */
async function recoverAll(
  engine: Engine,
  names: readonly string[],
): Promise<readonly RecoveredContainer[]> {
  const settled = new Map<string, RecoveredContainer>();
  for (const name of names) {
    const found = await recoverRemap(engine, name, () => allNames(engine));
    if (found === undefined) throw containerNotFound(name, await allNames(engine), engine);
    settled.set(found.container.Id, found);
  }
  return [...settled.values()];
}

/** What was started before something went wrong stays started. */
function withDone(error: PortplanError, done: readonly StartedItem[]): unknown {
  const running = done.filter(({ state }) => state === 'started' || state === 'remapped');
  if (running.length === 0) return error;
  const names = running.map(({ name }) => name).join(', ');
  return withHint(error, [`started before that: ${names}`, error.hint].filter(Boolean).join('; '));
}
