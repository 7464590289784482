import { isFailure } from '../../model/findings/conflict.ts';
import { formatPublishFlags } from '../../model/findings/plan.ts';
import type { PlanReport } from '../../model/findings/report.ts';
import { portVariables } from '../../model/ports/port-variables.ts';

/** The plan as flags of `docker run`, for `docker run $(…)`; nothing at all when a publish has no port. */
export function renderFlags({
  assignments,
  conflicts,
}: Pick<PlanReport, 'assignments' | 'conflicts'>): string {
  if (conflicts.some(({ severity }) => severity === 'error')) return '';
  return `${formatPublishFlags(assignments)}\n`;
}

/** The plan as lines of an env file; nothing at all when a publish has no port. */
export function renderVariables({
  assignments,
  conflicts,
}: Pick<PlanReport, 'assignments' | 'conflicts'>): string {
  if (conflicts.some(isFailure)) return '';
  return portVariables(assignments)
    .map(({ name, value }) => `${name}=${value}\n`)
    .join('');
}
