import type { Assignment } from '../findings/plan.ts';
import type { Origin } from './publish.ts';

/** An environment variable with the host port of a service. */
export interface PortVariable {
  /** `PORTPLAN_API_3000`: the service and its container port; a second one for the same port ends in `_2`. */
  readonly name: string;
  readonly value: string;
}

/**
 * Returns the host ports of a plan as environment variables. A Compose file can use them, as in
 * `${PORTPLAN_API_3000:-3000}`, to pass the port of an API to its front end.
 */
export function portVariables(assignments: readonly Assignment[]): readonly PortVariable[] {
  const counts = new Map<string, number>();
  return assignments.map(({ publish: { origin, target, protocol }, port }) => {
    const words = ['PORTPLAN', ownerOf(origin), `${target}`, protocol === 'tcp' ? '' : protocol];
    const name = words
      .filter((word) => word !== '')
      .join('_')
      .toUpperCase()
      .replace(/[^A-Z0-9]/g, '_');
    const count = (counts.get(name) ?? 0) + 1;
    counts.set(name, count);
    return { name: count === 1 ? name : `${name}_${count}`, value: `${port}` };
  });
}

function ownerOf(origin: Origin): string {
  switch (origin.kind) {
    case 'compose':
      return origin.service;
    case 'image':
      return origin.image.replace(/^.*\//, '').replace(/[:@].*$/, '');
    case 'argument':
      return '';
    default:
      return origin satisfies never;
  }
}
