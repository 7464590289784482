import type { Healthcheck } from '../create-body.ts';
import { flagConflict, invalidFlag } from '../flag-error.ts';
import type { FlagValues } from '../flag-values.ts';

/**
 * Returns the health check of `--health-…`, or the one that disables the image's; `undefined` keeps the image's.
 * @throws PortplanError `invalid-usage`
 */
export function toHealthcheck(flags: FlagValues): Healthcheck | undefined {
  const command = flags.text('health-cmd') || undefined;
  const check: Healthcheck = {
    Test: command === undefined ? undefined : ['CMD-SHELL', command],
    Interval: flags.duration('health-interval'),
    Timeout: flags.duration('health-timeout'),
    StartPeriod: flags.duration('health-start-period'),
    StartInterval: flags.duration('health-start-interval'),
    Retries: flags.integer('health-retries'),
  };
  if (check.Retries !== undefined && check.Retries < 0) {
    throw invalidFlag('health-retries', `${check.Retries}`, 'must not be negative');
  }
  const isSet = Object.values(check).some((value) => value !== undefined && value !== 0);
  if (!flags.boolean('no-healthcheck')) return isSet ? check : undefined;
  if (isSet) throw flagConflict('--no-healthcheck cannot be combined with --health-… flags');
  return { Test: ['NONE'] };
}
