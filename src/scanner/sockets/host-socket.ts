import type { Binding } from '../../model/host/binding.ts';
import type { Forwarder } from './forwarders.ts';

/** A socket of this host that uses a port, as the system's own table lists it. */
export interface HostSocket extends Binding {
  readonly state: 'listening' | 'bound' | 'connected' | 'time-wait';
  /** The number of the user who created it; `undefined` where the table omits it. */
  readonly uid?: number | undefined;
  /** Linux: identifies the process that owns the socket. */
  readonly inode?: number | undefined;
  /**
   * Of a socket on every IPv6 address: whether it takes the IPv4 ones too. `/proc` does not show IPV6_V6ONLY, so there
   * it can be `unknown`: the address is then `*`, the safe assumption, until `resolveUnknownDualStack` binds it.
   */
  readonly dualStack?: 'yes' | 'no' | 'unknown' | undefined;
  /** UDP: whether the socket is connected to one peer, as those of clients are. It holds its port in both cases. */
  readonly hasPeer?: true | undefined;
  /** The helper of a container engine that holds the socket, once the holder has been identified. */
  readonly forwarder?: Forwarder | undefined;
}

/** The sockets of a host, and its tables that could not be read. */
export interface SocketReading {
  readonly sockets: readonly HostSocket[];
  /** Where they come from: `/proc/net`, `netstat`. */
  readonly from: string;
  /** One line for each table that could not be read. */
  readonly unread: readonly string[];
}

/** The holders of some sockets, as far as they were found. */
export interface IdentifiedSockets {
  /** The same sockets in the same order, with the holders that were found. */
  readonly sockets: readonly HostSocket[];
  /** `false` when the search reached its time limit before it had read every process. */
  readonly complete: boolean;
}
