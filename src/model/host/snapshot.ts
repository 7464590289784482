import type { Binding } from './binding.ts';

/** The sources of a snapshot. */
export type SourceName = 'engine' | 'processes' | 'kernel' | 'services' | 'probe' | 'files';

/**
 * The result of reading a source.
 * - `read`: it was read completely.
 * - `absent`: this host does not have it (no engine installed or running, another platform).
 * - `gap`: it exists but could not be read, so it is not evidence that a port is free.
 */
export interface Source {
  readonly name: SourceName;
  readonly status: 'read' | 'absent' | 'gap';
  /** One line about the data that was read, or the reason why it was not. */
  readonly detail: string;
  readonly hint?: string | undefined;
}

/** The bindings of this host at one moment, and the sources they come from. */
export interface Snapshot {
  readonly bindings: readonly Binding[];
  readonly sources: readonly Source[];
  /** Unknown facts that do not change the verdict. */
  readonly notes: readonly string[];
}

/** Returns whether a source exists that could not be read. */
export function hasGap({ sources }: Pick<Snapshot, 'sources'>): boolean {
  return sources.some(({ status }) => status === 'gap');
}

/** Returns the sources that exist but could not be read. */
export function gapsOf(snapshot: Pick<Snapshot, 'sources'>): readonly Source[] {
  return snapshot.sources.filter(({ status }) => status === 'gap');
}
