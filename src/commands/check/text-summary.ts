import { isFailure, publishOf } from '../../model/findings/conflict.ts';
import type { CheckReport } from '../../model/findings/report.ts';
import { gapsOf } from '../../model/host/snapshot.ts';
import type { TextOptions } from '../../output/table.ts';

/** Returns the last line: the number of checked ports and the result. */
export function renderSummary(report: CheckReport, options: TextOptions): string {
  return isAboutFiles(report) ? fileSummary(report, options) : targetSummary(report, options);
}

/** Returns whether all checked publishes come from Compose projects. */
function isAboutFiles({ projects, publishes }: CheckReport): boolean {
  return projects.length > 0 && publishes.every(({ origin }) => origin.kind === 'compose');
}

/** Returns `12 ports of 5 services: 2 conflicts, 1 warning`. */
function fileSummary(report: CheckReport, { style }: TextOptions): string {
  const subject = subjectOf(report);
  const remarks = remarksOf(report);
  switch (report.verdict) {
    case 'conflict':
      return style.error(`${subject}: ${[conflictCount(report), ...remarks].join(', ')}`);
    case 'unknown':
      return style.warning(`${subject}: ${[unknownText(report), ...remarks].join(', ')}`);
    case 'clear':
      return style.success(`${subject}: ${[clearText(report), ...remarks].join(', ')}`);
    default:
      return report.verdict satisfies never;
  }
}

/** Returns `12 ports of 5 services`, with the number of projects if there are several. */
function subjectOf({ publishes, projects }: CheckReport): string {
  const services = new Set<string>();
  for (const { origin } of publishes) {
    if (origin.kind === 'compose') services.add(JSON.stringify([origin.project, origin.service]));
  }
  const ports = count(publishes.length, 'port');
  const of = services.size === 0 ? '' : ` of ${count(services.size, 'service')}`;
  const within = projects.length > 1 ? ` in ${count(projects.length, 'project')}` : '';
  return `${ports}${of}${within}`;
}

/** Says `free` only if the host was read; files alone only show that they have no conflict. */
function clearText({ publishes, sources }: CheckReport): string {
  const checkedHost = sources.some(({ name, status }) => name !== 'files' && status === 'read');
  if (!checkedHost || publishes.length === 0) return 'no conflict';
  return publishes.length === 1 ? 'free' : 'all free';
}

/** Returns the summary for publishes of the command line, or of the host state. */
function targetSummary(report: CheckReport, { style }: TextOptions): string {
  const { publishes, verdict } = report;
  const scope = publishes.length === 0 ? '' : ` in ${count(publishes.length, 'port')}`;
  const remarks = remarksOf(report);
  switch (verdict) {
    case 'conflict':
      return style.error([`${conflictCount(report)}${scope}`, ...remarks].join(', '));
    case 'unknown':
      return style.warning([unknownText(report, scope), ...remarks].join(', '));
    case 'clear':
      if (publishes.length > 0)
        return style.success([allFree(publishes.length), ...remarks].join(', '));
      // A lone .env, as a hook passes it: neither files nor the host were read.
      if (report.sources.length === 0) return 'no Compose file to check';
      return remarks.length === 0
        ? style.success('no problems with the ports of this host')
        : style.warning(remarks.join(', '));
    default:
      return verdict satisfies never;
  }
}

function allFree(ports: number): string {
  return ports === 1 ? '1 port is free' : `all ${ports} ports are free`;
}

/** Counts publishes that cannot start, each once. */
function conflictCount({ conflicts }: CheckReport): string {
  const failed = conflicts.filter(isFailure).map((conflict) => publishOf(conflict) ?? conflict);
  return count(new Set<unknown>(failed).size, 'conflict');
}

function unknownText({ sources }: CheckReport, scope = ''): string {
  const gaps = gapsOf({ sources }).map(({ name }) => name);
  return `no conflict found${scope}, but not every source could be read: ${gaps.join(', ')}`;
}

function remarksOf({ conflicts }: CheckReport): readonly string[] {
  const allowed = conflicts.filter((conflict) => conflict.allowed !== undefined).length;
  const failed = conflicts.filter(isFailure).length;
  const warnings = conflicts.length - failed - allowed;
  return [
    ...(warnings === 0 ? [] : [count(warnings, 'warning')]),
    ...(allowed === 0 ? [] : [`${allowed} allowed`]),
  ];
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
