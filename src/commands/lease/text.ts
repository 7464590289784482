import type { LeaseEntry, LeaseReport } from '../../model/findings/report.ts';
import { anyAddress, formatAddressPort } from '../../model/ports/address.ts';
import { renderTable, type TextOptions } from '../../output/table.ts';

/** What is said when there is nothing to show. */
const nothing: Readonly<Record<LeaseReport['action'], string>> = {
  ls: 'no port is remembered',
  pin: 'nothing was pinned',
  release: 'no port was remembered',
  gc: 'every remembered port is in use',
};

/** What has happened to the ports in the table. */
const past: Readonly<Record<LeaseReport['action'], string | undefined>> = {
  ls: undefined,
  pin: 'pinned:',
  release: 'given back:',
  gc: 'given back:',
};

const staleness: Readonly<Record<NonNullable<LeaseEntry['stale']>, string>> = {
  'directory-gone': 'its folder is gone',
  unused: 'not used for 90 days',
};

/** The ports that are remembered, as a table. */
export function renderLeases({ action, done, leases }: LeaseReport, paper: TextOptions): string {
  if (leases.length === 0) return nothing[action];
  const title = done ? past[action] : 'not needed any more; --yes gives them back:';
  const table = renderTable(
    ['PORT', 'FOR', 'PROJECT', 'USED', 'FOLDER'],
    leases.map((lease) => [
      ownerText(lease),
      serviceOf(lease),
      lease.project,
      `${lease.usedAt.slice(0, 10)}${lease.pinned ? ', pinned' : ''}${lease.stale ? `, ${staleness[lease.stale]}` : ''}`,
      lease.directory,
    ]),
    paper,
  );
  return action === 'ls' || title === undefined ? table : `${title}\n${table}`;
}

function ownerText({ address, port, protocol }: LeaseEntry): string {
  return `${address === anyAddress ? port : formatAddressPort(address, port)}/${protocol}`;
}

/** `web 80`, `web 80 (2)` for the second entry that is alike, `80` for a publish that was named alone. */
function serviceOf({ service, target, entry, replica }: LeaseEntry): string {
  const which = entry === 1 && replica === 1 ? '' : ` (${[entry, replica].join('.')})`;
  return `${service === '' ? '' : `${service} `}${target}${which}`;
}
