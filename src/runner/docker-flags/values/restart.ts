import type { RestartPolicy } from '../create-body.ts';
import { invalidFlag } from '../flag-error.ts';

/**
 * Reads a value of `--restart`: `no`, `always`, `unless-stopped` or `on-failure[:TIMES]`. The empty text leaves the
 * policy to the engine.
 * @throws PortplanError `invalid-usage`
 */
export function parseRestart(text: string): RestartPolicy | undefined {
  if (text === '') return undefined;
  const match = /^(no|always|unless-stopped|on-failure)(?::(\d{0,9}))?$/.exec(text);
  if (match === null) throw invalidFlag('restart', text, 'not a restart policy', hint);
  const [, name = '', times = ''] = match;
  if (times === '' || Number(times) === 0) return { Name: name };
  if (name !== 'on-failure') throw invalidFlag('restart', text, `${name} takes no number`, hint);
  return { Name: name, MaximumRetryCount: Number(times) };
}

/** Whether the engine would start the container again, so that it cannot be removed on exit. */
export function restarts(policy: RestartPolicy | undefined): boolean {
  return policy !== undefined && policy.Name !== 'no';
}

const hint = 'expected no, always, unless-stopped or on-failure[:TIMES]';
