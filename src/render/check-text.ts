import { formatAddressPort } from '../model/address.ts';
import { type Conflict, isFailure } from '../model/conflict.ts';
import { describeConflict, wantedText } from '../model/describe-conflict.ts';
import { describeHolder } from '../model/describe-holder.ts';
import type { Publish } from '../model/publish.ts';
import type { CheckReport } from '../model/report.ts';
import { safeText, shorten } from '../model/safe-text.ts';
import type { Paper } from './table.ts';

const verdictWidth = 'conflict  '.length;
const labelWidth = 'free instead  '.length;
/** No more of a command line is worth reading in a pipe. */
const longestLine = 200;

/** The answer for people: a line a publish, with what stands in its way below it, and a line that sums it up. */
export function renderCheck(report: CheckReport, paper: Paper): string {
  const byPublish = groupConflicts(report.conflicts);
  const publishes = report.publishes.map((publish) =>
    publishBlock(publish, byPublish.get(publish) ?? [], paper),
  );
  const others = report.conflicts
    .filter((conflict) => !('publish' in conflict))
    .map((conflict) => hostBlock(conflict, paper));
  return [...publishes, ...others, summary(report, paper)].join('\n');
}

function groupConflicts(conflicts: readonly Conflict[]): ReadonlyMap<Publish, readonly Conflict[]> {
  const groups = new Map<Publish, Conflict[]>();
  for (const conflict of conflicts) {
    if (!('publish' in conflict)) continue;
    groups.set(conflict.publish, [...(groups.get(conflict.publish) ?? []), conflict]);
  }
  return groups;
}

function publishBlock(publish: Publish, conflicts: readonly Conflict[], paper: Paper): string {
  const { style } = paper;
  const failed = conflicts.some(isFailure);
  const verdict = failed
    ? style.bad('conflict')
    : conflicts.length > 0
      ? style.doubtful('warning ')
      : style.good('free    ');
  const lines = [`${verdict}  ${style.strong(wantedText(publish))}`];
  for (const conflict of conflicts) lines.push(...details(conflict, paper));
  return lines.join('\n');
}

function hostBlock(conflict: Conflict, paper: Paper): string {
  const verdict = isFailure(conflict)
    ? paper.style.bad('conflict')
    : paper.style.doubtful('warning ');
  return [
    `${verdict}  ${paper.style.strong(safeText(describeConflict(conflict)))}`,
    ...remedyLines(conflict, paper),
  ].join('\n');
}

function details(conflict: Conflict, paper: Paper): readonly string[] {
  const holders =
    'binding' in conflict ? [conflict.binding] : 'bindings' in conflict ? conflict.bindings : [];
  const shown = holders.slice(0, 3);
  const more =
    holders.length > shown.length
      ? [row('', `and ${holders.length - shown.length} more`, paper)]
      : [];
  const label =
    conflict.code === 'port-claimed'
      ? 'claimed by'
      : conflict.certainty === 'possible'
        ? 'perhaps'
        : 'held by';
  const intro =
    'binding' in conflict && conflict.certainty === 'certain'
      ? []
      : [row('because', describeConflict(conflict), paper)];
  return [
    ...intro,
    ...shown.flatMap((binding) =>
      describeHolder(binding).map((line, index) => row(index === 0 ? label : '', line, paper)),
    ),
    ...more,
    ...remedyLines(conflict, paper),
    ...suggestionLines(conflict, paper),
  ];
}

function remedyLines(conflict: Conflict, paper: Paper): readonly string[] {
  const { remedy } = conflict;
  if (remedy === undefined) return [];
  if (remedy.command === undefined) return [row('to free it', remedy.text, paper)];
  const command = row('to free it', remedy.command, paper);
  return isPlain(conflict)
    ? [command]
    : [command, row('', `(${remedy.text})`, paper, paper.style.faint)];
}

/** Whether the command alone says enough: it stops whoever holds the port. */
function isPlain(conflict: Conflict): boolean {
  return conflict.code === 'port-in-use' && conflict.binding.holder.kind !== 'unseen';
}

function suggestionLines(conflict: Conflict, paper: Paper): readonly string[] {
  const { suggestion } = conflict;
  if (suggestion === undefined) return [];
  const { address, port } = suggestion;
  return [
    row('free instead', address === '*' ? `${port}` : formatAddressPort(address, port), paper),
  ];
}

function row(
  label: string,
  text: string,
  { width }: Paper,
  paint: (text: string) => string = (line) => line,
): string {
  const room = width === undefined ? longestLine : Math.max(30, width - verdictWidth - labelWidth);
  const [first = '', ...others] = wrap(safeText(text), room).map(paint);
  const indent = ' '.repeat(verdictWidth + labelWidth);
  return [
    `${' '.repeat(verdictWidth)}${label.padEnd(labelWidth)}${first}`,
    ...others.map((line) => indent + line),
  ].join('\n');
}

/** At most three lines, broken at blanks. */
function wrap(text: string, room: number): readonly string[] {
  const lines: string[] = [];
  let rest = text;
  while (rest.length > room && lines.length < 2) {
    const at = rest.lastIndexOf(' ', room);
    const end = at > room / 2 ? at : room;
    lines.push(rest.slice(0, end));
    rest = rest.slice(end).trimStart();
  }
  return [...lines, shorten(rest, room)];
}

function summary(
  { publishes, conflicts, verdict, sources }: CheckReport,
  { style }: Paper,
): string {
  const failed = new Set(
    conflicts
      .filter(isFailure)
      .map((conflict) => ('publish' in conflict ? conflict.publish : conflict)),
  ).size;
  const warnings = conflicts.filter((conflict) => !isFailure(conflict)).length;
  const asked = publishes.length === 0 ? '' : ` in ${count(publishes.length, 'port')}`;
  const warned = warnings === 0 ? '' : `, ${count(warnings, 'warning')}`;
  if (verdict === 'conflict') return style.bad(`${count(failed, 'conflict')}${asked}${warned}`);
  if (verdict === 'unknown') {
    const gaps = sources.filter(({ status }) => status === 'gap').map(({ name }) => name);
    return style.doubtful(
      `no conflict seen${asked}, but not everything could be seen: ${gaps.join(', ')}${warned}`,
    );
  }
  if (publishes.length === 0)
    return warnings === 0
      ? style.good('nothing wrong with the ports of this host')
      : style.doubtful(count(warnings, 'warning'));
  return style.good(
    `${publishes.length === 1 ? 'it is' : `all ${publishes.length} are`} free${warned}`,
  );
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
