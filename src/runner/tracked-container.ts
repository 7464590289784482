import { setTimeout as sleep } from 'node:timers/promises';
import { EngineApiError } from '../engine/client/error.ts';
import { readContainer } from '../engine/containers/inspect.ts';
import { findByLabel, removeContainer } from '../engine/containers/lifecycle.ts';
import type { Engine } from '../engine/open-engine.ts';
import type { RollbackStep } from './rollback.ts';

/** Label that finds a container whose create response was lost. */
export const runLabel = 'portplan.run';

/** A container that is being created, found by its token in {@link runLabel}. */
export interface TrackedContainer {
  /** Runs the create call and records its outcome; returns the id of the container. */
  create(create: () => Promise<string>): Promise<string>;
  /** Removes the container if it exists. */
  readonly remove: RollbackStep['undo'];
  /** The command that removes it by hand. */
  readonly hint: string;
}

interface RemoveOptions {
  /** Whether to remove the anonymous volumes of the container too. */
  readonly removeVolumes: boolean;
}

/** Tracks the creation of one container, so that it can be removed even when the create response is lost. */
export function trackCreation(
  engine: Engine,
  token: string,
  { removeVolumes }: RemoveOptions,
): TrackedContainer {
  let state: 'unknown' | 'absent' | { readonly id: string } = 'absent';
  const remove = async () => {
    if (state === 'absent') return;
    if (state === 'unknown') await removeByToken(engine, token, { removeVolumes });
    else await removeContainer(engine, state.id, { force: true, v: removeVolumes });
  };
  const idByToken = `$(${engine.command} ps -aq --filter label=${runLabel}=${token})`;
  return {
    remove,
    get hint() {
      const id = typeof state === 'string' ? idByToken : state.id.slice(0, 12);
      return `${engine.command} rm -f${removeVolumes ? 'v' : ''} ${id}`;
    },
    async create(create) {
      state = 'unknown';
      try {
        const id = await create();
        state = { id };
        return id;
      } catch (error) {
        if (error instanceof EngineApiError && error.status < 500) state = 'absent';
        throw error;
      }
    },
  };
}

/** An engine that hung, or got the call a moment ago, may still be creating the container. */
const maxPolls = 3;
const pauseMs = 400;

async function removeByToken(
  engine: Engine,
  token: string,
  { removeVolumes }: RemoveOptions,
): Promise<void> {
  for (let poll = 1; poll <= maxPolls; poll += 1) {
    let found = false;
    for (const id of await findByLabel(engine, `${runLabel}=${token}`)) {
      const container = await readContainer(engine, id);
      // Checked again because a proxy may drop the filter.
      if (container?.Config?.Labels?.[runLabel] !== token) continue;
      await removeContainer(engine, id, { force: true, v: removeVolumes });
      found = true;
    }
    if (found) return;
    if (poll < maxPolls) await sleep(pauseMs);
  }
}
