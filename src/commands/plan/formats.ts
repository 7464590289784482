import { isFailure } from '../../model/findings/conflict.ts';
import { formatPublishFlags } from '../../model/findings/plan.ts';
import type { PlanReport } from '../../model/findings/report.ts';
import { portVariables } from '../../model/ports/port-variables.ts';

/** Returns the plan as flags for `docker run $(…)`; empty if any publish has no port. */
export function renderFlags({
  assignments,
  conflicts,
}: Pick<PlanReport, 'assignments' | 'conflicts'>): string {
  if (conflicts.some(({ severity }) => severity === 'error')) return '';
  return `${formatPublishFlags(assignments)}\n`;
}

/** Returns the plan as lines of an env file; empty if any publish has no port. */
export function renderVariables({
  assignments,
  conflicts,
}: Pick<PlanReport, 'assignments' | 'conflicts'>): string {
  if (conflicts.some(isFailure)) return '';
  return portVariables(assignments)
    .map(({ name, value }) => `${name}=${value}\n`)
    .join('');
}
