import { randomUUID } from 'node:crypto';
import { type FileHandle, link, lstat, readdir, rm, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { PortplanError, systemCodeOf } from '../errors.ts';
import { createNewFile } from './atomic-write.ts';
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
  const { turn, file } = await takeTurn(folder, limits);
  await using _file = file;
  const beat = setInterval(() => showLife(file), limits.beatMs).unref();
  try {
    await removeLitter(folder, turn);
    return await work({ isHeld: async () => (await highestTurn(folder)) === turn });
  } finally {
    clearInterval(beat);
    await file.truncate(0);
  }
}

const turnName = /^leases\.lock\.([1-9]\d{0,14})$/;
const candidatePrefix = 'leases.lock.new-';

function turnFile(folder: string, turn: number): string {
  return join(folder, `leases.lock.${turn}`);
}

/**
 * The turn of this process, with its open file. Everything later goes through the descriptor: other members of a shared
 * folder may put a link to any file in place of the path.
 */
interface Turn {
  readonly turn: number;
  readonly file: FileHandle;
}

async function takeTurn(folder: string, limits: LockLimits): Promise<Turn> {
  const candidate = join(folder, `${candidatePrefix}${process.pid}-${randomUUID()}`);
  const file = await createNewFile(candidate, formatOwner(ownOwner()));
  const watch = createWatch(folder, limits);
  try {
    while (true) {
      const highest = await highestTurn(folder);
      if (
        (await watch.isFree(highest)) &&
        (await isTaken(folder, { candidate, file }, highest + 1))
      )
        return { turn: highest + 1, file };
      await sleep(pauseMs.least + Math.random() * (pauseMs.most - pauseMs.least));
    }
  } catch (error) {
    await file.close();
    throw error;
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
async function isTaken(
  folder: string,
  { candidate, file }: { readonly candidate: string; readonly file: FileHandle },
  turn: number,
): Promise<boolean> {
  const path = turnFile(folder, turn);
  try {
    await link(candidate, path);
  } catch (error) {
    if (systemCodeOf(error) === 'EEXIST') return false;
    throw error;
  }
  if ((await highestTurn(folder)) === turn && (await isSameFile(path, file))) return true;
  await rm(path, { force: true });
  return false;
}

/** Whether the path still names the open file: link(2) links whatever stands at the candidate's path by then. */
async function isSameFile(path: string, file: FileHandle): Promise<boolean> {
  const [linked, own] = await Promise.all([lstat(path), file.stat()]);
  return linked.ino === own.ino && linked.dev === own.dev;
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

function showLife(file: FileHandle): void {
  const now = new Date();
  // A turn that was taken over has no use for it.
  file.utimes(now, now).catch(() => {});
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
