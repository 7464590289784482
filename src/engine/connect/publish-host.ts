import { readFile, realpath } from 'node:fs/promises';
import { hostname, release } from 'node:os';
import { isLoopback, parseIpLiteral } from '../../model/ports/address.ts';
import type { Engine } from '../open-engine.ts';
import type { EngineAddress } from './address.ts';

/**
 * Whose ports an engine publishes.
 * - `host`: this host's; its sockets are in the way.
 * - `forwarded`: a program on this host opens each port for an engine in a virtual machine, and refuses what is taken.
 * - `forwarded-silently`: the same, but the container starts and the port of this host stays somebody else's.
 * - `elsewhere`: another host's, or another network namespace's; this host's sockets say nothing.
 * - `unsure`: nobody can tell from here.
 */
export type PublishHost =
  | { readonly kind: 'host' }
  | { readonly kind: 'forwarded' | 'forwarded-silently'; readonly by: string }
  | { readonly kind: 'elsewhere'; readonly where: string; readonly hostName?: string | undefined }
  | { readonly kind: 'unsure'; readonly why: string };

/** Engines that live in a virtual machine and forward ports to the host (ports as users of the host see them). */
const machines: readonly {
  readonly system: RegExp;
  readonly by: string;
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

const here: HostEnvironment = {
  platform: process.platform,
  kernel: release(),
  hostName: hostname(),
  readUnixSockets: () => readFile('/proc/net/unix', 'utf8'),
  realPath: (path) => realpath(path),
};

/** Tells whose ports the engine publishes. Never throws: what cannot be read makes it `unsure`. */
export async function resolvePublishHost(
  { address, facts, kind }: Pick<Engine, 'address' | 'facts' | 'kind'>,
  from: HostEnvironment = here,
): Promise<PublishHost> {
  const distant = publishHostOfAddress(address);
  if (distant) return distant;
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
  const known = facts.kernel !== '';
  if (known && (facts.kernel !== from.kernel || facts.hostName !== from.hostName)) {
    return { kind: 'elsewhere', where: `host ${facts.hostName}`, hostName: facts.hostName };
  }
  // RootlessKit lives in a namespace of its own and opens the ports in the one that it was started from.
  if (facts.rootless && kind === 'docker') return { kind: 'host' };
  return address.scheme === 'unix'
    ? publishHostOfSocket(address.path, from)
    : { kind: 'unsure', why: 'it is reached over TCP' };
}

/** What the address alone tells, whether or not an engine answers there: that it is another host's. */
export function publishHostOfAddress(address: EngineAddress): PublishHost | undefined {
  const isDistant =
    address.scheme === 'ssh' || (address.scheme === 'tcp' && !isThisHost(address.host));
  return isDistant
    ? { kind: 'elsewhere', where: `host ${address.host}`, hostName: address.host }
    : undefined;
}

function isThisHost(host: string): boolean {
  const address = parseIpLiteral(host);
  return host === 'localhost' || (address !== undefined && isLoopback(address));
}

/**
 * A listening socket is listed only in the network namespace in which it was made, and an engine publishes ports in
 * the namespace in which it made its socket.
 */
async function publishHostOfSocket(path: string, from: HostEnvironment): Promise<PublishHost> {
  try {
    const real = await from.realPath(path).catch(() => path);
    const paths = new Set(listeningPaths(await from.readUnixSockets()));
    // Where /var/run leads to /run, the engine may have used either name.
    const names = [path, real, real.replace(/^\/run\//, '/var/run/')];
    if (names.some((name) => paths.has(name))) return { kind: 'host' };
    return { kind: 'elsewhere', where: 'another network namespace of this host' };
  } catch {
    return { kind: 'unsure', why: '/proc/net/unix cannot be read' };
  }
}

/** The paths in /proc/net/unix of sockets that accept connections (flag __SO_ACCEPTCON). */
function listeningPaths(text: string): string[] {
  return text.split('\n').flatMap((line) => {
    const [, , , flags, , , , path] = line.split(/\s+/, 8);
    return flags === '00010000' && path ? [path] : [];
  });
}
