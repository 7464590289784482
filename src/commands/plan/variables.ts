import { isFailure } from '../../model/findings/conflict.ts';
import type { PlanReport } from '../../model/findings/report.ts';
import { portVariables } from '../../model/ports/port-variables.ts';

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
