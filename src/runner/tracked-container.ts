import { setTimeout as sleep } from 'node:timers/promises';
import { EngineApiError } from '../engine/client/error.ts';
import { readContainer } from '../engine/containers/inspect.ts';
import { findByLabel, removeContainer } from '../engine/containers/lifecycle.ts';
import type { Engine } from '../engine/open-engine.ts';
import type { RollbackStep } from './rollback.ts';

/** By this label a container is found again whose creation was not confirmed. */
export const runLabel = 'portplan.run';

/** A container that is about to be made, by its token in {@link runLabel}. */
export interface TrackedContainer {
  /** Makes it; remembers what came of that. */
  create(create: () => Promise<string>): Promise<string>;
  /** Removes it, if there is one. */
  readonly remove: RollbackStep['undo'];
  /** The command that removes it by hand. */
  readonly hint: string;
}

/** @param v whether its anonymous volumes go with it */
export function trackCreation(
  engine: Engine,
  token: string,
  { v }: { readonly v: boolean },
): TrackedContainer {
  let state: 'unknown' | 'nothing' | { readonly id: string } = 'nothing';
  const remove = async () => {
    if (state === 'nothing') return;
    if (state === 'unknown') await removeByToken(engine, token, v);
    else await removeContainer(engine, state.id, { force: true, v });
  };
  const found = `$(${engine.command} ps -aq --filter label=${runLabel}=${token})`;
  return {
    remove,
    get hint() {
      const which = typeof state === 'string' ? found : state.id.slice(0, 12);
      return `${engine.command} rm -f${v ? 'v' : ''} ${which}`;
    },
    async create(create) {
      state = 'unknown';
      try {
        const id = await create();
        state = { id };
        return id;
      } catch (error) {
        if (error instanceof EngineApiError && error.status < 500) state = 'nothing';
        throw error;
      }
    },
  };
}

/** An engine that hung, or was asked just now, may still be at it. */
const maxPolls = 3;
const pauseMs = 400;

async function removeByToken(engine: Engine, token: string, v: boolean): Promise<void> {
  for (let look = 1; look <= maxPolls; look += 1) {
    let found = false;
    for (const id of await findByLabel(engine, `${runLabel}=${token}`)) {
      const made = await readContainer(engine, id);
      // Looked at once more: a proxy may drop the filter.
      if (made?.Config?.Labels?.[runLabel] !== token) continue;
      await removeContainer(engine, id, { force: true, v });
      found = true;
    }
    if (found) return;
    if (look < maxPolls) await sleep(pauseMs);
  }
}
