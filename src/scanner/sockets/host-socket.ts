import type { Binding } from '../../model/host/binding.ts';
import type { Forwarder } from './forwarders.ts';

/** A socket of this host that takes a port, as the system's own table shows it. */
export interface HostSocket extends Binding {
  readonly state: 'listening' | 'bound' | 'connected' | 'time-wait';
  /** The number of the user who made it; absent where the table has none. */
  readonly uid?: number | undefined;
  /** What leads to the owning process on Linux. */
  readonly inode?: number | undefined;
  /**
   * Of a socket on every IPv6 address: whether it takes the IPv4 ones too. `/proc` does not show IPV6_V6ONLY, so there
   * it can be `unknown`: the address is then `*`, the safe assumption, until `resolveUnknownDualStack` binds it.
   */
  readonly dualStack?: 'yes' | 'no' | 'unknown' | undefined;
  /** Of a UDP socket: that it is connected to one peer, as those of clients are. It holds its port all the same. */
  readonly hasPeer?: true | undefined;
  /** The helper of a container engine that holds the socket, once the holder has been named. */
  readonly forwarder?: Forwarder | undefined;
}

/** The sockets of a host, and what of its tables could not be read. */
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
  /** False when the time was up before every process had been looked at. */
  readonly complete: boolean;
}
