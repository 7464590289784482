import type { Binding, Holder } from '../host/binding.ts';
import type { Source } from '../host/snapshot.ts';
import type { HostAddress } from '../ports/address.ts';
import type { Port, Protocol } from '../ports/port.ts';
import type { Publish } from '../ports/publish.ts';
import type { Conflict, Remedy } from './conflict.ts';
import type { ExplainedError, FailedContainer } from './explanation.ts';
import type { Assignment } from './plan.ts';

/** The fields that every report has besides its result. */
interface Reported {
  readonly sources: readonly Source[];
  /** Unknown facts and advice that do not change the result. */
  readonly notes: readonly string[];
}

/** `unknown`: no conflict was found, but a source could not be read. */
export type CheckVerdict = 'clear' | 'conflict' | 'unknown';

export interface CheckedProject {
  readonly name: string;
  readonly directory: string;
  /** Lowest layer first. */
  readonly files: readonly string[];
  /** The number of services, including those of inactive profiles. */
  readonly services: number;
}

export interface CheckReport extends Reported {
  readonly command: 'check';
  readonly verdict: CheckVerdict;
  /** The Compose projects that were checked. */
  readonly projects: readonly CheckedProject[];
  readonly publishes: readonly Publish[];
  readonly conflicts: readonly Conflict[];
}

export interface PsReport extends Reported {
  readonly command: 'ps';
  readonly bindings: readonly Binding[];
  /** Findings about the host, such as containers that run without their ports. */
  readonly conflicts: readonly Conflict[];
}

/** A publish that the plan leaves unchanged, because the engine finds a port for it. */
export interface UnplannedPublish {
  readonly publish: Publish;
  readonly reason: string;
}

/** The change of one file by `plan --write`. */
export interface PlannedEdit {
  /** The path to print: relative to the working directory if the file is inside it. */
  readonly file: string;
  readonly action: 'create' | 'change' | 'remove';
}

export interface PlanReport extends Reported {
  readonly command: 'plan';
  readonly assignments: readonly Assignment[];
  readonly unplanned: readonly UnplannedPublish[];
  /** With `--write`: the changes of files; with `--dry-run`, the changes that would be made. */
  readonly write?: PlanWrite | undefined;
  readonly conflicts: readonly Conflict[];
}

/** The changes that write a plan into the files of a project. */
export interface PlanWrite {
  readonly kind: 'override' | 'env' | 'file';
  /** Whether the edits were made; false for a preview. */
  readonly done: boolean;
  readonly edits: readonly PlannedEdit[];
  /** The edits as a unified diff. */
  readonly diff: string;
  /** Publishes whose port has to move but that this kind of write cannot change. */
  readonly skipped: readonly {
    readonly publish: Publish;
    readonly reason: string;
    readonly message: string;
  }[];
}

/** A local image and the host ports that a run of it would get. */
export interface PlannedImage {
  readonly names: readonly string[];
  readonly id: string;
  readonly assignments: readonly Assignment[];
}

export interface ImagesReport extends Reported {
  readonly command: 'images';
  readonly images: readonly PlannedImage[];
}

/** An open host port of a container. */
export interface OpenPort {
  readonly hostIp: string;
  readonly port: Port;
  readonly target: number;
  readonly protocol: Protocol;
  /** For TCP: the URL of the port as seen from this host. */
  readonly url?: string | undefined;
}

export interface RunReport extends Reported {
  readonly command: 'run';
  readonly container: { readonly id: string; readonly name: string };
  readonly ports: readonly OpenPort[];
}

/** An open host port of a service of a project. */
export interface ServicePort extends OpenPort {
  readonly service: string;
  readonly container: string;
}

/** A port that `up` opened. */
export interface StartedPort extends ServicePort {
  /** The reason why the port differs from the one in the file. */
  readonly moved?: string | undefined;
}

export interface UpReport extends Reported {
  readonly command: 'up';
  readonly project: { readonly name: string; readonly directory: string };
  readonly ports: readonly StartedPort[];
}

/** The open ports of a service now. */
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

/** The outcome of `start` for one container. */
export interface StartedItem {
  readonly id: string;
  readonly name: string;
  readonly state: StartState;
  /** The ports that are open now. */
  readonly ports: readonly OpenPort[];
  readonly conflicts: readonly Conflict[];
  /** `remapped`: the ports that moved, with the reasons. */
  readonly moved: readonly Assignment[];
  /** `remapped`: the image that contains its files now. */
  readonly image?: string | undefined;
  /** The reason why it could not be started or recreated. */
  readonly message?: string | undefined;
  /** The next step. */
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

/** The outcome of `stop` for one container, or for the holder of one port. */
export interface StoppedItem {
  /** The argument as the user wrote it. */
  readonly target: string;
  readonly state: StopState;
  /** For a port: the binding that holds it. */
  readonly binding?: Binding | undefined;
  readonly holder?: Holder | undefined;
  readonly remedy?: Remedy | undefined;
  /** The reason why the engine could not stop it. */
  readonly message?: string | undefined;
}

export interface StopReport extends Reported {
  readonly command: 'stop';
  readonly items: readonly StoppedItem[];
}

/** A port lease of a project, as `portplan lease` prints it. */
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
  /** The port that the publish requested when this one was leased. */
  readonly requestedPort?: Port | undefined;
  readonly pinned: boolean;
  /** ISO 8601, UTC. */
  readonly createdAt: string;
  readonly usedAt: string;
  /** The reason why the lease is probably obsolete, if the command checks that. */
  readonly stale?: 'directory-gone' | 'unused' | undefined;
}

export interface LeaseReport extends Reported {
  readonly command: 'lease';
  readonly action: 'ls' | 'pin' | 'release' | 'gc';
  /** Whether the action was carried out; false for a preview. */
  readonly done: boolean;
  /** `ls`: all leases; `pin`: the pinned leases; `release`, `gc`: the leases that are released, or would be. */
  readonly leases: readonly LeaseEntry[];
}

export interface ExplainReport extends Reported {
  readonly command: 'explain';
  /** The port errors in the text, without duplicates; empty if it has no port error. */
  readonly problems: readonly ExplainedError[];
  /** The container that the user named. */
  readonly container?: FailedContainer | undefined;
}

/** The result of a command, which a renderer prints. */
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
