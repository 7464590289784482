import type { LeaseEntry, LeaseReport } from '../../model/findings/report.ts';
import { anyAddress, formatAddressPort } from '../../model/ports/address.ts';
import { renderTable, type TextOptions } from '../../output/table.ts';

/** Texts for an empty result. */
const emptyTexts: Readonly<Record<LeaseReport['action'], string>> = {
  ls: 'no leases',
  pin: 'no lease was pinned',
  release: 'no lease was released',
  gc: 'no stale leases',
};

/** Titles of the table after a change. */
const doneTitles: Readonly<Record<LeaseReport['action'], string | undefined>> = {
  ls: undefined,
  pin: 'pinned:',
  release: 'released:',
  gc: 'released:',
};

const staleness: Readonly<Record<NonNullable<LeaseEntry['stale']>, string>> = {
  'directory-gone': 'its folder is gone',
  unused: 'unused for 90 days',
};

/** Returns leases as a table. */
export function renderLeases({ action, done, leases }: LeaseReport, options: TextOptions): string {
  if (leases.length === 0) return emptyTexts[action];
  const title = done ? doneTitles[action] : 'stale leases; to release them, pass --yes:';
  const table = renderTable(
    ['PORT', 'FOR', 'PROJECT', 'USED', 'FOLDER'],
    leases.map((lease) => [
      ownerText(lease),
      serviceOf(lease),
      lease.project,
      `${lease.usedAt.slice(0, 10)}${lease.pinned ? ', pinned' : ''}${lease.stale ? `, ${staleness[lease.stale]}` : ''}`,
      lease.directory,
    ]),
    options,
  );
  return action === 'ls' || title === undefined ? table : `${title}\n${table}`;
}

function ownerText({ address, port, protocol }: LeaseEntry): string {
  return `${address === anyAddress ? port : formatAddressPort(address, port)}/${protocol}`;
}

/** Returns `web 80`, `web 80 (2)` for the second equal entry, `80` without a service. */
function serviceOf({ service, target, entry, replica }: LeaseEntry): string {
  const which = entry === 1 && replica === 1 ? '' : ` (${[entry, replica].join('.')})`;
  return `${service === '' ? '' : `${service} `}${target}${which}`;
}
