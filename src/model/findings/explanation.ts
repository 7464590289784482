import type { Binding } from '../host/binding.ts';
import type { Remedy, Suggestion } from './conflict.ts';
import type { PortError } from './port-error.ts';

/**
 * The state of the port of an error, now.
 * - `held`: a container or program holds it.
 * - `perhaps`: a holder exists that may or may not block it.
 * - `own`: the container that requested it has it now.
 * - `itself`: the container publishes it twice.
 * - `free`: it is free.
 * - `unknown`: it cannot be observed from here.
 * - `unasked`: the error is not about a holder, or names no port.
 */
export type ErrorStatus = 'held' | 'perhaps' | 'own' | 'itself' | 'free' | 'unknown' | 'unasked';

/** Facts that mislead people who look for the cause. */
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

/** An error about ports: its meaning, the state of the port now, and remedies. */
export interface ExplainedError {
  readonly error: PortError;
  /** One or two sentences. */
  readonly meaning: string;
  readonly status: ErrorStatus;
  /** The bindings that hold or claim the port. */
  readonly holders: readonly Binding[];
  /** Best first. */
  readonly remedies: readonly Remedy[];
  readonly pitfalls: readonly Pitfall[];
  /** A free port to use instead. */
  readonly suggestion?: Suggestion | undefined;
}

/** A container that the user named. */
export interface FailedContainer {
  readonly name: string;
  /** The state that the engine reports: created, exited, running, … */
  readonly state: string;
  readonly exitCode?: number | undefined;
  /** The engine's message about its last start; Podman keeps none. */
  readonly error?: string | undefined;
}
