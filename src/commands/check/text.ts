import { type Conflict, isFailure, locationOf } from '../../model/findings/conflict.ts';
import { describeConflict, wantedText } from '../../model/findings/describe-conflict.ts';
import type { CheckReport } from '../../model/findings/report.ts';
import { hasGap } from '../../model/host/snapshot.ts';
import type { Publish } from '../../model/ports/publish.ts';
import { safeText } from '../../model/text/safe-text.ts';
import type { Style } from '../../output/style.ts';
import type { Paper } from '../../output/table.ts';
import { renderFileFindings } from './text-findings.ts';
import { adviceRows, holderRows, row, verdictOf } from './text-rows.ts';
import { renderSummary } from './text-summary.ts';

/**
 * The answer for people. Findings in files come first, the failures before the warnings, each with an excerpt; then a
 * line for each publish of the command line, with what stands in its way below it; then a line that sums it up.
 * Publishes of files that are free are in the sum alone.
 */
export function renderCheck(report: CheckReport, paper: Paper): string {
  const located = report.conflicts.filter((conflict) => locationOf(conflict) !== undefined);
  const others = report.conflicts.filter((conflict) => locationOf(conflict) === undefined);
  const byPublish = groupConflicts(others);
  const asked = report.publishes
    .filter(({ origin }) => origin.kind !== 'compose')
    .map((publish) =>
      publishBlock(
        publish,
        { conflicts: byPublish.get(publish) ?? [], sources: report.sources },
        paper,
      ),
    );
  const host = others
    .filter((conflict) => !('publish' in conflict))
    .map((conflict) => hostBlock(conflict, paper));
  const summary = renderSummary(report, paper);
  return [...renderFileFindings(located, paper), [...asked, ...host, summary].join('\n')].join(
    '\n\n',
  );
}

function groupConflicts(conflicts: readonly Conflict[]): ReadonlyMap<Publish, readonly Conflict[]> {
  const groups = new Map<Publish, Conflict[]>();
  for (const conflict of conflicts) {
    if (!('publish' in conflict)) continue;
    groups.set(conflict.publish, [...(groups.get(conflict.publish) ?? []), conflict]);
  }
  return groups;
}

function publishBlock(
  publish: Publish,
  seen: Pick<CheckReport, 'conflicts' | 'sources'>,
  paper: Paper,
): string {
  const { style } = paper;
  const { conflicts } = seen;
  const verdict = publishVerdict(seen, style);
  const lines = [`${verdict}  ${style.strong(wantedText(publish))}`];
  for (const conflict of conflicts) lines.push(...details(conflict, paper));
  return lines.join('\n');
}

/** What was not seen is not free. */
function publishVerdict(
  { conflicts, sources }: Pick<CheckReport, 'conflicts' | 'sources'>,
  style: Style,
): string {
  if (conflicts.some(isFailure)) return style.bad('conflict');
  if (conflicts.length > 0) return style.doubtful('warning ');
  return hasGap({ sources }) ? style.doubtful('unknown ') : style.good('free    ');
}

function hostBlock(conflict: Conflict, paper: Paper): string {
  const { word, paint } = verdictOf(conflict, paper.style);
  return [
    `${paint(word)}  ${paper.style.strong(safeText(describeConflict(conflict)))}`,
    ...adviceRows(conflict, paper),
  ].join('\n');
}

function details(conflict: Conflict, paper: Paper): readonly string[] {
  const intro =
    'binding' in conflict && conflict.certainty === 'certain'
      ? []
      : [row('because', describeConflict(conflict), paper)];
  return [...intro, ...holderRows(conflict, paper), ...adviceRows(conflict, paper)];
}
