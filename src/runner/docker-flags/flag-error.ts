import { PortplanError } from '../../errors.ts';
import type { FlagName } from './flag-table.ts';

/** A value that a flag does not take: `--memory "12x": not a size`. The hint says what is expected. */
export function invalidFlag(
  flag: FlagName,
  value: string,
  why: string,
  hint?: string,
): PortplanError {
  return new PortplanError('invalid-usage', `--${flag} "${value}": ${why}`, { hint });
}

/** Two flags, or a flag and a value, that exclude each other. */
export function flagConflict(why: string, hint?: string): PortplanError {
  return new PortplanError('invalid-usage', why, { hint });
}
