import type { Binding, Holder } from '../host/binding.ts';
import type { Source } from '../host/snapshot.ts';
import type { HostAddress } from '../ports/address.ts';
import type { Port, Protocol } from '../ports/port.ts';
import type { Publish } from '../ports/publish.ts';
import type { Conflict, Remedy } from './conflict.ts';
import type { ExplainedError, FailedContainer } from './explanation.ts';
import type { Assignment } from './plan.ts';

/** What every command reports besides its result. */
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

/** A publish that is left as it is, because the engine finds a port for it. */
export interface UnplannedPublish {
  readonly publish: Publish;
  readonly reason: string;
}

/** What a plan does to one file. */
export interface PlannedEdit {
  /** As it is shown: relative to the working directory where it lies below. */
  readonly file: string;
  readonly action: 'create' | 'change' | 'remove';
}

export interface PlanReport extends Reported {
  readonly command: 'plan';
  readonly assignments: readonly Assignment[];
  readonly unplanned: readonly UnplannedPublish[];
  /** With `--write`: what is done to files, or with `--dry-run` would be. */
  readonly write?: PlanWrite | undefined;
  readonly conflicts: readonly Conflict[];
}

/** How a plan is put into the files of a project. */
export interface PlanWrite {
  readonly kind: 'override' | 'env' | 'file';
  /** False where it is only shown. */
  readonly done: boolean;
  readonly edits: readonly PlannedEdit[];
  /** The edits as a unified diff. */
  readonly diff: string;
  /** Ports that had to move and could not, in this way. */
  readonly skipped: readonly {
    readonly publish: Publish;
    readonly reason: string;
    readonly message: string;
  }[];
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
  readonly port: Port;
  readonly target: number;
  readonly protocol: Protocol;
  /** For TCP: how to reach it from here. */
  readonly url?: string | undefined;
}

export interface RunReport extends Reported {
  readonly command: 'run';
  readonly container: { readonly id: string; readonly name: string };
  readonly ports: readonly OpenPort[];
}

/** A host port that a service of a project has. */
export interface ServicePort extends OpenPort {
  readonly service: string;
  readonly container: string;
}

/** One that `up` has started. */
export interface StartedPort extends ServicePort {
  /** Why it is not the one of the file. */
  readonly moved?: string | undefined;
}

export interface UpReport extends Reported {
  readonly command: 'up';
  readonly project: { readonly name: string; readonly directory: string };
  readonly ports: readonly StartedPort[];
}

/** Where a service is now. */
export interface ServicePortsReport extends Reported {
  readonly command: 'port' | 'url';
  readonly ports: readonly ServicePort[];
}

/**
 * The outcome of a start.
 * - `conflict`: a port is taken; nothing was changed.
 * - `remapped`: portplan recreated it on other ports.
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
  /** Why it could not be started or recreated. */
  readonly message?: string | undefined;
  /** What to do next. */
  readonly hint?: string | undefined;
}

export interface StartReport extends Reported {
  readonly command: 'start';
  readonly containers: readonly StartedItem[];
}

/**
 * The outcome for a container to stop or a port to free.
 * - `free`: the port has no holder.
 * - `skipped`: portplan does not stop the holder of the port; `remedy` does.
 */
export type StopState = 'stopped' | 'not-running' | 'free' | 'skipped' | 'failed';

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
export interface LeaseEntry {
  readonly directory: string;
  readonly project: string;
  readonly service: string;
  readonly target: number;
  readonly protocol: Protocol;
  readonly address: HostAddress;
  readonly entry: number;
  readonly replica: number;
  readonly port: Port;
  /** The port that was asked for when this one was given. */
  readonly requestedPort?: Port | undefined;
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
  readonly leases: readonly LeaseEntry[];
}

export interface ExplainReport extends Reported {
  readonly command: 'explain';
  /** The port errors in the text, without duplicates; empty if it has no port error. */
  readonly problems: readonly ExplainedError[];
  /** The container that was asked about by its name. */
  readonly container?: FailedContainer | undefined;
}

/** What a command hands to a renderer. */
export type Report =
  | CheckReport
  | PsReport
  | PlanReport
  | ImagesReport
  | RunReport
  | UpReport
  | ServicePortsReport
  | StartReport
  | StopReport
  | ExplainReport
  | LeaseReport;
