import { randomUUID } from 'node:crypto';
import { link, lstat, readdir, rm, truncate, unlink, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { PortplanError, systemCodeOf } from '../errors.ts';
import { writeNewFile } from './atomic-write.ts';
import { fateOf, formatOwner, ownOwner, parseOwner } from './lock-owner.ts';
import { readRegularFile } from './regular-file.ts';

/** How long things may take, in milliseconds. */
export interface LockLimits {
  /** How often a holder shows that it lives. */
  readonly beatMs: number;
  /** A holder whose process cannot be looked at, and that has not shown life for so long, is taken for dead. */
  readonly silenceMs: number;
  /** How long one and the same holder is waited for. */
  readonly patienceMs: number;
}

const defaultLimits: LockLimits = { beatMs: 1000, silenceMs: 15_000, patienceMs: 60_000 };
/** Between two looks at a lock that is held. */
const pauseMs = { least: 5, most: 40 } as const;
/** A process that waits this long is not waiting any more. */
const litterAgeMs = 3_600_000;

/** A lock that this process holds. */
export interface HeldLock {
  /** Whether it still does: a process that was stopped for a while may have been taken for dead. */
  isHeld(): Promise<boolean>;
}

/**
 * Does work that only one process at a time may do in this folder, which has to exist. A holder that dies, however and
 * whenever, blocks nobody: the next one sees that its process is gone.
 *
 * Each turn at the lock is a file with a number, `leases.lock.7`, made by link(2): so it appears at once with its
 * owner's name in it, and only for one of those who try. To end a turn is to empty its file. The next turn is the next
 * number, and may begin when the highest turn is empty or its owner is gone. A turn's file is removed only by later
 * turns, so a process that acts on an old look at the folder finds a higher turn beside its own, and steps back. Lock
 * files that are removed to be freed lack this: two processes find one stale, and the slower one removes the fresh lock
 * of the faster (moxystudio/node-proper-lockfile#121, npm/lockfile#4).
 * @throws PortplanError `leases-unavailable` when one holder keeps it too long, the system's error when the folder
 *   cannot be written.
 */
export async function withLock<T>(
  folder: string,
  work: (lock: HeldLock) => Promise<T>,
  limits: LockLimits = defaultLimits,
): Promise<T> {
  const turn = await takeTurn(folder, limits);
  const file = turnFile(folder, turn);
  const beat = setInterval(() => showLife(file), limits.beatMs).unref();
  try {
    await removeLitter(folder, turn);
    return await work({ isHeld: async () => (await highestTurn(folder)) === turn });
  } finally {
    clearInterval(beat);
    await endTurn(file);
  }
}

const turnName = /^leases\.lock\.([1-9]\d{0,14})$/;
const candidatePrefix = 'leases.lock.new-';

function turnFile(folder: string, turn: number): string {
  return join(folder, `leases.lock.${turn}`);
}

async function takeTurn(folder: string, limits: LockLimits): Promise<number> {
  const candidate = join(folder, `${candidatePrefix}${process.pid}-${randomUUID()}`);
  await writeNewFile(candidate, formatOwner(ownOwner()));
  const watch = createWatch(folder, limits);
  try {
    while (true) {
      const highest = await highestTurn(folder);
      if ((await watch.isFree(highest)) && (await isTaken(folder, candidate, highest + 1)))
        return highest + 1;
      await sleep(pauseMs.least + Math.random() * (pauseMs.most - pauseMs.least));
    }
  } finally {
    await rm(candidate, { force: true });
  }
}

/** The number of the latest turn; 0 when there was none. */
async function highestTurn(folder: string): Promise<number> {
  return (await readdir(folder)).reduce((highest, name) => Math.max(highest, turnOf(name)), 0);
}

function turnOf(name: string): number {
  return Number(turnName.exec(name)?.[1] ?? 0);
}

/** Tries to begin a turn. */
async function isTaken(folder: string, candidate: string, turn: number): Promise<boolean> {
  const file = turnFile(folder, turn);
  try {
    await link(candidate, file);
  } catch (error) {
    if (systemCodeOf(error) === 'EEXIST') return false;
    throw error;
  }
  if ((await highestTurn(folder)) === turn) return true;
  await rm(file, { force: true });
  return false;
}

/** Watches the latest turn until it ends, is given up, or takes too long. */
function createWatch(folder: string, limits: LockLimits) {
  let watched = { turn: -1, since: 0, sign: '', lastSign: 0 };

  return {
    async isFree(turn: number): Promise<boolean> {
      if (turn === 0) return true;
      const now = performance.now();
      const state = await readTurn(turnFile(folder, turn));
      if (state.kind === 'ended') return true;
      if (state.kind === 'passed') return false;
      if (turn !== watched.turn) watched = { turn, since: now, sign: state.sign, lastSign: now };
      if (state.sign !== watched.sign) watched = { ...watched, sign: state.sign, lastSign: now };
      const owner = parseOwner(state.text);
      const fate = owner === undefined ? 'unknown' : fateOf(owner);
      if (fate === 'gone') return true;
      if (fate === 'unknown' && now - watched.lastSign > limits.silenceMs) return true;
      if (now - watched.since > limits.patienceMs) throw tooLong(folder, owner?.pid);
      return false;
    },
  };
}

type TurnState =
  | { readonly kind: 'ended' }
  /** Its file is gone, so there is a later turn. */
  | { readonly kind: 'passed' }
  /** `sign` changes with each sign of life. */
  | { readonly kind: 'begun'; readonly text: string; readonly sign: string };

async function readTurn(file: string): Promise<TurnState> {
  try {
    const { size, mtimeMs } = await lstat(file);
    if (size === 0) return { kind: 'ended' };
    const found = readRegularFile(file, { maxBytes: 1024 });
    const text = found.kind === 'text' ? found.text : '';
    return { kind: 'begun', text, sign: `${mtimeMs}` };
  } catch (error) {
    if (systemCodeOf(error) === 'ENOENT') return { kind: 'passed' };
    throw error;
  }
}

function tooLong(folder: string, pid: number | undefined): PortplanError {
  const who = pid === undefined ? 'another process' : `process ${pid}`;
  return new PortplanError('leases-unavailable', `${who} keeps the leases in ${folder} locked`, {
    hint: 'wait until it has ended, or end it',
  });
}

function showLife(file: string): void {
  const now = new Date();
  // Whoever ends the turn, or removed the file, has made it pointless: nothing is lost.
  utimes(file, now, now).catch(() => {});
}

async function endTurn(file: string): Promise<void> {
  try {
    await truncate(file, 0);
  } catch (error) {
    // Taken for dead, and a later turn has removed it.
    if (systemCodeOf(error) !== 'ENOENT') throw error;
  }
}

/** Removes turns long ended and what killed processes left; not the turn before, which others may be looking at. */
async function removeLitter(folder: string, turn: number): Promise<void> {
  for (const name of await readdir(folder)) {
    const file = join(folder, name);
    const old = turnOf(name);
    if (old > 0 ? old < turn - 1 : name.startsWith(candidatePrefix) && (await isOld(file)))
      // In a folder with the sticky bit, only its owner can.
      await unlink(file).catch(() => {});
  }
}

async function isOld(file: string): Promise<boolean> {
  try {
    return Date.now() - (await lstat(file)).mtimeMs > litterAgeMs;
  } catch {
    return false;
  }
}
