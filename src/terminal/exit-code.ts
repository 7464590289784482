import type { PortplanError } from '../errors.ts';
import { isFailure } from '../model/findings/conflict.ts';
import type { Report, StopReport } from '../model/findings/report.ts';
import { hasGap } from '../model/host/snapshot.ts';

/** What the program ends with. Where several apply, the first of bug, usage, conflict, unknown wins. */
export const exitCode = {
  clear: 0,
  /** Conflicts found, a publish for which no port is free, or a text in which no error about ports is found. */
  conflict: 1,
  /** Wrong usage, or an input that cannot be read. */
  usage: 2,
  /** Something that could change the verdict could not be seen. */
  unknown: 3,
  /** A fault of ours. */
  bug: 4,
  /** `run` and `up`, as docker: every failure before a container runs. */
  runFailed: 125,
  interrupted: 130,
} as const;

/** The exit code of a finished command. */
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
      // What stays unseen changes no explanation; it matters where nothing could be explained.
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

/** A port that is called free is so only as far as everything was seen. */
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
};

/** Where docker's own code may follow, ours is 125 whatever went wrong before. */
const startingCommands: readonly (string | undefined)[] = ['run', 'up'];

/** The exit code of an expected failure. */
export function exitCodeForError(error: PortplanError, command: string | undefined): number {
  if (error.exitCode !== undefined) return error.exitCode;
  return startingCommands.includes(command) && error.code !== 'interrupted'
    ? exitCode.runFailed
    : codes[error.code];
}
