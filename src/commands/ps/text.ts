import { describeConflict } from '../../model/findings/describe-conflict.ts';
import { summarizeHolder } from '../../model/findings/describe-holder.ts';
import type { ImagesReport, PsReport, Report, RunReport } from '../../model/findings/report.ts';
import type { Binding } from '../../model/host/binding.ts';
import { anyAddress, anyIPv4, anyIPv6 } from '../../model/ports/address.ts';
import { safeText } from '../../model/text/safe-text.ts';
import { renderTable, type TextOptions } from '../../output/table.ts';
import { renderCheck } from '../check/text.ts';
import { renderExplanation } from '../explain/text.ts';
import { renderLeases } from '../lease/text.ts';
import { formatEndpoint, renderPlan } from '../plan/text.ts';
import { renderServicePorts } from '../port/text.ts';
import { renderStart } from '../start/text.ts';
import { renderStop } from '../stop/text.ts';
import { renderUp } from '../up/text.ts';

/** A report for people. */
export function renderText(report: Report, paper: TextOptions): string {
  switch (report.command) {
    case 'check':
      return renderCheck(report, paper);
    case 'ps':
      return renderPs(report, paper);
    case 'plan':
      return renderPlan(report, paper);
    case 'images':
      return renderImages(report, paper);
    case 'run':
      return renderRun(report);
    case 'up':
      return renderUp(report, paper);
    case 'port':
    case 'url':
      return renderServicePorts(report);
    case 'explain':
      return renderExplanation(report, paper);
    case 'start':
      return renderStart(report, paper);
    case 'stop':
      return renderStop(report, paper);
    case 'lease':
      return renderLeases(report, paper);
    default:
      return report satisfies never;
  }
}

function renderPs(report: PsReport, paper: TextOptions): string {
  const table = renderBindings(report, paper);
  const findings = report.conflicts.map((conflict) => {
    const remedy = conflict.remedy?.command;
    const how = remedy === undefined ? '' : ` (${safeText(remedy)})`;
    return `${paper.style.warning('warning')}: ${safeText(describeConflict(conflict))}${how}`;
  });
  return findings.length === 0 ? table : [table, '', ...findings].join('\n');
}

function renderBindings({ bindings }: PsReport, paper: TextOptions): string {
  if (bindings.length === 0) return 'no host port is taken';
  const rows = mergeFamilies(bindings).map((binding) => {
    const { port, protocol, address, state } = binding;
    return [`${port}/${protocol}`, address, state, summarizeHolder(binding)];
  });
  return renderTable(['PORT', 'ADDRESS', 'STATE', 'HELD BY'], rows, paper);
}

/** A publish without an address is two bindings, one of each family, and one line. */
function mergeFamilies(bindings: readonly Binding[]): readonly Binding[] {
  const merged = new Map<string, Binding>();
  for (const binding of bindings) {
    const { holder, port, protocol, address } = binding;
    const wildcard = address === anyIPv4 || address === anyIPv6;
    const who = 'id' in holder && holder.id ? holder.id : 'pid' in holder ? `${holder.pid}` : '';
    const key = `${port}/${protocol} ${holder.kind} ${who} ${wildcard && who !== '' ? anyAddress : address}`;
    const other = merged.get(key);
    merged.set(
      key,
      other !== undefined && other.address !== address
        ? { ...binding, address: anyAddress }
        : binding,
    );
  }
  return [...merged.values()];
}

function renderImages({ images }: ImagesReport, paper: TextOptions): string {
  if (images.length === 0) return 'no images';
  const rows = images.map(({ names, id, assignments }) => [
    names.join(', ') || id.slice(7, 19),
    assignments
      .map(({ publish: { target, protocol } }) =>
        protocol === 'tcp' ? `${target}` : `${target}/${protocol}`,
      )
      .join(' ') || '-',
    assignments.map(formatEndpoint).join(' ') || '-',
  ]);
  return renderTable(['IMAGE', 'EXPOSES', 'WOULD BE PLANNED'], rows, paper);
}

function renderRun({ container }: RunReport): string {
  return container.id;
}
