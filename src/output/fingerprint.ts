import { createHash } from 'node:crypto';
import { type Conflict, conflictLocation, publishOf } from '../model/findings/conflict.ts';
import type { Binding } from '../model/host/binding.ts';
import { formatPublish, type Publish } from '../model/ports/publish.ts';

/**
 * Returns a unique ID for each finding: 32 hexadecimal digits. It stays the same when lines move and when containers and
 * processes restart.
 * @param pathOf returns the path of a file, independent of the machine
 */
export function findingIds(
  conflicts: readonly Conflict[],
  pathOf: (file: string) => string,
): readonly string[] {
  const seen = new Map<string, number>();
  return conflicts.map((conflict) => {
    const identity = JSON.stringify(identityOf(conflict, pathOf));
    const count = seen.get(identity) ?? 0;
    seen.set(identity, count + 1);
    return hash(count === 0 ? identity : `${identity} ${count}`);
  });
}

/** Returns the first 128 bits of the SHA-256 of a text, in hexadecimal digits. */
export function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 32);
}

function identityOf(conflict: Conflict, pathOf: (file: string) => string): readonly unknown[] {
  const location = conflictLocation(conflict);
  const publish = publishOf(conflict);
  return [
    conflict.code,
    location && pathOf(location.file),
    publish && publishIdentity(publish, pathOf),
    conflict.code === 'published-twice' ? publishIdentity(conflict.other, pathOf) : undefined,
    'binding' in conflict ? holderIdentity(conflict.binding) : undefined,
    'message' in conflict ? conflict.message : undefined,
  ];
}

function publishIdentity(publish: Publish, pathOf: (file: string) => string): readonly unknown[] {
  const { origin } = publish;
  const text = formatPublish(publish);
  if (origin.kind !== 'compose') return [text];
  return [text, pathOf(origin.location.file), origin.project, origin.service];
}

/** Returns the holder without IDs and PIDs, which change with every start. */
function holderIdentity({ holder }: Binding): readonly unknown[] {
  const name = 'name' in holder ? holder.name : undefined;
  return holder.kind === 'container'
    ? [holder.kind, holder.project ?? name, holder.service]
    : [holder.kind, name];
}
