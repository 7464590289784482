import { randomUUID } from 'node:crypto';
import { type FileHandle, link, lstat, readdir, rm, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { PortplanError, systemCodeOf } from '../errors.ts';
import { createNewFile } from './atomic-write.ts';
import { fateOf, formatOwner, ownOwner, parseOwner } from './lock-owner.ts';
import { readRegularFile } from './regular-file.ts';

/** Times of the lock, in ms. */
export interface LockLimits {
  /** Interval of a holder's heartbeat. */
  readonly beatMs: number;
  /** A holder whose process is not visible counts as dead after this time without a heartbeat. */
  readonly silenceMs: number;
  /** Maximum wait for one holder. */
  readonly patienceMs: number;
}

const defaultLimits: LockLimits = { beatMs: 1000, silenceMs: 15_000, patienceMs: 60_000 };
/** Random pause between two checks of a held lock, ms. */
const pauseMs = { min: 5, max: 40 } as const;
/** Candidate files older than this belong to killed processes. */
const litterAgeMs = 3_600_000;

/** A lock that this process holds. */
export interface HeldLock {
  /** Whether it still holds the lock: a process that was suspended may have been considered dead. */
  isHeld(): Promise<boolean>;
}

/**
 * Runs `work` under an exclusive lock of the folder, which must exist. A holder that dies never blocks others: the next
 * process detects that it is gone.
 *
 * Each turn at the lock is a file with a number, `leases.lock.7`, made by link(2): so it appears at once with its
 * owner's name in it, and only for one of those who try. To end a turn is to empty its file. The next turn is the next
 * number, and may begin when the highest turn is empty or its owner is gone. A turn's file is removed only by later
 * turns, so a process that acts on an old look at the folder finds a higher turn beside its own, and steps back. Lock
 * files that are removed to be freed lack this: two processes find one stale, and the slower one removes the fresh lock
 * of the faster (moxystudio/node-proper-lockfile#121, npm/lockfile#4).
 * @throws PortplanError `leases-unavailable` if one holder keeps the lock longer than `patienceMs`; the system error if
 *   the folder is not writable
 */
export async function withLock<T>(
  folder: string,
  work: (lock: HeldLock) => Promise<T>,
  limits: LockLimits = defaultLimits,
): Promise<T> {
  const { turn, file } = await takeTurn(folder, limits);
  await using _file = file;
  const beat = setInterval(() => sendHeartbeat(file), limits.beatMs).unref();
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
      await sleep(pauseMs.min + Math.random() * (pauseMs.max - pauseMs.min));
    }
  } catch (error) {
    await file.close();
    throw error;
  } finally {
    await rm(candidate, { force: true });
  }
}

/** Returns the number of the latest turn; 0 if there is none. */
async function highestTurn(folder: string): Promise<number> {
  return (await readdir(folder)).reduce((highest, name) => Math.max(highest, turnOf(name)), 0);
}

function turnOf(name: string): number {
  return Number(turnName.exec(name)?.[1] ?? 0);
}

/** Tries to begin a turn; returns whether it succeeded. */
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

/** Returns whether the path still names the open file: link(2) links whatever stands at the candidate's path by then. */
async function isSameFile(path: string, file: FileHandle): Promise<boolean> {
  const [linked, own] = await Promise.all([lstat(path), file.stat()]);
  return linked.ino === own.ino && linked.dev === own.dev;
}

/** Watches the latest turn until it ends, its owner dies, or it takes too long. */
function createWatch(folder: string, limits: LockLimits) {
  let watched = { turn: -1, since: 0, heartbeat: '', lastHeartbeatAt: 0 };

  return {
    async isFree(turn: number): Promise<boolean> {
      if (turn === 0) return true;
      const now = performance.now();
      const state = await readTurn(turnFile(folder, turn));
      if (state.kind === 'ended') return true;
      if (state.kind === 'passed') return false;
      if (turn !== watched.turn)
        watched = { turn, since: now, heartbeat: state.heartbeat, lastHeartbeatAt: now };
      if (state.heartbeat !== watched.heartbeat)
        watched = { ...watched, heartbeat: state.heartbeat, lastHeartbeatAt: now };
      const owner = parseOwner(state.text);
      const fate = owner === undefined ? 'unknown' : fateOf(owner);
      if (fate === 'gone') return true;
      if (fate === 'unknown' && now - watched.lastHeartbeatAt > limits.silenceMs) return true;
      if (now - watched.since > limits.patienceMs) throw tooLong(folder, owner?.pid);
      return false;
    },
  };
}

type TurnState =
  | { readonly kind: 'ended' }
  /** Its file was removed, so there is a later turn. */
  | { readonly kind: 'passed' }
  /** `heartbeat` changes with each heartbeat. */
  | { readonly kind: 'begun'; readonly text: string; readonly heartbeat: string };

async function readTurn(file: string): Promise<TurnState> {
  try {
    const { size, mtimeMs } = await lstat(file);
    if (size === 0) return { kind: 'ended' };
    const found = readRegularFile(file, { maxBytes: 1024 });
    const text = found.kind === 'text' ? found.text : '';
    return { kind: 'begun', text, heartbeat: `${mtimeMs}` };
  } catch (error) {
    if (systemCodeOf(error) === 'ENOENT') return { kind: 'passed' };
    throw error;
  }
}

function tooLong(folder: string, pid: number | undefined): PortplanError {
  const who = pid === undefined ? 'another process' : `process ${pid}`;
  return new PortplanError(
    'leases-unavailable',
    `${who} holds the lock of the leases in ${folder}`,
    {
      hint: 'wait until it ends, or stop it',
    },
  );
}

function sendHeartbeat(file: FileHandle): void {
  const now = new Date();
  // Fails for a turn that was taken over, which needs no heartbeat.
  file.utimes(now, now).catch(() => {});
}

/** Removes old turns and files of killed processes, but not the previous turn, which others may be reading. */
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
