import { formatAddressPort, type HostAddress } from '../ports/address.ts';
import type { Port, Protocol } from '../ports/port.ts';

/** What the kernel gives to one holder at a time. */
export interface Endpoint {
  readonly address: HostAddress;
  readonly port: Port;
  readonly protocol: Protocol;
}

/**
 * How an endpoint is held.
 * - `running`, `paused`: by a container, in the engine's table and mostly by a socket too.
 * - `restarting`: by a container in its back-off: free at this moment, taken again in the next.
 * - `stopped`: not held; a stopped container claims it when it starts.
 * - `listening`: by a TCP socket that accepts connections.
 * - `bound`: by a socket that was bound and does not listen (every UDP socket; TCP before listen).
 * - `connected`: by the local end of a TCP connection.
 * - `time-wait`: by a TCP connection that ended less than a minute ago.
 * - `ingress`: by a swarm service that the engine has programmed.
 * - `claimed`: not held now; a swarm service, a lease or a reservation will claim it.
 */
export type BindingState =
  | 'running'
  | 'paused'
  | 'restarting'
  | 'stopped'
  | 'listening'
  | 'bound'
  | 'connected'
  | 'time-wait'
  | 'ingress'
  | 'claimed';

/** A container, as far as anybody could tell. Without id and name it is known by its forwarder only. */
export interface ContainerHolder {
  readonly kind: 'container';
  readonly id?: string | undefined;
  readonly name?: string | undefined;
  readonly image?: string | undefined;
  /** Compose labels: project, service and the project's working directory. */
  readonly project?: string | undefined;
  readonly service?: string | undefined;
  readonly directory?: string | undefined;
  /** The engine's word: running, paused, exited, … */
  readonly state?: string | undefined;
  /** ISO 8601, UTC. */
  readonly startedAt?: string | undefined;
  /** Restart policy: no, always, unless-stopped, on-failure. */
  readonly restart?: string | undefined;
  /** True where the program itself listens, because the container shares the host's network. */
  readonly hostNetwork?: boolean | undefined;
  /** The engine that runs it, when it is not the one that was asked. */
  readonly engine?: string | undefined;
  /** The process that holds the socket for it: docker-proxy, conmon, rootlessport, … */
  readonly forwarder?: string | undefined;
  readonly pid?: number | undefined;
  readonly user?: string | undefined;
}

/** A process of this host. No pid: another user's, which this user may not see. */
export interface ProcessHolder {
  readonly kind: 'process';
  readonly pid?: number | undefined;
  readonly name?: string | undefined;
  readonly user?: string | undefined;
  /** The command line, arguments joined by blanks. */
  readonly command?: string | undefined;
  /** The systemd unit or, failing that, the cgroup. */
  readonly unit?: string | undefined;
  /** ISO 8601, UTC. */
  readonly startedAt?: string | undefined;
}

/** A swarm service: its ingress port on every node, or a task's port on its own node. */
export interface ServiceHolder {
  readonly kind: 'service';
  readonly id: string;
  readonly name: string;
  readonly mode: 'ingress' | 'host';
  /** The port of its tasks that the binding leads to. */
  readonly target?: number | undefined;
}

/** A port that portplan keeps for a project. */
export interface LeaseHolder {
  readonly kind: 'lease';
  readonly project: string;
  readonly directory: string;
  /** The compose service or the image; empty for a publish that was named alone. */
  readonly service: string;
}

/** Who holds or claims an endpoint. */
export type Holder =
  | ContainerHolder
  | ProcessHolder
  | ServiceHolder
  | LeaseHolder
  /** Kept back by a rule of the system, such as Windows' excluded port ranges. */
  | { readonly kind: 'reserved'; readonly by: string }
  /** A bind fails, and no table shows why: bound without listening, or another user's namespace. */
  | { readonly kind: 'unseen' };

/** An endpoint that is taken, or will be, and by whom. */
export interface Binding extends Endpoint {
  readonly holder: Holder;
  readonly state: BindingState;
  /** The container port behind it, if the engine reports it. */
  readonly target?: number | undefined;
  /** Whether the socket was bound with SO_REUSEADDR; absent if unknown, as in /proc. */
  readonly reuseAddress?: boolean | undefined;
}

/** Whether podman itself has the port: of a start that failed half-way, until its service ends (measured: 4.3.1). */
export function isLeftByPodman({ holder }: Pick<Binding, 'holder'>): boolean {
  return holder.kind === 'process' && holder.name === 'podman';
}

/** `127.0.0.1:8080/tcp`. */
export function formatEndpoint({ address, port, protocol }: Endpoint): string {
  return `${formatAddressPort(address, port)}/${protocol}`;
}
