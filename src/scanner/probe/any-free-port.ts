import {
  anyAddress,
  familyOf,
  type HostAddress,
  isWildcard,
  loopback,
} from '../../model/ports/address.ts';
import { type Port, toPort } from '../../model/ports/port.ts';

export interface AnyPortOptions {
  /** The address that the port shall be free on; every one of this host if not given. */
  readonly address?: HostAddress | undefined;
  /** The ports that would suit, best first. */
  readonly candidates?: Iterable<Port> | undefined;
  /** Ports that are never given. */
  readonly exclude?: Iterable<Port> | undefined;
  readonly platform?: NodeJS.Platform | undefined;
}

/** A TCP port that was free a moment ago. */
export interface AnyPort {
  readonly port: Port;
  /** False when no candidate was free and the system has chosen. */
  readonly offered: boolean;
}

/**
 * A free TCP port for hosts whose table of sockets cannot be read: the first candidate that can be bound, else one of the
 * system's choice. get-port is right for this, and only this: it binds each local address in turn, passes over what
 * this user may not bind, and does not give a port twice within 15 seconds, so that several can be asked for in a row.
 * To confirm a port that was planned it is not: there a denied port counts as taken, and a second look finds it locked.
 */
export async function anyFreePort(options: AnyPortOptions = {}): Promise<AnyPort> {
  const { default: getPort } = await import('get-port');
  const { candidates = [], exclude = [] } = options;
  const offers = [...candidates];
  const port = toPort(await getPort({ ...whereToBind(options), port: offers, exclude }));
  return { port, offered: offers.includes(port) };
}

/** Wildcard listeners are left out on macOS and Windows, whose firewalls would ask the user about them. */
function whereToBind({ address = anyAddress, platform = process.platform }: AnyPortOptions): {
  readonly host?: string;
  readonly ipv6Only?: boolean;
} {
  const asks = platform === 'darwin' || platform === 'win32';
  if (asks && isWildcard(address)) return { host: loopback };
  if (address === anyAddress) return {};
  return { host: address, ipv6Only: familyOf(address) === 6 };
}

/**
 * Whether a TCP port is free on every address of this host, for systems whose sockets cannot be listed and on which a
 * wildcard socket may be bound beside one of a single address: there only binding each address tells.
 */
export async function isFreeEverywhere(port: Port, platform?: NodeJS.Platform): Promise<boolean> {
  const { offered } = await anyFreePort({ candidates: [port], platform });
  const { clearLockedPorts } = await import('get-port');
  // The answer is wanted now and perhaps again; get-port would keep the port from the next who asks.
  clearLockedPorts();
  return offered;
}
