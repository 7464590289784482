import type { IncomingMessage } from 'node:http';
import type { Duplex, Readable } from 'node:stream';
import type {
  endpointSchema,
  hostConfigSchema,
  portMapSchema,
  Response,
} from './response-schemas.ts';
import type { Infer } from './schema.ts';

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

/** Host ports by container port (`80/tcp`); `null` for a port that is only exposed. */
export type PortMap = Infer<typeof portMapSchema>;

/** An entry of `GET /containers/json`. */
export type ContainerEntry = Response<'containers'>[number];

/** A port in `GET /containers/json`. */
export type ContainerPortEntry = NonNullable<ContainerEntry['Ports']>[number];

/** `GET /containers/ID/json`. */
export type ContainerInspect = Response<'container'>;

/** `HostConfig` of a container. */
export type ContainerHostConfig = Infer<typeof hostConfigSchema>;

/** The endpoint of a container in a network. */
export type EndpointEntry = Infer<typeof endpointSchema>;

/** An entry of `GET /services`. */
export type ServiceEntry = Response<'services'>[number];
