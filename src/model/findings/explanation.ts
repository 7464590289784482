import type { Binding } from '../host/binding.ts';
import type { Remedy, Suggestion } from './conflict.ts';
import type { PortError } from './port-error.ts';

/**
 * How it stands now with the port of an error.
 * - `held`: somebody has it.
 * - `perhaps`: somebody has or claims it who may or may not be in the way.
 * - `own`: the container that wanted it has it by now.
 * - `itself`: the container asks for it twice.
 * - `free`: nobody has it.
 * - `unknown`: it cannot be seen from here.
 * - `unasked`: the error is not about who has a port, or does not say which.
 */
export type ErrorStatus = 'held' | 'perhaps' | 'own' | 'itself' | 'free' | 'unknown' | 'unasked';

/** What leads people astray who look for the reason. */
export type PitfallCode =
  | 'airplay'
  | 'excluded-ranges'
  | 'privileged-ports'
  | 'address-not-local'
  | 'stale-allocation'
  | 'swarm-service'
  | 'outgoing-connection'
  | 'virtual-machine'
  | 'other-host'
  | 'wsl'
  | 'published-twice'
  | 'leftover-container'
  | 'replicas'
  | 'inside-container';

export interface Pitfall {
  readonly code: PitfallCode;
  readonly text: string;
  readonly command?: string | undefined;
}

/** An error about ports, what it means, how the port stands now, and what to do. */
export interface ExplainedError {
  readonly error: PortError;
  /** In plain words. */
  readonly meaning: string;
  readonly status: ErrorStatus;
  /** Who has the port, or claims it. */
  readonly holders: readonly Binding[];
  /** The best first. */
  readonly remedies: readonly Remedy[];
  readonly pitfalls: readonly Pitfall[];
  /** A port that is free instead. */
  readonly suggestion?: Suggestion | undefined;
}

/** A container that was asked about by its name. */
export interface FailedContainer {
  readonly name: string;
  /** The engine's word: created, exited, running, … */
  readonly state: string;
  readonly exitCode?: number | undefined;
  /** The engine's words about its last start; podman keeps none. */
  readonly error?: string | undefined;
}
