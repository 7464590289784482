import { Agent, type ClientRequest, type IncomingMessage } from 'node:http';
import { Agent as TlsAgent } from 'node:https';
import Docker, { type DockerOptions } from 'dockerode';
import type { EngineAddress } from '../connect/address.ts';
import { sshAgent } from '../connect/ssh-agent.ts';
import type { DockerCalls } from './api-types.ts';
import { limitResponses, textOf } from './response-limit.ts';
import { hungUp } from './socket-get.ts';
import type { EngineResponse, Query } from './types.ts';

/** dockerode, connected to an address. */
export interface OpenDocker {
  readonly calls: DockerCalls;
  /** The headers and the JSON at a path, undefined where it is none. */
  get(path: string, query: Query, signal: AbortSignal): Promise<EngineResponse>;
  useApiVersion(version: string | undefined): void;
  close(): void;
}

/** Makes dockerode speak to an address; nothing is sent yet. */
export function openDockerode(address: EngineAddress, timeoutMs: number): OpenDocker {
  const agent = agentFor(address, timeoutMs);
  failBrokenAnswers(agent);
  refuseRedirects(agent);
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

/** Its own calls would drop the headers. */
function dial(
  { modem }: DockerCalls,
  { path, query, signal }: { path: string; query: Query; signal: AbortSignal },
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
    throw new Error('it is not JSON');
  }
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
function agentFor(address: EngineAddress, timeoutMs: number): Agent {
  if (address.scheme === 'ssh')
    return sshAgent(address, { connectTimeoutSeconds: timeoutMs / 1000 });
  if (address.scheme !== 'tcp' || address.tls === undefined) return new Agent();
  const { ca, cert, key, verify } = address.tls;
  return new TlsAgent({ ca, cert, key, rejectUnauthorized: verify });
}

/** docker-modem waits for ever for the rest of an answer whose connection broke. */
function failBrokenAnswers(agent: Agent): void {
  const watched = agent as Agent & { addRequest(request: ClientRequest, ...rest: unknown[]): void };
  const add = watched.addRequest.bind(agent);
  watched.addRequest = (request, ...rest) => {
    request.once('response', (answer) => {
      answer.once('close', () => answer.complete || request.emit('error', hungUp()));
    });
    add(request, ...rest);
  };
}

/**
 * docker-modem follows a redirect to any host and scheme, and crashes on a scheme that it does not know. Without its
 * location a redirect is one more unexpected status: no engine sends one.
 */
function refuseRedirects(agent: Agent): void {
  const watched = agent as Agent & { addRequest(request: ClientRequest, ...rest: unknown[]): void };
  const add = watched.addRequest.bind(agent);
  watched.addRequest = (request, ...rest) => {
    // Before the listener of docker-modem, which the constructor of the request has added.
    request.prependOnceListener('response', (response) => {
      delete response.headers.location;
    });
    add(request, ...rest);
  };
}
