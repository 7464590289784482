import { PortplanError } from '../../errors.ts';
import type { FlagName } from './flag-table.ts';

/** Returns the error for an invalid value: `--memory "12x": not a size`. The hint says what is expected. */
export function invalidFlag(
  flag: FlagName,
  value: string,
  problem: string,
  hint?: string,
): PortplanError {
  return new PortplanError('invalid-usage', `--${flag} "${value}": ${problem}`, { hint });
}

/** Returns the error for two flags, or a flag and a value, that exclude each other. */
export function flagConflict(problem: string, hint?: string): PortplanError {
  return new PortplanError('invalid-usage', problem, { hint });
}
