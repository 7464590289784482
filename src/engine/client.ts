import type { Agent } from 'node:http';
import { Agent as TlsAgent } from 'node:https';
import type { DockerOptions } from 'dockerode';
import { createBound } from './call-bound.ts';
import type { EngineAddress } from './engine-address.ts';
import { timeoutError, toEngineError } from './engine-error.ts';
import { sshAgent } from './ssh.ts';
import type { DockerCalls } from './wire.ts';

/** A connection to an engine's API on which every call is bounded. */
export interface EngineClient {
  readonly address: EngineAddress;
  /**
   * Makes one call. `task` completes "when asked to …" in messages.
   * @throws PortplanError `engine-absent`, `engine-denied`, `engine-timeout`, `engine-failed` (EngineRefusal when the
   *   engine said no).
   */
  call<T>(
    task: string,
    make: (docker: DockerCalls, signal: AbortSignal) => Promise<T>,
    options?: CallOptions,
  ): Promise<T>;
  /** Speaks this version of the API from now on. */
  useApiVersion(version: string): void;
  /** Ends what keeps connections open. */
  close(): void;
}

export interface CallOptions {
  /** Milliseconds; Infinity for calls that last as long as a container runs. */
  readonly timeoutMs?: number | undefined;
  /** Gives the call up from outside. */
  readonly signal?: AbortSignal | undefined;
}

export interface ClientOptions {
  /** Bounds each call that does not say otherwise; milliseconds. */
  readonly timeoutMs: number;
  /** Waits longer for an engine that still answers a ping: it is busy, and does not hang. */
  readonly patient?: boolean | undefined;
}

/** Opens a client; nothing is sent yet. */
export async function createClient(
  address: EngineAddress,
  { timeoutMs, patient = false }: ClientOptions,
): Promise<EngineClient> {
  // dockerode takes longer to load than everything else together, so only who asks an engine pays for it.
  const { default: Docker } = await import('dockerode');
  const agent = agentFor(address, timeoutMs);
  const options = { ...noDefaults, ...dockerodeOptions(address), ...(agent && { agent }) };
  const docker = withoutDockerHost(() => new Docker(options));
  const calls = docker as unknown as DockerCalls;
  return {
    address,
    call: async (task, make, { timeoutMs: limit = timeoutMs, signal } = {}) => {
      const context = { address, task, timeoutMs: limit };
      const bound = createBound({
        limitMs: limit,
        outer: signal,
        toError: () => timeoutError(context),
        isAlive: patient ? (abortSignal) => calls.ping({ abortSignal }) : undefined,
      });
      try {
        return await Promise.race([make(calls, bound.signal), bound.failure]);
      } catch (error) {
        // What still waits for an answer would keep the program alive.
        bound.abort();
        throw bound.reason() ?? toEngineError(error, context);
      } finally {
        bound.clear();
      }
    },
    useApiVersion: (version) => {
      Object.assign(docker.modem, { version: `v${version}` });
    },
    close: () => agent?.destroy(),
  };
}

/** What docker-modem would otherwise take from the environment by rules of its own. */
const noDefaults = {
  host: undefined,
  socketPath: undefined,
  port: undefined,
  protocol: undefined,
  ca: undefined,
  cert: undefined,
  key: undefined,
  timeout: undefined,
  pathPrefix: undefined,
  username: undefined,
};

/** docker-modem reads DOCKER_HOST in its constructor and throws when it cannot, whatever it is told. */
function withoutDockerHost<T>(make: () => T): T {
  const { DOCKER_HOST: saved } = process.env;
  delete process.env.DOCKER_HOST;
  try {
    return make();
  } finally {
    if (saved !== undefined) process.env.DOCKER_HOST = saved;
  }
}

function dockerodeOptions(address: EngineAddress): DockerOptions {
  switch (address.scheme) {
    case 'unix':
    case 'npipe':
      return { socketPath: address.path, protocol: 'http' };
    case 'tcp': {
      const { host, port, basePath, tls } = address;
      const protocol = tls === undefined ? 'http' : 'https';
      return { host, port, protocol, ...(basePath !== '' && { pathPrefix: basePath }) };
    }
    case 'ssh':
      // The agent makes the connections; the name is never looked up.
      return { host: 'docker.example.com', port: 80, protocol: 'http' };
    default:
      return address satisfies never;
  }
}

/** Connections that are more than a plain socket: through ssh, or with TLS (docker-modem cannot leave it unverified). */
function agentFor(address: EngineAddress, timeoutMs: number): Agent | undefined {
  if (address.scheme === 'ssh')
    return sshAgent(address, { connectTimeoutSeconds: timeoutMs / 1000 });
  if (address.scheme !== 'tcp' || address.tls === undefined) return undefined;
  const { ca, cert, key, verify } = address.tls;
  return new TlsAgent({ ca, cert, key, rejectUnauthorized: verify });
}
