import type { ComposeProject } from '../../compose/project.ts';
import { isFailure } from '../../model/findings/conflict.ts';
import type { CheckReport, CheckVerdict } from '../../model/findings/report.ts';
import { defaultRules } from '../../model/host/engine-traits.ts';
import { hasGap, type Source } from '../../model/host/snapshot.ts';
import { findProjectFindings } from '../../workflows/findings/project-findings.ts';
import type { LoadedProjects } from '../../workflows/inputs/load-projects.ts';
import type { CheckOptions } from './options.ts';

type ReportParts = Pick<CheckReport, 'publishes' | 'conflicts' | 'sources' | 'notes'> & {
  readonly projects: readonly ComposeProject[];
};

/** Returns the report of a check with its verdict. */
export function toReport({ projects, ...parts }: ReportParts): CheckReport {
  const checked = projects.map(({ name, directory, files, services }) => ({
    name,
    directory,
    files,
    services: services.length,
  }));
  return { command: 'check', verdict: verdictOf(parts), projects: checked, ...parts };
}

function verdictOf({
  conflicts,
  sources,
}: Pick<CheckReport, 'conflicts' | 'sources'>): CheckVerdict {
  if (conflicts.some(isFailure)) return 'conflict';
  return hasGap({ sources }) ? 'unknown' : 'clear';
}

/** Returns the loaded projects, empty if none were loaded. */
export function projectsOf(loaded: LoadedProjects | undefined): readonly ComposeProject[] {
  return loaded?.projects.map(({ project }) => project) ?? [];
}

/** Finds conflicts in each project separately or, with `together`, across all of them. */
export function findInProjects(
  projects: readonly ComposeProject[],
  options: CheckOptions,
  rules = defaultRules,
) {
  const groups = options.together ? [projects] : projects.map((project) => [project]);
  const findings = groups.map((group) => findProjectFindings(group, rules, options));
  return {
    publishes: findings.flatMap(({ publishes }) => publishes),
    conflicts: findings.flatMap(({ conflicts }) => conflicts),
  };
}

/** With `strict`, returns a gap if a port depends on an unset variable. */
export function unknownPorts(
  projects: readonly ComposeProject[],
  { strict }: CheckOptions,
): readonly Source[] {
  const unknown = projects.flatMap(({ services }) =>
    services.flatMap((service) => service.unknownPorts),
  );
  if (!strict || unknown.length === 0) return [];
  const variables = [...new Set(unknown.flatMap((port) => port.variables))].join(', ');
  return [
    {
      name: 'files',
      status: 'gap',
      detail: `${unknown.length === 1 ? '1 port depends' : `${unknown.length} ports depend`} on unset variables: ${variables}`,
    },
  ];
}
