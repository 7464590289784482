import { PortplanError } from '../../errors.ts';
import type { PublishFault } from '../../model/ports/parse-publish.ts';
import { type SourcePosition, toLocation } from '../yaml/source.ts';

/** What an item of `ports` may be refused for; the `reason` of the error. */
export type PortRuleCode =
  | PublishFault
  | 'invalid-type'
  | 'invalid-target'
  | 'missing-target'
  | 'unknown-field';

/** The error for an item of `ports` that is none. */
export function portRuleError(
  position: SourcePosition,
  reason: PortRuleCode,
  why: string,
  hint = 'expected text such as "8080:80", or a mapping such as {target: 80, published: 8080}',
): PortplanError {
  const location = toLocation(position);
  return new PortplanError('invalid-publish', `invalid port: ${why}`, { reason, hint, location });
}

/** Runs a step; an expected failure that has no place in a file yet gets this one. */
export function atPosition<Result>(position: SourcePosition, step: () => Result): Result {
  try {
    return step();
  } catch (error) {
    if (!(error instanceof PortplanError) || error.location !== undefined) throw error;
    const { code, message, reason, hint } = error;
    const location = toLocation(position);
    throw new PortplanError(code, message, { reason, hint, location, cause: error });
  }
}
