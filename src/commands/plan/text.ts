import { publishOf } from '../../model/findings/conflict.ts';
import { describeConflict, wantedText } from '../../model/findings/describe-conflict.ts';
import { formatMapping } from '../../model/findings/plan.ts';
import type { PlanReport } from '../../model/findings/report.ts';
import { formatPublish, type Publish } from '../../model/ports/publish.ts';
import { renderTable, type TextOptions } from '../../output/table.ts';

/** Returns a plan as a table; for a Compose project with its services. */
export function renderPlan(
  { assignments, unplanned, conflicts }: PlanReport,
  options: TextOptions,
): string {
  const lines: readonly PlanLine[] = [
    ...assignments.map((one) => ({
      publish: one.publish,
      planned: formatMapping(one),
      reason: one.reason,
    })),
    ...unplanned.map(({ publish, reason }) => ({
      publish,
      planned: formatPublish(publish),
      reason: reason,
    })),
    ...conflicts.flatMap((conflict) => {
      const publish = publishOf(conflict);
      return publish ? [{ publish, planned: '-', reason: describeConflict(conflict) }] : [];
    }),
  ];
  if (lines.length === 0) return 'nothing to plan';
  if (!lines.some(({ publish }) => publish.origin.kind === 'compose')) {
    const rows = lines.map(({ publish, planned, reason }) => [
      wantedText(publish),
      planned,
      reason,
    ]);
    return renderTable(['WANTED', 'PLANNED', 'WHY'], rows, options);
  }
  const rows = [...lines].sort(byService).map(({ publish, planned, reason }) => {
    return [serviceOf(publish), formatPublish(publish), planned, reason];
  });
  return renderTable(['SERVICE', 'WANTED', 'PLANNED', 'WHY'], rows, options);
}

interface PlanLine {
  readonly publish: Publish;
  readonly planned: string;
  readonly reason: string;
}

function byService(one: PlanLine, other: PlanLine): number {
  return serviceOf(one.publish).localeCompare(serviceOf(other.publish));
}

function serviceOf({ origin }: Publish): string {
  return origin.kind === 'compose' ? origin.service : '';
}
