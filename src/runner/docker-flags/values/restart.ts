import type { RestartPolicy } from '../create-body.ts';
import { invalidFlag } from '../flag-error.ts';

/**
 * Parses a value of `--restart`: `no`, `always`, `unless-stopped` or `on-failure[:TIMES]`. Returns `undefined` for the empty
 * string, which leaves the policy to the engine.
 * @throws PortplanError `invalid-usage`
 */
export function parseRestart(text: string): RestartPolicy | undefined {
  if (text === '') return undefined;
  const match = /^(no|always|unless-stopped|on-failure)(?::(\d{0,9}))?$/.exec(text);
  if (match === null) throw invalidFlag('restart', text, 'not a restart policy', hint);
  const [, name = '', times = ''] = match;
  if (times === '' || Number(times) === 0) return { Name: name };
  if (name !== 'on-failure')
    throw invalidFlag('restart', text, `${name} does not accept a number`, hint);
  return { Name: name, MaximumRetryCount: Number(times) };
}

/** Whether the policy restarts the container, which excludes `--rm`. */
export function restarts(policy: RestartPolicy | undefined): boolean {
  return policy !== undefined && policy.Name !== 'no';
}

const hint = 'expected no, always, unless-stopped or on-failure[:TIMES]';
