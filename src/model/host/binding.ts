import { formatAddressPort, type HostAddress } from '../ports/address.ts';
import type { Port, Protocol } from '../ports/port.ts';

/** An address, port and protocol, which the kernel gives to one holder at a time. */
export interface Endpoint {
  readonly address: HostAddress;
  readonly port: Port;
  readonly protocol: Protocol;
}

/**
 * The state of a binding.
 * - `running`, `paused`: held by a container, in the engine's table and usually by a socket too.
 * - `restarting`: held by a container in its restart backoff: free now, taken again a moment later.
 * - `stopped`: not held; a stopped container claims it when it starts.
 * - `listening`: held by a TCP socket that accepts connections.
 * - `bound`: held by a socket that is bound and does not listen (every UDP socket; TCP before listen).
 * - `connected`: held by the local end of a TCP connection.
 * - `time-wait`: held by a TCP connection that ended less than a minute ago.
 * - `ingress`: held by a swarm service whose ingress rules the engine has installed.
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

/** A container that holds a port. Without `id` and `name`, only its forwarder is known. */
export interface ContainerHolder {
  readonly kind: 'container';
  readonly id?: string | undefined;
  readonly name?: string | undefined;
  readonly image?: string | undefined;
  /** Compose labels: project, service and the project's working directory. */
  readonly project?: string | undefined;
  readonly service?: string | undefined;
  readonly directory?: string | undefined;
  /** As the engine reports it: running, paused, exited, … */
  readonly state?: string | undefined;
  /** ISO 8601, UTC. */
  readonly startedAt?: string | undefined;
  /** Restart policy: no, always, unless-stopped, on-failure. */
  readonly restart?: string | undefined;
  /** True if the program in the container listens itself, because the container shares the host's network. */
  readonly hostNetwork?: boolean | undefined;
  /** The engine that runs the container, if it is not the selected one. */
  readonly engine?: string | undefined;
  /** The process that holds the socket for it: docker-proxy, conmon, rootlessport, … */
  readonly forwarder?: string | undefined;
  readonly pid?: number | undefined;
  readonly user?: string | undefined;
}

/** A process of this host. Without `pid`, it belongs to another user and its details are not readable. */
export interface ProcessHolder {
  readonly kind: 'process';
  readonly pid?: number | undefined;
  readonly name?: string | undefined;
  readonly user?: string | undefined;
  /** The command line, arguments joined by spaces. */
  readonly command?: string | undefined;
  /** The systemd unit, or the cgroup if the process has no unit. */
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
  /** The port of its tasks that receives the traffic. */
  readonly target?: number | undefined;
}

/** A port lease of a project. */
export interface LeaseHolder {
  readonly kind: 'lease';
  readonly project: string;
  readonly directory: string;
  /** The Compose service or the image; empty for a publish from the command line. */
  readonly service: string;
}

/** The container, process, service, lease or rule that holds or claims an endpoint. */
export type Holder =
  | ContainerHolder
  | ProcessHolder
  | ServiceHolder
  | LeaseHolder
  /** Reserved by a rule of the system, such as Windows' excluded port ranges. */
  | { readonly kind: 'reserved'; readonly by: string }
  /** A bind fails, but no table shows the holder: a bound socket that does not listen, or another user's namespace. */
  | { readonly kind: 'unseen' };

/** An endpoint that is taken or will be, with its holder. */
export interface Binding extends Endpoint {
  readonly holder: Holder;
  readonly state: BindingState;
  /** The container port behind it, if the engine reports it. */
  readonly target?: number | undefined;
  /** Whether the socket was bound with SO_REUSEADDR; absent if unknown, as in /proc. */
  readonly reuseAddress?: boolean | undefined;
}

/**
 * Returns whether the podman process itself holds the port. It does after a failed start, until the podman service
 * ends (measured: 4.3.1).
 */
export function isLeftByPodman({ holder }: Pick<Binding, 'holder'>): boolean {
  return holder.kind === 'process' && holder.name === 'podman';
}

/** Returns the endpoint as text: `127.0.0.1:8080/tcp`. */
export function formatEndpoint({ address, port, protocol }: Endpoint): string {
  return `${formatAddressPort(address, port)}/${protocol}`;
}
