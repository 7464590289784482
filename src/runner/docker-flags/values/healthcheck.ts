import type { Healthcheck } from '../create-body.ts';
import { flagConflict, invalidFlag } from '../flag-error.ts';
import type { FlagValues } from '../flag-values.ts';

/**
 * The health check of `--health-…`, or the one that turns the image's off. Nothing: the image's own.
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
    throw invalidFlag('health-retries', `${check.Retries}`, 'it cannot be negative');
  }
  const given = Object.values(check).some((value) => value !== undefined && value !== 0);
  if (!flags.boolean('no-healthcheck')) return given ? check : undefined;
  if (given) throw flagConflict('--no-healthcheck does not go with --health-… flags');
  return { Test: ['NONE'] };
}
