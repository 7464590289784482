import { PortplanError } from '../../errors.ts';
import type { PublishFault } from '../../model/ports/parse-publish.ts';
import { locationOf, type Place } from '../yaml/source.ts';

/** What an item of `ports` may be refused for; the `reason` of the error. */
export type PortFault =
  | PublishFault
  | 'invalid-type'
  | 'invalid-target'
  | 'missing-target'
  | 'unknown-field';

/** The error for an item of `ports` that is none. */
export function portFault(
  place: Place,
  reason: PortFault,
  why: string,
  hint = 'expected text such as "8080:80", or a mapping such as {target: 80, published: 8080}',
): PortplanError {
  const location = locationOf(place);
  return new PortplanError('invalid-publish', `invalid port: ${why}`, { reason, hint, location });
}
