import { resolvePublishHost } from '../../engine/connect/publish-host.ts';
import { type Engine, openEngine } from '../../engine/open-engine.ts';
import { PortplanError, withHint } from '../../errors.ts';
import type { StartedItem, StartReport } from '../../model/findings/report.ts';
import type { Source } from '../../model/host/snapshot.ts';
import { publishesOfContainer } from '../../runner/container-publishes.ts';
import { type RecoveredContainer, recoverRemap } from '../../runner/remap/recover-remap.ts';
import { defaultTimeoutMs, type ScanOptions } from '../../scanner/scan.ts';
import { allNames, containerNotFound } from '../../workflows/findings/container-not-found.ts';
import { type PlanningFlags, toPlanOptions } from '../../workflows/inputs/plan-flags.ts';
import { checkAndStartContainer } from './start-container.ts';
import type { StartListener } from './types.ts';

/** Options of {@link start}. */
export interface StartOptions
  extends StartListener,
    Pick<ScanOptions, 'host' | 'context' | 'timeoutMs'>,
    Pick<PlanningFlags, 'range' | 'avoid'> {
  /** Names or ids of containers. */
  readonly containers: readonly string[];
  /** Recreates containers whose ports are taken on free ports. Default: `false`. */
  readonly remap?: boolean | undefined;
}

/**
 * Starts existing containers one after the other, each after a check of its ports. The report says why a single container
 * did not start.
 * @throws PortplanError `invalid-input` for an unknown name, before any container is started; and the engine's errors
 */
export async function start(options: StartOptions): Promise<StartReport> {
  const { containers, host, context, timeoutMs = defaultTimeoutMs } = options;
  const planning = toPlanOptions(options);
  const search = await openEngine({ host, context, timeoutMs, extendWhileAlive: true });
  if (search.kind === 'none') throw search.error;
  const { engine } = search;
  const done: StartedItem[] = [];
  try {
    const recovered = await recoverAll(engine, containers);
    const publishHost = await resolvePublishHost(engine);
    const sources = new Map<string, Source>();
    const notes = [...search.notes, ...recovered.flatMap((one) => one.notes)];
    for (const { container } of recovered) {
      const published = publishesOfContainer(container);
      const started = await checkAndStartContainer({
        ...options,
        ...{ engine, container, published, planning, publishHost },
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

/** Finds all containers before the first start. @throws PortplanError `invalid-input` for an unknown name */
async function recoverAll(
  engine: Engine,
  names: readonly string[],
): Promise<readonly RecoveredContainer[]> {
  const recovered = new Map<string, RecoveredContainer>();
  for (const name of names) {
    const found = await recoverRemap(engine, name, () => allNames(engine));
    if (found === undefined) throw containerNotFound(name, await allNames(engine), engine);
    recovered.set(found.container.Id, found);
  }
  return [...recovered.values()];
}

/** Adds the containers that were started before the error to its hint; they keep running. */
function withDone(error: PortplanError, done: readonly StartedItem[]): unknown {
  const running = done.filter(({ state }) => state === 'started' || state === 'remapped');
  if (running.length === 0) return error;
  const names = running.map(({ name }) => name).join(', ');
  return withHint(error, [`started before that: ${names}`, error.hint].filter(Boolean).join('; '));
}
