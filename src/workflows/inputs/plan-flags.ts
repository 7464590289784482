import { PortplanError } from '../../errors.ts';
import { toHostAddress } from '../../model/ports/address.ts';
import { isPort, type PortRange } from '../../model/ports/port.ts';
import type { PlanOptions } from '../../planner/options.ts';

/** The planning flags, as text. */
export interface PlanningFlags {
  readonly hostIp?: string | undefined;
  readonly range?: string | undefined;
  readonly avoid?: readonly string[] | undefined;
  /** `ask` without a terminal acts as `fail`. */
  readonly onConflict?: 'next' | 'fail' | 'ask' | undefined;
}

/** Reads `--range`, `--avoid` and `--on-conflict`. @throws PortplanError `invalid-usage` */
export function toPlanOptions({ range, avoid = [], onConflict }: PlanningFlags): PlanOptions {
  return {
    range: range === undefined ? undefined : parseRange('--range', range),
    avoid: avoid
      .flatMap((text) => text.split(','))
      .map((text) => parseRange('--avoid', text.trim())),
    onConflict: onConflict === 'ask' ? 'fail' : onConflict,
  };
}

/** Checks `--host-ip`. @throws PortplanError `invalid-usage` */
export function toHostIp(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  try {
    return toHostAddress(text) === '*' ? '' : text;
  } catch (cause) {
    throw new PortplanError('invalid-usage', `--host-ip: "${text}" is not an IP address`, {
      hint: 'expected an address such as 127.0.0.1, 0.0.0.0 or ::1',
      cause,
    });
  }
}

function parseRange(flag: string, text: string): PortRange {
  const [, first, last = first] = /^(\d+)(?:-(\d+))?$/.exec(text) ?? [];
  const range = { first: Number(first), last: Number(last) };
  if (isPort(range.first) && isPort(range.last) && range.first <= range.last) {
    return { first: range.first, last: range.last };
  }
  throw new PortplanError('invalid-usage', `${flag}: "${text}" is not a port range`, {
    hint: 'expected two ports such as 9000-9999',
  });
}
