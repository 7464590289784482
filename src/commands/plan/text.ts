import { publishOf } from '../../model/findings/conflict.ts';
import { describeConflict, wantedText } from '../../model/findings/describe-conflict.ts';
import { formatMapping } from '../../model/findings/plan.ts';
import type { PlanReport } from '../../model/findings/report.ts';
import { formatPublish, type Publish } from '../../model/ports/publish.ts';
import { renderTable, type TextOptions } from '../../output/table.ts';

/** A plan as a table; for a compose project with its services. */
export function renderPlan(
  { assignments, unplanned, conflicts }: PlanReport,
  paper: TextOptions,
): string {
  const lines: readonly PlanLine[] = [
    ...assignments.map((one) => ({
      publish: one.publish,
      planned: formatMapping(one),
      why: one.reason,
    })),
    ...unplanned.map(({ publish, reason }) => ({
      publish,
      planned: formatPublish(publish),
      why: reason,
    })),
    ...conflicts.flatMap((conflict) => {
      const publish = publishOf(conflict);
      return publish ? [{ publish, planned: '-', why: describeConflict(conflict) }] : [];
    }),
  ];
  if (lines.length === 0) return 'nothing to plan';
  if (!lines.some(({ publish }) => publish.origin.kind === 'compose')) {
    const rows = lines.map(({ publish, planned, why }) => [wantedText(publish), planned, why]);
    return renderTable(['WANTED', 'PLANNED', 'WHY'], rows, paper);
  }
  const rows = [...lines].sort(byService).map(({ publish, planned, why }) => {
    return [serviceOf(publish), formatPublish(publish), planned, why];
  });
  return renderTable(['SERVICE', 'WANTED', 'PLANNED', 'WHY'], rows, paper);
}

interface PlanLine {
  readonly publish: Publish;
  readonly planned: string;
  readonly why: string;
}

function byService(one: PlanLine, other: PlanLine): number {
  return serviceOf(one.publish).localeCompare(serviceOf(other.publish));
}

function serviceOf({ origin }: Publish): string {
  return origin.kind === 'compose' ? origin.service : '';
}
