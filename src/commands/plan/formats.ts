import type { Assignment } from '../../model/findings/plan.ts';
import type { PlanReport } from '../../model/findings/report.ts';
import { formatPlace } from './text.ts';

/** The plan as flags of `docker run`, for `docker run $(…)`; nothing at all when a publish has no port. */
export function renderFlags({
  assignments,
  conflicts,
}: Pick<PlanReport, 'assignments' | 'conflicts'>): string {
  if (conflicts.some(({ severity }) => severity === 'error')) return '';
  return `${assignments.map(toFlag).join(' ')}\n`;
}

/** `-p 127.0.0.1:8080:80`. */
export function toFlag(assignment: Assignment): string {
  return `-p ${formatPlace(assignment)}`;
}
