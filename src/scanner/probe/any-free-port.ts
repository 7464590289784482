import {
  anyAddress,
  familyOf,
  type HostAddress,
  isWildcard,
  loopback,
} from '../../model/ports/address.ts';
import { type Port, toPort } from '../../model/ports/port.ts';

export interface AnyPortOptions {
  /** The address on which the port must be free (default: every address of this host). */
  readonly address?: HostAddress | undefined;
  /** Preferred ports, best first. */
  readonly candidates?: Iterable<Port> | undefined;
  /** Ports that are never returned. */
  readonly exclude?: Iterable<Port> | undefined;
  readonly platform?: NodeJS.Platform | undefined;
}

/** A TCP port that was free when it was checked. */
export interface AnyPort {
  readonly port: Port;
  /** `false` when no candidate was free and the system chose the port. */
  readonly isCandidate: boolean;
}

/**
 * Returns a free TCP port, for hosts whose socket table cannot be read: the first candidate that can be bound, or a port
 * chosen by the system. Uses get-port, which binds every local address in turn, skips addresses that this user may not
 * bind, and returns no port twice within 15 seconds, so that several calls in a row return different ports. Not suitable
 * for confirming a planned port, because it treats a denied port as taken and a port that it returned as locked.
 */
export async function anyFreePort(options: AnyPortOptions = {}): Promise<AnyPort> {
  const { default: getPort } = await import('get-port');
  const { candidates = [], exclude = [] } = options;
  const preferred = [...candidates];
  const port = toPort(await getPort({ ...bindOptions(options), port: preferred, exclude }));
  return { port, isCandidate: preferred.includes(port) };
}

/** On macOS and Windows a wildcard listener opens a firewall dialog, so loopback is bound instead. */
function bindOptions({ address = anyAddress, platform = process.platform }: AnyPortOptions): {
  readonly host?: string;
  readonly ipv6Only?: boolean;
} {
  const hasFirewallDialog = platform === 'darwin' || platform === 'win32';
  if (hasFirewallDialog && isWildcard(address)) return { host: loopback };
  if (address === anyAddress) return {};
  return { host: address, ipv6Only: familyOf(address) === 6 };
}

/**
 * Returns whether a TCP port is free on every address of this host. For systems whose sockets cannot be listed and where
 * a wildcard bind succeeds beside a socket on a single address, so that each address must be bound.
 */
export async function isFreeEverywhere(port: Port, platform?: NodeJS.Platform): Promise<boolean> {
  const { isCandidate } = await anyFreePort({ candidates: [port], platform });
  const { clearLockedPorts } = await import('get-port');
  // Otherwise get-port reports the port as locked to the next caller.
  clearLockedPorts();
  return isCandidate;
}
