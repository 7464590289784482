import type { HostAddress } from './address.ts';
import type { Binding, Holder } from './binding.ts';
import type { Conflict, Remedy } from './conflict.ts';
import type { Assignment } from './plan.ts';
import type { Port, Protocol } from './port.ts';
import type { Publish } from './publish.ts';
import type { Source } from './snapshot.ts';

/** What every command tells beside its result. */
interface Reported {
  readonly sources: readonly Source[];
  /** What stayed unknown, or is worth knowing, without touching the result. */
  readonly notes: readonly string[];
}

/** `unknown`: nothing stands in the way as far as could be seen, and not everything could. */
export type CheckVerdict = 'clear' | 'conflict' | 'unknown';

export interface CheckedProject {
  readonly name: string;
  readonly directory: string;
  /** Lowest layer first. */
  readonly files: readonly string[];
  /** How many services it has, those of inactive profiles too. */
  readonly services: number;
}

export interface CheckReport extends Reported {
  readonly command: 'check';
  readonly verdict: CheckVerdict;
  /** The compose projects that were checked. */
  readonly projects: readonly CheckedProject[];
  readonly publishes: readonly Publish[];
  readonly conflicts: readonly Conflict[];
}

export interface PsReport extends Reported {
  readonly command: 'ps';
  readonly bindings: readonly Binding[];
  /** Containers that run without their ports, and the like. */
  readonly conflicts: readonly Conflict[];
}

export interface PlanReport extends Reported {
  readonly command: 'plan';
  readonly assignments: readonly Assignment[];
  readonly conflicts: readonly Conflict[];
}

/** A local image and where its ports would go. */
export interface PlannedImage {
  readonly names: readonly string[];
  readonly id: string;
  readonly assignments: readonly Assignment[];
}

export interface ImagesReport extends Reported {
  readonly command: 'images';
  readonly images: readonly PlannedImage[];
}

/** A host port that a started container has. */
export interface OpenPort {
  readonly hostIp: string;
  readonly port: number;
  readonly target: number;
  readonly protocol: string;
  /** For TCP: how to reach it from here. */
  readonly url?: string | undefined;
}

export interface RunReport extends Reported {
  readonly command: 'run';
  readonly container: { readonly id: string; readonly name: string };
  readonly ports: readonly OpenPort[];
}

/**
 * How a start went.
 * - `conflict`: a port is taken; nothing was changed.
 * - `remapped`: it was made anew on other ports.
 * - `failed`: the engine could not start it, for a reason that is not about ports.
 */
export type StartState = 'started' | 'already-running' | 'remapped' | 'conflict' | 'failed';

/** A container that was to be started. */
export interface StartedItem {
  readonly id: string;
  readonly name: string;
  readonly state: StartState;
  /** What is open now. */
  readonly ports: readonly OpenPort[];
  readonly conflicts: readonly Conflict[];
  /** `remapped`: the ports that moved, and why. */
  readonly moved: readonly Assignment[];
  /** `remapped`: the image that holds its files now. */
  readonly image?: string | undefined;
  /** Why it could not be started, or made anew. */
  readonly message?: string | undefined;
  /** What to do next. */
  readonly hint?: string | undefined;
}

export interface StartReport extends Reported {
  readonly command: 'start';
  readonly containers: readonly StartedItem[];
}

/**
 * What became of a container or a port that was to be stopped, or freed.
 * - `free`: nobody holds the port.
 * - `left-alone`: somebody holds the port whom portplan does not end; `remedy` does.
 */
export type StopState = 'stopped' | 'not-running' | 'free' | 'left-alone' | 'failed';

/** A container that was to be stopped, or a holder of a port that was to be freed. */
export interface StoppedItem {
  /** As it was named. */
  readonly target: string;
  readonly state: StopState;
  /** Who it is, and for a port where it is held. */
  readonly binding?: Binding | undefined;
  readonly holder?: Holder | undefined;
  readonly remedy?: Remedy | undefined;
  /** Why the engine could not stop it. */
  readonly message?: string | undefined;
}

export interface StopReport extends Reported {
  readonly command: 'stop';
  readonly items: readonly StoppedItem[];
}

/** A port that is remembered for a project, as `portplan lease` shows it. */
export interface ShownLease {
  readonly directory: string;
  readonly project: string;
  readonly service: string;
  readonly target: number;
  readonly protocol: Protocol;
  readonly address: HostAddress;
  readonly entry: number;
  readonly replica: number;
  readonly port: Port;
  readonly pinned: boolean;
  /** ISO 8601, UTC. */
  readonly createdAt: string;
  readonly usedAt: string;
  /** Why it is probably not needed any more, where that was asked. */
  readonly stale?: 'directory-gone' | 'unused' | undefined;
}

export interface LeaseReport extends Reported {
  readonly command: 'lease';
  readonly action: 'ls' | 'pin' | 'release' | 'gc';
  /** Whether it is done; false where it is only shown. */
  readonly done: boolean;
  /** `ls`: what is remembered; `pin`: what is now; `release`, `gc`: what is given back, or would be. */
  readonly leases: readonly ShownLease[];
}

/** What a command hands to a renderer. */
export type Report =
  | CheckReport
  | PsReport
  | PlanReport
  | ImagesReport
  | RunReport
  | StartReport
  | StopReport
  | LeaseReport;
