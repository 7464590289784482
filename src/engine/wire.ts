import type { IncomingMessage } from 'node:http';
import type { Duplex, Readable } from 'node:stream';

/**
 * The calls of dockerode that are used, typed by what engines were seen to send: fields that some of them leave out
 * are optional, and every call can be given up. @types/dockerode has neither.
 */
export interface DockerCalls {
  readonly modem: Modem;
  getNetwork(id: string): NetworkCalls;
  getContainer(id: string): ContainerCalls;
  createContainer(
    options: Abortable & { readonly _query: CreateQuery; readonly _body: unknown },
  ): Promise<{ readonly id: string }>;
  createImage(auth: object | undefined, options: Abortable & PullQuery): Promise<Readable>;
}

export interface NetworkCalls {
  remove(options: Abortable): Promise<unknown>;
}

export interface ContainerCalls {
  start(options: Abortable): Promise<unknown>;
  wait(
    options: Abortable & { readonly condition: string },
  ): Promise<{ readonly StatusCode?: number }>;
  kill(options: Abortable & { readonly signal: string }): Promise<unknown>;
  resize(options: Abortable & { readonly h: number; readonly w: number }): Promise<unknown>;
  remove(options: Abortable & { readonly force: boolean; readonly v: boolean }): Promise<unknown>;
}

/** docker-modem, for the requests that dockerode does not make as they must be. */
interface Modem {
  dial(request: GetRequest, done: (error: Error | null, response: IncomingMessage) => void): void;
  dial(request: AttachRequest, done: (error: Error | null, stream: Duplex) => void): void;
}

interface ModemRequest extends Abortable {
  readonly path: string;
  readonly isStream: true;
  readonly statusCodes: Readonly<Record<number, true>>;
}

interface GetRequest extends ModemRequest {
  readonly method: 'GET';
  readonly options: { readonly _query: Readonly<Record<string, string>> };
}

interface AttachRequest extends ModemRequest {
  readonly method: 'POST';
  readonly hijack: true;
  readonly options: { readonly _query: AttachQuery };
  /** The body. */
  readonly file: Buffer;
}

interface AttachQuery {
  readonly stream: true;
  readonly stdin: boolean;
  readonly stdout: boolean;
  readonly stderr: boolean;
  readonly detachKeys?: string | undefined;
}

interface Abortable {
  readonly abortSignal: AbortSignal;
}

interface CreateQuery {
  readonly name?: string | undefined;
  readonly platform?: string | undefined;
}

interface PullQuery {
  readonly fromImage: string;
  readonly tag?: string | undefined;
  readonly platform?: string | undefined;
}

/** `GET /version`. */
export interface VersionAnswer {
  readonly Version?: string;
  readonly ApiVersion?: string;
  readonly Components?: readonly { readonly Name?: string }[] | null;
}

/** `GET /info`. */
export interface InfoAnswer {
  readonly Name?: string;
  readonly KernelVersion?: string;
  readonly OperatingSystem?: string;
  readonly SecurityOptions?: readonly string[] | null;
  readonly Swarm?: { readonly ControlAvailable?: boolean };
}

/** An entry of `GET /containers/json`. */
export interface ContainerEntry {
  readonly Id: string;
  readonly Names?: readonly string[] | null;
  readonly Image?: string;
  readonly State?: string;
  readonly Labels?: Readonly<Record<string, string>> | null;
  /** Podman leaves `IP` out for any; a port that is only exposed has no `PublicPort`. */
  readonly Ports?: readonly PortEntry[] | null;
  /** Not sent by Podman. */
  readonly HostConfig?: { readonly NetworkMode?: string };
}

export interface PortEntry {
  readonly IP?: string;
  readonly PublicPort?: number;
  readonly PrivatePort?: number;
  readonly Type?: string;
}

/** Host ports by `80/tcp`; null for one that is exposed only. */
export type PortMap = Readonly<
  Record<string, readonly { readonly HostIp?: string; readonly HostPort?: string }[] | null>
>;

/** `GET /containers/ID/json`. */
export interface ContainerAnswer {
  readonly Id: string;
  readonly Name: string;
  readonly State?: {
    readonly Status?: string;
    readonly StartedAt?: string;
    readonly ExitCode?: number;
    readonly Error?: string;
  };
  readonly Config?: {
    readonly Image?: string;
    readonly Labels?: Readonly<Record<string, string>> | null;
  };
  readonly HostConfig?: {
    readonly PortBindings?: PortMap | null;
    readonly NetworkMode?: string;
    readonly RestartPolicy?: { readonly Name?: string };
  };
  readonly NetworkSettings?: { readonly Ports?: PortMap | null };
}

/** An entry of `GET /services`. */
export interface ServiceEntry {
  readonly ID?: string;
  readonly Spec?: { readonly Name?: string };
  readonly Endpoint?: { readonly Ports?: readonly ServicePort[] | null };
}

interface ServicePort {
  readonly Protocol?: string;
  readonly TargetPort?: number;
  readonly PublishedPort?: number;
  readonly PublishMode?: string;
}

/** An entry of `GET /images/json`. */
export interface ImageEntry {
  readonly Id: string;
  readonly RepoTags?: readonly string[] | null;
}

/** `GET /images/NAME/json`. */
export interface ImageAnswer {
  readonly Id: string;
  readonly RepoTags?: readonly string[] | null;
  readonly Config?: { readonly ExposedPorts?: Readonly<Record<string, unknown>> | null };
}

/** An entry of `GET /networks`. */
export interface NetworkEntry {
  readonly Id?: string;
  readonly Name?: string;
  readonly Labels?: Readonly<Record<string, string>> | null;
  readonly IPAM?: { readonly Config?: readonly { readonly Subnet?: string }[] | null };
}

/** `GET /volumes`. */
export interface VolumesAnswer {
  readonly Volumes?:
    | readonly {
        readonly Name?: string;
        readonly Labels?: Readonly<Record<string, string>> | null;
      }[]
    | null;
}

/** `GET /networks/ID`. */
export interface NetworkAnswer {
  readonly Driver?: string;
  readonly Options?: Readonly<Record<string, string>> | null;
}
