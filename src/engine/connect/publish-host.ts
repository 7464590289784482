import { readFile, realpath } from 'node:fs/promises';
import { hostname, release } from 'node:os';
import { isLoopback, parseIpLiteral } from '../../model/ports/address.ts';
import type { Engine } from '../open-engine.ts';
import type { EngineAddress } from './address.ts';

/**
 * The host on which an engine opens published ports.
 * - `host`: this host, so its sockets can be in conflict.
 * - `forwarded`: this host, where a program opens each port for an engine in a virtual machine and rejects a taken port.
 * - `forwarded-silently`: the same, but the container starts even when another program holds the port.
 * - `other-host`: another host or network namespace, so this host's sockets are irrelevant.
 * - `unsure`: unknown.
 */
export type PublishHost =
  | { readonly kind: 'host' }
  | { readonly kind: 'forwarded' | 'forwarded-silently'; readonly by: string }
  | { readonly kind: 'other-host'; readonly where: string; readonly hostName?: string | undefined }
  | { readonly kind: 'unsure'; readonly reason: string };

/** Engines that run in a virtual machine and forward published ports to this host. */
const machines: readonly {
  readonly system: RegExp;
  readonly by: string;
  /** Whether a container starts although its port is taken on this host. */
  readonly silent: boolean;
}[] = [
  { system: /docker desktop/i, by: 'Docker Desktop', silent: false },
  { system: /rancher desktop/i, by: 'Rancher Desktop', silent: true },
  { system: /orbstack/i, by: 'OrbStack', silent: true },
  { system: /colima/i, by: 'Colima', silent: true },
];

interface HostEnvironment {
  readonly platform: string;
  readonly kernel: string;
  readonly hostName: string;
  /** The text of /proc/net/unix: the sockets of this network namespace. */
  readonly readUnixSockets: () => Promise<string>;
  readonly realPath: (path: string) => Promise<string>;
}

const thisHost: HostEnvironment = {
  platform: process.platform,
  kernel: release(),
  hostName: hostname(),
  readUnixSockets: () => readFile('/proc/net/unix', 'utf8'),
  realPath: (path) => realpath(path),
};

/** Returns the host on which the engine opens published ports. Never throws: unreadable facts give `unsure`. */
export async function resolvePublishHost(
  { address, facts, kind }: Pick<Engine, 'address' | 'facts' | 'kind'>,
  from: HostEnvironment = thisHost,
): Promise<PublishHost> {
  const remote = publishHostOfAddress(address);
  if (remote) return remote;
  const machine = machines.find(
    ({ system }) => system.test(facts.system) || system.test(facts.hostName),
  );
  if (machine) return { kind: machine.silent ? 'forwarded-silently' : 'forwarded', by: machine.by };
  if (from.platform !== 'linux') {
    return {
      kind: 'forwarded-silently',
      by: kind === 'podman' ? 'Podman machine' : 'a virtual machine',
    };
  }
  const hasFacts = facts.kernel !== '';
  if (hasFacts && (facts.kernel !== from.kernel || facts.hostName !== from.hostName)) {
    return { kind: 'other-host', where: `host ${facts.hostName}`, hostName: facts.hostName };
  }
  // RootlessKit runs in its own namespace and opens the ports in the one that it was started from.
  if (facts.rootless && kind === 'docker') return { kind: 'host' };
  return address.scheme === 'unix'
    ? publishHostOfSocket(address.path, from)
    : { kind: 'unsure', reason: 'the engine is reached over TCP' };
}

/** Returns `other-host` if the address alone shows it, whether or not an engine responds; else `undefined`. */
export function publishHostOfAddress(address: EngineAddress): PublishHost | undefined {
  const isRemote =
    address.scheme === 'ssh' || (address.scheme === 'tcp' && !isThisHost(address.host));
  return isRemote
    ? { kind: 'other-host', where: `host ${address.host}`, hostName: address.host }
    : undefined;
}

function isThisHost(host: string): boolean {
  const address = parseIpLiteral(host);
  return host === 'localhost' || (address !== undefined && isLoopback(address));
}

/**
 * Compares the socket with /proc/net/unix. A listening socket appears only in the network namespace in which it was
 * created, and an engine publishes ports in the namespace in which it created its socket.
 */
async function publishHostOfSocket(path: string, from: HostEnvironment): Promise<PublishHost> {
  try {
    const real = await from.realPath(path).catch(() => path);
    const paths = new Set(listeningPaths(await from.readUnixSockets()));
    // If /var/run links to /run, the engine may have used either path.
    const names = [path, real, real.replace(/^\/run\//, '/var/run/')];
    if (names.some((name) => paths.has(name))) return { kind: 'host' };
    return { kind: 'other-host', where: 'another network namespace of this host' };
  } catch {
    return { kind: 'unsure', reason: '/proc/net/unix cannot be read' };
  }
}

/** Returns the paths in /proc/net/unix of sockets that accept connections (flag __SO_ACCEPTCON). */
function listeningPaths(text: string): string[] {
  return text.split('\n').flatMap((line) => {
    const [, , , flags, , , , path] = line.split(/\s+/, 8);
    return flags === '00010000' && path ? [path] : [];
  });
}
