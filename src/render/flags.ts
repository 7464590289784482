import { anyAddress, formatAddressPort } from '../model/address.ts';
import type { Assignment } from '../model/plan.ts';
import type { PlanReport } from '../model/report.ts';

/** The plan as flags of `docker run`, for `docker run $(…)`; nothing at all when a publish has no port. */
export function renderFlags({
  assignments,
  conflicts,
}: Pick<PlanReport, 'assignments' | 'conflicts'>): string {
  if (conflicts.some(({ severity }) => severity === 'error')) return '';
  return `${assignments.map(toFlag).join(' ')}\n`;
}

/** `-p 127.0.0.1:8080:80`. */
export function toFlag({ publish, address, port }: Assignment): string {
  const host = address === anyAddress ? `${port}` : formatAddressPort(address, port);
  const suffix = publish.protocol === 'tcp' ? '' : `/${publish.protocol}`;
  return `-p ${host}:${publish.target}${suffix}`;
}
