import type { Binding } from './binding.ts';

/** What was asked for the state of the host. */
export type SourceName = 'engine' | 'processes' | 'kernel' | 'services' | 'probe' | 'files';

/**
 * How reading a source went.
 * - `read`: all of it was seen.
 * - `absent`: there is nothing to ask on this host (no engine installed or running, another platform).
 * - `gap`: there is something that could not be seen, so nothing may be called free because of it.
 */
export interface Source {
  readonly name: SourceName;
  readonly status: 'read' | 'absent' | 'gap';
  /** One line: what was read, or why not. */
  readonly detail: string;
  readonly hint?: string | undefined;
}

/** The bindings of this host at one moment, and what could and could not be seen. */
export interface Snapshot {
  readonly bindings: readonly Binding[];
  readonly sources: readonly Source[];
  /** What stayed unknown without touching the verdict. */
  readonly notes: readonly string[];
}

/** Whether anything that is there could not be seen. */
export function hasGap({ sources }: Pick<Snapshot, 'sources'>): boolean {
  return sources.some(({ status }) => status === 'gap');
}

/** The sources that could not be seen, though they are there. */
export function gapsOf(snapshot: Pick<Snapshot, 'sources'>): readonly Source[] {
  return snapshot.sources.filter(({ status }) => status === 'gap');
}
