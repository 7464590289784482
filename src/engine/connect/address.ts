import { posix } from 'node:path';
import { PortplanError } from '../../errors.ts';
import { isPort } from '../../model/ports/port.ts';

/** The address of an engine's API. */
export type EngineAddress = SocketAddress | TcpAddress | SshAddress;

/** A socket in the file system, or a named pipe of Windows (`//./pipe/docker_engine`). */
export interface SocketAddress {
  readonly scheme: 'unix' | 'npipe';
  readonly path: string;
}

/** A TCP port, with or without TLS. */
export interface TcpAddress {
  readonly scheme: 'tcp';
  /** A name or an IP address without brackets. */
  readonly host: string;
  readonly port: number;
  /** The prefix of all API paths: empty, or `/base`. */
  readonly basePath: string;
  /** Absent for plain HTTP. */
  readonly tls?: TlsMaterial | undefined;
}

/** Certificates and key as PEM text. `key` is a secret. */
export interface TlsMaterial {
  readonly ca?: string | undefined;
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
  /** Whether the engine's certificate is verified. */
  readonly verify: boolean;
}

/** An engine that is reached through the user's ssh. */
export interface SshAddress {
  readonly scheme: 'ssh';
  readonly user?: string | undefined;
  readonly host: string;
  readonly port?: number | undefined;
  /** The engine's socket on that host; absent for the default socket. */
  readonly socketPath?: string | undefined;
}

/** Docker's socket on Linux and macOS. */
export const defaultUnixSocket = '/var/run/docker.sock';
/** Docker's named pipe on Windows. */
export const defaultNamedPipe = '//./pipe/docker_engine';

interface ParseOptions {
  /** Used for tcp only: docker uses no TLS on sockets. */
  readonly tls?: TlsMaterial | undefined;
  /** The port of a tcp address without one. Default: 2375. */
  readonly defaultPort?: number;
}

/**
 * Parses an address in the notation of DOCKER_HOST: `unix://`, `tcp://`, `npipe://` and `ssh://`; without a scheme
 * `host:port` is tcp and a path is a socket (docker/cli: opts/hosts.go, cli/connhelper/ssh).
 * @throws PortplanError `invalid-input`
 */
export function parseEngineAddress(text: string, options: ParseOptions = {}): EngineAddress {
  const [, explicitScheme, rest = ''] = /^(?:([^:/]*):\/\/)?(.*)$/s.exec(text.trim()) ?? [];
  const scheme = explicitScheme ?? (/^\.?\//.test(rest) ? 'unix' : 'tcp');
  switch (scheme) {
    case 'unix':
      return { scheme, path: rest === '' ? defaultUnixSocket : rest };
    case 'npipe':
      return { scheme, path: rest === '' ? defaultNamedPipe : rest };
    case 'tcp':
      return parseTcp(text, rest, options);
    case 'ssh':
      return parseSsh(text);
    case 'http':
    case 'https':
      throw invalidAddress(text, 'docker does not support http addresses', `use tcp://${rest}`);
    default:
      throw invalidAddress(text, `unknown scheme "${scheme}"`);
  }
}

/** Returns the address in the notation of DOCKER_HOST. */
export function formatEngineAddress(address: EngineAddress): string {
  switch (address.scheme) {
    case 'unix':
    case 'npipe':
      return `${address.scheme}://${address.path}`;
    case 'tcp':
      return `tcp://${bracket(address.host)}:${address.port}${address.basePath}`;
    case 'ssh': {
      const { user, host, port, socketPath = '' } = address;
      const userPrefix = user === undefined ? '' : `${user}@`;
      return `ssh://${userPrefix}${bracket(host)}${port === undefined ? '' : `:${port}`}${socketPath}`;
    }
    default:
      return address satisfies never;
  }
}

function bracket(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}

function parseTcp(
  text: string,
  rest: string,
  { tls, defaultPort = 2375 }: ParseOptions,
): TcpAddress {
  const url = toUrl(text, `x://${rest.startsWith(':') || rest === '' ? 'localhost' : ''}${rest}`);
  if (url.username !== '' || url.password !== '')
    throw invalidAddress(text, 'a tcp address cannot have a user');
  const port = url.port === '' ? defaultPort : Number(url.port);
  if (!isPort(port)) throw invalidAddress(text, `invalid port ${port}`);
  const basePath = url.pathname === '/' ? '' : url.pathname;
  return { scheme: 'tcp', host: withoutBrackets(url.hostname), port, basePath, tls };
}

function parseSsh(text: string): SshAddress {
  const url = toUrl(text, text.trim());
  if (url.password !== '')
    throw invalidAddress(text, 'it contains a password', 'use a key and ssh-agent');
  if (url.hostname === '') throw invalidAddress(text, 'it has no host');
  if (url.search !== '' || url.hash !== '')
    throw invalidAddress(text, 'only a path may follow the host');
  const socketPath = posix.normalize(decode(text, url.pathname));
  return {
    scheme: 'ssh',
    user: url.username === '' ? undefined : decode(text, url.username),
    host: withoutBrackets(decode(text, url.hostname)),
    port: url.port === '' ? undefined : Number(url.port),
    socketPath: /^[/.]*$/.test(socketPath) ? undefined : socketPath,
  };
}

function toUrl(text: string, url: string): URL {
  // For a non-standard scheme, URL accepts characters such as "|" in a host.
  if (URL.canParse(url) && !/[\s\\]/.test(url)) return new URL(url);
  throw invalidAddress(text, 'invalid host or port');
}

function decode(text: string, part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw invalidAddress(text, `invalid percent-encoding in "${part}"`);
  }
}

function withoutBrackets(host: string): string {
  return host.replace(/^\[(.*)\]$/, '$1');
}

function invalidAddress(
  text: string,
  reason: string,
  hint = 'use unix:///path, tcp://host:port, ssh://user@host or npipe:////./pipe/name',
) {
  const redacted = text.replace(/(\/\/[^:@/]*):[^@/]*@/, '$1:…@');
  return new PortplanError('invalid-input', `invalid engine address "${redacted}": ${reason}`, {
    hint,
  });
}
