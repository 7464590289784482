import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { systemCodeOf } from '../errors.ts';

/** Identifies a process, so that another process can check whether it is still running. */
export interface LockOwner {
  readonly pid: number;
  /** Where the pid counts: one boot and one pid namespace of one machine. */
  readonly place: string;
  /** The start of the process as its system counts, which detects a reused PID; empty if unknown. */
  readonly startedAt: string;
}

/** Whether the owner is still running. `unknown`: not visible to this process. */
export type Fate = 'alive' | 'gone' | 'unknown';

/** Access to the processes of this place. */
export interface ProcessView {
  readonly exists: (pid: number) => boolean;
  /** The text of `/proc/PID/stat`, where there is one that may be read. */
  readonly stat: (pid: number | 'self') => string | undefined;
}

/** Returns this process as an owner. */
export function ownOwner(view: ProcessView = processView): LockOwner {
  return { pid: process.pid, place: ownPlace(), startedAt: parseStat(view.stat('self')).startedAt };
}

/** Returns whether an owner is still running; `gone` only if that is certain, since it is final. */
export function fateOf(
  owner: LockOwner,
  place = ownPlace(),
  view: ProcessView = processView,
): Fate {
  if (owner.place !== place) return 'unknown';
  if (!view.exists(owner.pid)) return 'gone';
  const { state, startedAt } = parseStat(view.stat(owner.pid));
  // A zombie has ended; its parent has not reaped it yet.
  if (state === 'Z' || state === 'X') return 'gone';
  if (startedAt === '' || owner.startedAt === '') return 'unknown';
  return startedAt === owner.startedAt ? 'alive' : 'gone';
}

/** Parses the text of {@link formatOwner}; `undefined` for any other text. */
export function parseOwner(text: string): LockOwner | undefined {
  const [pid = '', startedAt = '', place = '', ...rest] = text.split('\n');
  if (!/^[1-9]\d{0,9}$/.test(pid) || place === '' || rest.join('') !== '') return undefined;
  return { pid: Number(pid), place, startedAt };
}

export function formatOwner({ pid, startedAt, place }: LockOwner): string {
  return `${pid}\n${startedAt}\n${place}\n`;
}

/** The state and the start time (in clock ticks after boot) of proc_pid_stat(5); the name before them may hold anything. */
function parseStat(text = ''): { readonly state: string; readonly startedAt: string } {
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return { state: fields[0] ?? '', startedAt: fields[19] ?? '' };
}

function ownPlace(): string {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    return `${boot} ${readlinkSync('/proc/self/ns/pid')}`;
  } catch {
    return `host ${hostname().replaceAll('\n', ' ')}`;
  }
}

const processView: ProcessView = {
  exists(pid) {
    try {
      process.kill(pid, 0);
      return true;
    } catch (error) {
      return systemCodeOf(error) !== 'ESRCH';
    }
  },
  stat(pid) {
    try {
      return readFileSync(`/proc/${pid}/stat`, 'utf8');
    } catch {
      return undefined;
    }
  },
};
