import type { IncomingMessage } from 'node:http';
import type { Duplex, Readable } from 'node:stream';

/**
 * The dockerode calls that portplan uses, typed from observed engine responses: fields that some engines omit are
 * optional, and every call can be aborted. @types/dockerode has neither.
 */
export interface DockerCalls {
  readonly modem: Modem;
  getNetwork(id: string): NetworkCalls;
  getImage(name: string): ImageCalls;
  getVolume(name: string): VolumeCalls;
  getContainer(id: string): ContainerCalls;
  createContainer(
    options: Abortable & { readonly _query: CreateQuery; readonly _body: unknown },
  ): Promise<{ readonly id: string }>;
  createImage(auth: object | undefined, options: Abortable & PullQuery): Promise<Readable>;
}

interface NetworkCalls {
  connect(
    options: Abortable & { readonly Container: string; readonly EndpointConfig: object },
  ): Promise<unknown>;
  remove(options: Abortable): Promise<unknown>;
}

interface VolumeCalls {
  remove(options: Abortable): Promise<unknown>;
}

interface ImageCalls {
  remove(options: Abortable): Promise<unknown>;
}

/** The calls for one container. */
export interface ContainerCalls {
  start(options: Abortable): Promise<unknown>;
  stop(options: Abortable & { readonly t?: number }): Promise<unknown>;
  rename(options: Abortable & { readonly name: string }): Promise<unknown>;
  /** Resolves to the files that differ from the image; `null` when there are none. */
  changes(options: Abortable): Promise<readonly unknown[] | Buffer | null>;
  commit(
    options: Abortable & { readonly _query: CommitQuery; readonly _body: unknown },
  ): Promise<{ readonly Id: string }>;
  wait(
    options: Abortable & { readonly condition: string },
  ): Promise<{ readonly StatusCode?: number }>;
  kill(options: Abortable & { readonly signal: string }): Promise<unknown>;
  resize(options: Abortable & { readonly h: number; readonly w: number }): Promise<unknown>;
  remove(options: Abortable & { readonly force: boolean; readonly v: boolean }): Promise<unknown>;
}

/** docker-modem, for requests that dockerode cannot make correctly. */
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
  /** The request body. */
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

interface CommitQuery {
  readonly container: string;
  readonly pause: boolean;
  readonly repo: string;
  readonly tag: string;
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
export interface VersionResponse {
  readonly Version?: string;
  readonly ApiVersion?: string;
  readonly Components?: readonly { readonly Name?: string }[] | null;
}

/** `GET /info`. */
export interface InfoResponse {
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
  /** Podman omits `IP` for any address; a port that is only exposed has no `PublicPort`. */
  readonly Ports?: readonly ContainerPortEntry[] | null;
  /** Podman does not send it. */
  readonly HostConfig?: { readonly NetworkMode?: string };
}

/** A port in `GET /containers/json`. */
export interface ContainerPortEntry {
  readonly IP?: string;
  readonly PublicPort?: number;
  readonly PrivatePort?: number;
  readonly Type?: string;
}

/** Host ports by container port (`80/tcp`); `null` for a port that is only exposed. */
export type PortMap = Readonly<
  Record<string, readonly { readonly HostIp?: string; readonly HostPort?: string }[] | null>
>;

/** `GET /containers/ID/json`. Fields that portplan only copies into a create request are not listed. */
export interface ContainerInspect {
  readonly Id: string;
  readonly Name: string;
  /** The image ID. */
  readonly Image?: string;
  readonly State?: {
    readonly Status?: string;
    readonly StartedAt?: string;
    readonly ExitCode?: number;
    readonly Error?: string;
  };
  readonly Config?: ContainerConfig;
  readonly HostConfig?: ContainerHostConfig;
  readonly Mounts?: readonly MountEntry[] | null;
  readonly NetworkSettings?: {
    readonly Ports?: PortMap | null;
    readonly Networks?: Readonly<Record<string, EndpointEntry>> | null;
  };
}

/** `Config` of a container. */
export interface ContainerConfig extends Readonly<Record<string, unknown>> {
  readonly Image?: string;
  readonly Hostname?: string;
  readonly Entrypoint?: string | readonly string[] | null;
  readonly Labels?: Readonly<Record<string, string>> | null;
}

/** `HostConfig` of a container. */
export interface ContainerHostConfig extends Readonly<Record<string, unknown>> {
  readonly PortBindings?: PortMap | null;
  readonly NetworkMode?: string;
  readonly IpcMode?: string;
  readonly PidMode?: string;
  readonly UTSMode?: string;
  readonly RestartPolicy?: { readonly Name?: string };
  readonly Links?: readonly string[] | null;
  /** `SOURCE:DESTINATION[:MODE]`. */
  readonly Binds?: readonly string[] | null;
  /** Mounts requested with `--mount`. */
  readonly Mounts?: readonly MountRequest[] | null;
}

interface MountRequest extends Readonly<Record<string, unknown>> {
  readonly Type?: string;
  readonly Source?: string;
  readonly Target?: string;
}

/** A mount of a container: requested, or created for a `VOLUME` of its image. */
export interface MountEntry {
  readonly Type?: string;
  /** The volume name; absent for other mount types. */
  readonly Name?: string;
  readonly Destination?: string;
  readonly RW?: boolean;
}

/** The endpoint of a container in a network. */
export interface EndpointEntry extends Readonly<Record<string, unknown>> {
  readonly NetworkID?: string;
  readonly Aliases?: readonly string[] | null;
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
  readonly Labels?: Readonly<Record<string, string>> | null;
  readonly RepoTags?: readonly string[] | null;
}

/** `GET /images/NAME/json`. */
export interface ImageInspect {
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
export interface VolumesResponse {
  readonly Volumes?:
    | readonly {
        readonly Name?: string;
        readonly Labels?: Readonly<Record<string, string>> | null;
      }[]
    | null;
}

/** `GET /networks/ID`. */
export interface NetworkInspect {
  readonly Driver?: string;
  /** Whether the network is isolated from the host. */
  readonly Internal?: boolean;
  readonly Options?: Readonly<Record<string, string>> | null;
}
