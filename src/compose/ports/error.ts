import { PortplanError } from '../../errors.ts';
import type { PublishErrorReason } from '../../model/ports/parse-publish.ts';
import { type SourcePosition, toLocation } from '../yaml/source.ts';

/** Why an item of `ports` is invalid: the `reason` of the `invalid-publish` error. */
export type PortRuleCode =
  | PublishErrorReason
  | 'invalid-type'
  | 'invalid-target'
  | 'missing-target'
  | 'unknown-field';

/** Returns the `invalid-publish` error for an item of `ports`, located at `position`. */
export function portRuleError(
  position: SourcePosition,
  reason: PortRuleCode,
  detail: string,
  hint = 'write a string such as "8080:80" or a mapping such as {target: 80, published: 8080}',
): PortplanError {
  const location = toLocation(position);
  return new PortplanError('invalid-publish', `invalid port: ${detail}`, {
    reason,
    hint,
    location,
  });
}

/**
 * Runs a step and returns its result.
 * @throws PortplanError of the step, located at `position` if it has no location yet.
 */
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
