import {
  type Conflict,
  conflictLocation,
  isFailure,
  publishOf,
} from '../../model/findings/conflict.ts';
import { describeConflict, wantedText } from '../../model/findings/describe-conflict.ts';
import type { CheckReport } from '../../model/findings/report.ts';
import { hasGap } from '../../model/host/snapshot.ts';
import type { Publish } from '../../model/ports/publish.ts';
import { safeText } from '../../model/text/safe-text.ts';
import { adviceRows, holderRows, row, verdictOf } from '../../output/rows.ts';
import type { Style } from '../../output/style.ts';
import type { TextOptions } from '../../output/table.ts';
import { renderFileFindings } from './text-findings.ts';
import { renderSummary } from './text-summary.ts';

/**
 * The answer for people. Findings in files come first, the failures before the warnings, each with an excerpt; then a
 * line for each publish of the command line, with what stands in its way below it; then a line that sums it up.
 * Publishes of files that are free are in the sum alone.
 */
export function renderCheck(report: CheckReport, paper: TextOptions): string {
  const located = report.conflicts.filter((conflict) => conflictLocation(conflict) !== undefined);
  const others = report.conflicts.filter((conflict) => conflictLocation(conflict) === undefined);
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
    .filter((conflict) => publishOf(conflict) === undefined)
    .map((conflict) => hostBlock(conflict, paper));
  const summary = renderSummary(report, paper);
  return [...renderFileFindings(located, paper), [...asked, ...host, summary].join('\n')].join(
    '\n\n',
  );
}

function groupConflicts(conflicts: readonly Conflict[]): ReadonlyMap<Publish, readonly Conflict[]> {
  const groups = new Map<Publish, Conflict[]>();
  for (const conflict of conflicts) {
    const publish = publishOf(conflict);
    if (publish !== undefined) groups.set(publish, [...(groups.get(publish) ?? []), conflict]);
  }
  return groups;
}

function publishBlock(
  publish: Publish,
  seen: Pick<CheckReport, 'conflicts' | 'sources'>,
  paper: TextOptions,
): string {
  const { style } = paper;
  const { conflicts } = seen;
  const verdict = publishVerdict(seen, style);
  const lines = [`${verdict}  ${style.bold(wantedText(publish))}`];
  for (const conflict of conflicts) lines.push(...details(conflict, paper));
  return lines.join('\n');
}

/** What was not seen is not free. */
function publishVerdict(
  { conflicts, sources }: Pick<CheckReport, 'conflicts' | 'sources'>,
  style: Style,
): string {
  if (conflicts.some(isFailure)) return style.error('conflict');
  if (conflicts.length > 0) return style.warning('warning ');
  return hasGap({ sources }) ? style.warning('unknown ') : style.success('free    ');
}

function hostBlock(conflict: Conflict, paper: TextOptions): string {
  const { word, paint } = verdictOf(conflict, paper.style);
  return [
    `${paint(word)}  ${paper.style.bold(safeText(describeConflict(conflict)))}`,
    ...adviceRows(conflict, paper),
  ].join('\n');
}

function details(conflict: Conflict, paper: TextOptions): readonly string[] {
  const intro =
    'binding' in conflict && conflict.certainty === 'certain'
      ? []
      : [row('reason', describeConflict(conflict), paper)];
  return [...intro, ...holderRows(conflict, paper), ...adviceRows(conflict, paper)];
}
