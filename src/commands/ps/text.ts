import { describeConflict } from '../../model/findings/describe-conflict.ts';
import { summarizeHolder } from '../../model/findings/describe-holder.ts';
import type { PsReport } from '../../model/findings/report.ts';
import type { Binding } from '../../model/host/binding.ts';
import { anyAddress, anyIPv4, anyIPv6 } from '../../model/ports/address.ts';
import { safeText } from '../../model/text/safe-text.ts';
import { renderTable, type TextOptions } from '../../output/table.ts';

/** Returns the bindings of a host as a table, followed by the findings. */
export function renderPs(report: PsReport, options: TextOptions): string {
  const table = renderBindings(report, options);
  const findings = report.conflicts.map((conflict) => {
    const remedy = conflict.remedy?.command;
    const how = remedy === undefined ? '' : ` (${safeText(remedy)})`;
    return `${options.style.warning('warning')}: ${safeText(describeConflict(conflict))}${how}`;
  });
  return findings.length === 0 ? table : [table, '', ...findings].join('\n');
}

function renderBindings({ bindings }: PsReport, options: TextOptions): string {
  if (bindings.length === 0) return 'no host port is in use';
  const rows = mergeFamilies(bindings).map((binding) => {
    const { port, protocol, address, state } = binding;
    return [`${port}/${protocol}`, address, state, summarizeHolder(binding)];
  });
  return renderTable(['PORT', 'ADDRESS', 'STATE', 'HELD BY'], rows, options);
}

/** Merges the two bindings (one per address family) of a publish without an address. */
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
