import { join } from 'node:path';
import { readBounded } from './read-proc.ts';

/** USER_HZ: 100 for programs on every architecture that Node runs on, whatever the kernel's own tick is. */
const ticksPerSecond = 100;

/** What of /proc/<pid>/stat is of use here. */
export interface ProcessStat {
  readonly parent: number;
  /** Ticks from the start of the system to that of the process. */
  readonly startTicks: number;
}

/** The columns of a stat line, proc_pid_stat(5); the name, in brackets, may hold blanks and brackets itself. */
export function parseStat(text: string): ProcessStat | undefined {
  const columns = text
    .slice(text.lastIndexOf(')') + 1)
    .trim()
    .split(/\s+/);
  const [parent, startTicks] = [Number(columns[1]), Number(columns[19])];
  return Number.isInteger(parent) && Number.isInteger(startTicks)
    ? { parent, startTicks }
    : undefined;
}

/** The process that started this one, unless that is the kernel. */
export function readParent(root: string, pid: number): number | undefined {
  const stat = readBounded(join(root, `${pid}/stat`), 4096);
  const parent = stat && parseStat(stat.toString('latin1'))?.parent;
  return parent === 0 ? undefined : parent;
}

/** The second in which the system was started, since 1970, from the text of /proc/stat. */
export function parseBootTime(text: string): number | undefined {
  const seconds = /^btime (\d+)$/m.exec(text)?.[1];
  return seconds === undefined ? undefined : Number(seconds);
}

/** When a process was started: ISO 8601, UTC, true to a second or two as the time of the boot is. */
export function startTime({ startTicks }: ProcessStat, bootTime: number): string {
  const seconds = bootTime + Math.floor(startTicks / ticksPerSecond);
  return new Date(seconds * 1000).toISOString();
}
