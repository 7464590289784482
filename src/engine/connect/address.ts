import { posix } from 'node:path';
import { PortplanError } from '../../errors.ts';
import { isPort } from '../../model/ports/port.ts';

/** Where an engine listens. */
export type EngineAddress = SocketAddress | TcpAddress | SshAddress;

/** A socket in the file system, or a named pipe of Windows (`//./pipe/docker_engine`). */
export interface SocketAddress {
  readonly scheme: 'unix' | 'npipe';
  readonly path: string;
}

export interface TcpAddress {
  readonly scheme: 'tcp';
  /** A name or an IP address without brackets. */
  readonly host: string;
  readonly port: number;
  /** What stands before the API's own paths: empty, or `/base`. */
  readonly basePath: string;
  /** Absent: plain HTTP. */
  readonly tls?: TlsMaterial | undefined;
}

/** PEM texts. `key` is a secret. */
export interface TlsMaterial {
  readonly ca?: string | undefined;
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
  /** Whether the engine must prove that it is the one. */
  readonly verify: boolean;
}

/** An engine behind the user's own ssh. */
export interface SshAddress {
  readonly scheme: 'ssh';
  readonly user?: string | undefined;
  readonly host: string;
  readonly port?: number | undefined;
  /** The engine's socket on that host, when it is not the usual one. */
  readonly socketPath?: string | undefined;
}

export const defaultUnixSocket = '/var/run/docker.sock';
export const defaultNamedPipe = '//./pipe/docker_engine';

interface ParseOptions {
  /** Used for tcp only; docker uses no TLS on sockets. */
  readonly tls?: TlsMaterial | undefined;
  readonly defaultPort?: number;
}

/**
 * Reads an address in the notation of DOCKER_HOST: `unix://`, `tcp://`, `npipe://` and `ssh://`; without a scheme
 * `host:port` is tcp and a path is a socket (docker/cli: opts/hosts.go, cli/connhelper/ssh).
 * @throws PortplanError `invalid-input`
 */
export function parseEngineAddress(text: string, options: ParseOptions = {}): EngineAddress {
  const [, written, rest = ''] = /^(?:([^:/]*):\/\/)?(.*)$/s.exec(text.trim()) ?? [];
  const scheme = written ?? (/^\.?\//.test(rest) ? 'unix' : 'tcp');
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
      throw fault(text, 'docker knows no http addresses', `write tcp://${rest}`);
    default:
      throw fault(text, `there is no scheme "${scheme}"`);
  }
}

/** The address in the notation of DOCKER_HOST. */
export function formatEngineAddress(address: EngineAddress): string {
  switch (address.scheme) {
    case 'unix':
    case 'npipe':
      return `${address.scheme}://${address.path}`;
    case 'tcp':
      return `tcp://${bracket(address.host)}:${address.port}${address.basePath}`;
    case 'ssh': {
      const { user, host, port, socketPath = '' } = address;
      const before = user === undefined ? '' : `${user}@`;
      return `ssh://${before}${bracket(host)}${port === undefined ? '' : `:${port}`}${socketPath}`;
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
  if (url.username !== '' || url.password !== '') throw fault(text, 'tcp knows no user');
  const port = url.port === '' ? defaultPort : Number(url.port);
  if (!isPort(port)) throw fault(text, `${port} is not a port`);
  const basePath = url.pathname === '/' ? '' : url.pathname;
  return { scheme: 'tcp', host: withoutBrackets(url.hostname), port, basePath, tls };
}

function parseSsh(text: string): SshAddress {
  const url = toUrl(text, text.trim());
  if (url.password !== '') throw fault(text, 'it has a password in it', 'use a key and ssh-agent');
  if (url.hostname === '') throw fault(text, 'it has no host');
  if (url.search !== '' || url.hash !== '')
    throw fault(text, 'it has more than a path after the host');
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
  // A "|" and its like in a host would be let through for a scheme that the standard does not know.
  if (URL.canParse(url) && !/[\s\\]/.test(url)) return new URL(url);
  throw fault(text, 'its host or port cannot be read');
}

function decode(text: string, part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw fault(text, `"${part}" cannot be decoded`);
  }
}

function withoutBrackets(host: string): string {
  return host.replace(/^\[(.*)\]$/, '$1');
}

function fault(
  text: string,
  why: string,
  hint = 'expected unix:///path, tcp://host:port, ssh://user@host or npipe:////./pipe/name',
) {
  const shown = text.replace(/(\/\/[^:@/]*):[^@/]*@/, '$1:…@');
  return new PortplanError('invalid-input', `"${shown}" is not the address of an engine: ${why}`, {
    hint,
  });
}
