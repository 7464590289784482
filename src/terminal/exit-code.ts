import type { PortplanError } from '../errors.ts';
import { isFailure } from '../model/findings/conflict.ts';
import type { Report, StopReport } from '../model/findings/report.ts';
import { hasGap } from '../model/host/snapshot.ts';

/** Exit codes. If several apply, the first of bug, usage, conflict, unknown wins. */
export const exitCode = {
  clear: 0,
  /** Conflicts, a publish without a free port, or a text without a port error. */
  conflict: 1,
  /** Invalid usage, or an unreadable input. */
  usage: 2,
  /** A source that could change the verdict was unreadable. */
  unknown: 3,
  /** Internal error. */
  bug: 4,
  /** `run` and `up`: every failure before a container runs, as in docker. */
  runFailed: 125,
  interrupted: 130,
} as const;

/** Returns the exit code of a report. */
export function exitCodeFor(report: Report): number {
  switch (report.command) {
    case 'check':
      if (report.verdict === 'conflict') return exitCode.conflict;
      return report.verdict === 'unknown' ? exitCode.unknown : exitCode.clear;
    case 'plan':
      if (report.conflicts.some(isFailure) || report.write?.skipped.length)
        return exitCode.conflict;
      return hasGap(report) ? exitCode.unknown : exitCode.clear;
    case 'ps':
    case 'images':
      return hasGap(report) ? exitCode.unknown : exitCode.clear;
    case 'explain':
      // An unreadable source matters only if no error was explained.
      if (report.problems.length > 0) return exitCode.clear;
      return hasGap(report) ? exitCode.unknown : exitCode.conflict;
    case 'start':
      return report.containers.some(({ state }) => state === 'conflict' || state === 'failed')
        ? exitCode.conflict
        : exitCode.clear;
    case 'stop':
      return exitCodeForStop(report);
    case 'run':
    case 'up':
    case 'port':
    case 'url':
    case 'lease':
      return exitCode.clear;
    default:
      return report satisfies never;
  }
}

/** A free port is certain only if every source was read. */
function exitCodeForStop({ items, sources }: StopReport): number {
  if (items.some(({ state }) => state === 'skipped' || state === 'failed'))
    return exitCode.conflict;
  return items.some(({ state }) => state === 'free') && hasGap({ sources })
    ? exitCode.unknown
    : exitCode.clear;
}

const codes: Readonly<Record<PortplanError['code'], number>> = {
  'invalid-usage': exitCode.usage,
  'invalid-input': exitCode.usage,
  'invalid-publish': exitCode.usage,
  'unknown-context': exitCode.usage,
  'image-unavailable': exitCode.usage,
  'compose-unavailable': exitCode.usage,
  'engine-absent': exitCode.unknown,
  'engine-denied': exitCode.unknown,
  'engine-timeout': exitCode.unknown,
  'engine-failed': exitCode.unknown,
  'start-failed': exitCode.runFailed,
  'no-free-port': exitCode.conflict,
  'not-running': exitCode.conflict,
  'leases-unavailable': exitCode.usage,
  interrupted: exitCode.interrupted,
  'internal-error': exitCode.bug,
};

/** Commands that return docker's exit code; before that, every failure is 125. */
const startingCommands: readonly (string | undefined)[] = ['run', 'up'];

/** Returns the exit code of an expected error. */
export function exitCodeForError(error: PortplanError, command: string | undefined): number {
  if (error.exitCode !== undefined) return error.exitCode;
  return startingCommands.includes(command) && error.code !== 'interrupted'
    ? exitCode.runFailed
    : codes[error.code];
}
