import { PortplanError } from '../../errors.ts';
import { locationOf, type Place } from '../yaml/source.ts';

/** Runs a step; an expected failure that has no place in a file yet gets this one. */
export function locatedAt<Result>(place: Place, step: () => Result): Result {
  try {
    return step();
  } catch (error) {
    if (!(error instanceof PortplanError) || error.location !== undefined) throw error;
    const { code, message, reason, hint } = error;
    const location = locationOf(place);
    throw new PortplanError(code, message, { reason, hint, location, cause: error });
  }
}
