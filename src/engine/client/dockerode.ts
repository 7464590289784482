import { Agent, type ClientRequest, type IncomingMessage } from 'node:http';
import { Agent as TlsAgent } from 'node:https';
import Docker, { type DockerOptions } from 'dockerode';
import type { EngineAddress } from '../connect/address.ts';
import { sshAgent } from '../connect/ssh-agent.ts';
import type { DockerCalls } from './api-types.ts';
import { limitResponses, textOf } from './response-limit.ts';
import { connectionClosed } from './socket-get.ts';
import type { EngineResponse, Query } from './types.ts';

/** A dockerode instance for one address. */
export interface DockerodeConnection {
  readonly calls: DockerCalls;
  /**
   * Returns the response to a GET.
   * @throws Error of the system, for an error status (with `statusCode` and `json`), for invalid JSON, or for a response
   *   above `maxResponseBytes`.
   */
  get(path: string, query: Query, signal: AbortSignal): Promise<EngineResponse>;
  /** Uses this API version (`1.44`) for all later calls; `undefined` changes nothing. */
  useApiVersion(version: string | undefined): void;
  close(): void;
}

/** Returns a dockerode for an address. Sends nothing yet. `timeoutMs` limits how long ssh takes to connect. */
export function openDockerode(address: EngineAddress, timeoutMs: number): DockerodeConnection {
  const agent = agentFor(address, timeoutMs);
  watchRequests(agent, (request) => {
    rejectRedirect(request);
    failTruncatedResponse(request);
  });
  const options = { ...noDefaults, ...dockerodeOptions(address), agent };
  const docker = withoutDockerHost(() => new Docker(options));
  const calls = docker as unknown as DockerCalls;
  limitResponses(calls.modem);
  return {
    calls,
    get: async (path, query, signal) => {
      const response = await dial(calls, { path, query, signal });
      const text = await textOf(response);
      return { headers: response.headers, json: path === '/_ping' ? undefined : parseJson(text) };
    },
    useApiVersion: (version) => {
      if (version !== undefined) Object.assign(docker.modem, { version: `v${version}` });
    },
    close: () => agent.destroy(),
  };
}

interface DialRequest {
  readonly path: string;
  readonly query: Query;
  readonly signal: AbortSignal;
}

/** Sends a GET through docker-modem, because dockerode's own calls drop the headers. */
function dial(
  { modem }: DockerCalls,
  { path, query, signal }: DialRequest,
): Promise<IncomingMessage> {
  const request = {
    path: `${path}?`,
    options: { _query: query },
    method: 'GET',
    isStream: true,
    abortSignal: signal,
    statusCodes: { 200: true },
  } as const;
  return new Promise((resolve, reject) => {
    modem.dial(request, (error, response) => (error ? reject(error) : resolve(response)));
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) ?? undefined;
  } catch {
    throw new Error('invalid JSON');
  }
}

/** Options that docker-modem would otherwise read from the environment, by its own rules. */
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

/** docker-modem parses DOCKER_HOST in its constructor and throws if it cannot, whatever its options are. */
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
      // The agent makes the connections, so the name is never resolved.
      return { host: 'docker.example.com', port: 80, protocol: 'http' };
    default:
      return address satisfies never;
  }
}

/** Returns the agent for ssh, TLS (docker-modem always verifies certificates) or a plain socket. */
function agentFor(address: EngineAddress, timeoutMs: number): Agent {
  if (address.scheme === 'ssh')
    return sshAgent(address, { connectTimeoutSeconds: timeoutMs / 1000 });
  if (address.scheme !== 'tcp' || address.tls === undefined) return new Agent();
  const { ca, cert, key, verify } = address.tls;
  return new TlsAgent({ ca, cert, key, rejectUnauthorized: verify });
}

/** Calls `onRequest` for each request of an agent, before it is sent. */
function watchRequests(agent: Agent, onRequest: (request: ClientRequest) => void): void {
  const watched = agent as Agent & { addRequest(request: ClientRequest, ...rest: unknown[]): void };
  const add = watched.addRequest.bind(agent);
  watched.addRequest = (request, ...rest) => {
    onRequest(request);
    add(request, ...rest);
  };
}

/** Fails a request whose connection breaks within the response: docker-modem would wait forever for the rest. */
function failTruncatedResponse(request: ClientRequest): void {
  request.once('response', (response) => {
    response.once('close', () => response.complete || request.emit('error', connectionClosed()));
  });
}

/**
 * Removes the location of a redirect, which makes it an unexpected status. docker-modem follows redirects to any host
 * and scheme, and crashes on an unknown scheme. No engine sends one.
 */
function rejectRedirect(request: ClientRequest): void {
  // Runs before docker-modem's listener, which the request's constructor has added.
  request.prependOnceListener('response', (response) => {
    delete response.headers.location;
  });
}
