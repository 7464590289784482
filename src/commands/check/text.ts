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
 * Renders the report as text. Findings in files come first, failures before warnings, each with an excerpt; then one
 * line per publish of the command line, followed by its conflicts; then a summary line. Free publishes of files are
 * only counted in the summary.
 */
export function renderCheck(report: CheckReport, options: TextOptions): string {
  const located = report.conflicts.filter((conflict) => conflictLocation(conflict) !== undefined);
  const others = report.conflicts.filter((conflict) => conflictLocation(conflict) === undefined);
  const byPublish = groupConflicts(others);
  const targets = report.publishes
    .filter(({ origin }) => origin.kind !== 'compose')
    .map((publish) =>
      publishBlock(
        publish,
        { conflicts: byPublish.get(publish) ?? [], sources: report.sources },
        options,
      ),
    );
  const host = others
    .filter((conflict) => publishOf(conflict) === undefined)
    .map((conflict) => hostBlock(conflict, options));
  const summary = renderSummary(report, options);
  return [...renderFileFindings(located, options), [...targets, ...host, summary].join('\n')].join(
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
  state: Pick<CheckReport, 'conflicts' | 'sources'>,
  options: TextOptions,
): string {
  const { style } = options;
  const { conflicts } = state;
  const verdict = publishVerdict(state, style);
  const lines = [`${verdict}  ${style.bold(wantedText(publish))}`];
  for (const conflict of conflicts) lines.push(...details(conflict, options));
  return lines.join('\n');
}

/** A port is `free` only if no source has a gap. */
function publishVerdict(
  { conflicts, sources }: Pick<CheckReport, 'conflicts' | 'sources'>,
  style: Style,
): string {
  if (conflicts.some(isFailure)) return style.error('conflict');
  if (conflicts.length > 0) return style.warning('warning ');
  return hasGap({ sources }) ? style.warning('unknown ') : style.success('free    ');
}

function hostBlock(conflict: Conflict, options: TextOptions): string {
  const { word, paint } = verdictOf(conflict, options.style);
  return [
    `${paint(word)}  ${options.style.bold(safeText(describeConflict(conflict)))}`,
    ...adviceRows(conflict, options),
  ].join('\n');
}

function details(conflict: Conflict, options: TextOptions): readonly string[] {
  const intro =
    'binding' in conflict && conflict.certainty === 'certain'
      ? []
      : [row('reason', describeConflict(conflict), options)];
  return [...intro, ...holderRows(conflict, options), ...adviceRows(conflict, options)];
}
