import type { Publish } from '../model/ports/publish.ts';
import type { LeaseKey } from './lease.ts';

/** The checkout that leases are for. */
export type LeaseOwner = Pick<LeaseKey, 'directory' | 'project'>;

/**
 * Returns the key of each publish, in order. Equal publishes are numbered by their order, so the list must have all
 * publishes of a service in the order of its file.
 */
export function leaseKeysOf(
  publishes: readonly Publish[],
  { directory, project }: LeaseOwner,
): readonly LeaseKey[] {
  const seen = new Map<string, number>();
  return publishes.map((publish) => {
    const { target, protocol, address } = publish;
    const service = serviceOf(publish);
    const text = JSON.stringify([service, target, protocol, address]);
    const entry = (seen.get(text) ?? 0) + 1;
    seen.set(text, entry);
    return { directory, project, service, target, protocol, address, entry, replica: 1 };
  });
}

function serviceOf({ origin }: Publish): string {
  switch (origin.kind) {
    case 'compose':
      return origin.service;
    case 'image':
      return origin.image;
    case 'argument':
      return '';
    default:
      return origin satisfies never;
  }
}
