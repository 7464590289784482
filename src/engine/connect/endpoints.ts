import { realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { PortplanError } from '../../errors.ts';
import { userHome } from '../../user-home.ts';
import {
  defaultNamedPipe,
  defaultUnixSocket,
  type EngineAddress,
  formatEngineAddress,
  parseEngineAddress,
  type TlsMaterial,
} from './address.ts';
import { defaultContext, listContexts, readContext } from './contexts.ts';
import { type DockerConfig, dockerConfigFolder, readDockerConfig } from './docker-config.ts';
import { readTlsFiles } from './tls-files.ts';
import { wellKnownSockets } from './well-known-sockets.ts';

/** An engine that portplan may connect to. */
export interface EngineEndpoint {
  readonly address: EngineAddress;
  /** The source of the address, for messages: `DOCKER_HOST`, `docker context "colima"`, `rootless Podman's socket`. */
  readonly source: string;
}

/** The setting that names the engine. */
export type NamedBy = '--host' | '--context' | 'DOCKER_HOST' | 'DOCKER_CONTEXT' | 'currentContext';

/** The engine that the user's settings select. */
export interface EndpointChoice {
  /** The first one that responds is used. Never empty; exactly one if the user named the engine. */
  readonly candidates: readonly EngineEndpoint[];
  /** Whether any setting names the engine, including `docker context use`. */
  readonly named: boolean;
  readonly namedBy?: NamedBy | undefined;
  /** The docker context in use; `default` if an address names the engine. */
  readonly contextName: string;
  /** DOCKER_API_VERSION without its `v`: this version is used without negotiation. */
  readonly apiVersion?: string | undefined;
  /** Problems that did not change the choice. */
  readonly notes: readonly string[];
}

/** The flags that name an engine. */
export interface EndpointRequest {
  readonly host?: string | undefined;
  readonly context?: string | undefined;
}

/** The environment that the choice of an engine depends on. */
export interface EndpointEnvironment {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly home: string;
  readonly platform: NodeJS.Platform;
  readonly uid?: number | undefined;
  /** Returns the real path of a socket; `undefined` if it does not exist. */
  readonly findSocket: (path: string) => Promise<string | undefined>;
}

/** Returns the environment of this process. */
export function defaultEndpointEnvironment(): EndpointEnvironment {
  const { env, platform } = process;
  return { env, home: userHome(), platform, uid: process.getuid?.(), findSocket };
}

/**
 * Finds the engine as the docker CLI does (docker/cli: cli/command/cli.go, resolveContextName): `--context`, `--host`,
 * DOCKER_HOST, DOCKER_CONTEXT, then `currentContext` of config.json. If none of these names an engine, the candidates are
 * docker's own socket, then the existing well-known sockets of other engines.
 * @throws PortplanError `invalid-usage` for `--host` with `--context`; `unknown-context`; `invalid-input` for an invalid
 *   address or API version, or a missing certificate
 */
export async function resolveEndpoint(
  request: EndpointRequest,
  from: EndpointEnvironment = defaultEndpointEnvironment(),
): Promise<EndpointChoice> {
  if (request.host !== undefined && request.context !== undefined) {
    throw new PortplanError('invalid-usage', '--host and --context cannot be used together', {
      hint: 'use one of them',
    });
  }
  const folder = dockerConfigFolder(from.env, from.home);
  const config = await readDockerConfig(folder);
  const { namedBy, contextName } = chooseContext(request, from.env, config);
  const candidates =
    contextName === defaultContext
      ? await defaultCandidates(request.host ?? from.env.DOCKER_HOST, namedBy, folder, from)
      : [await contextEndpoint(folder, contextName, from)];
  return {
    candidates,
    named: namedBy !== undefined,
    namedBy,
    contextName,
    apiVersion: toApiVersion(from.env.DOCKER_API_VERSION),
    notes: config.problem === undefined ? [] : [config.problem],
  };
}

/**
 * Returns the other engines of this host: those with an existing well-known socket, or a socket that a docker context
 * names. portplan uses them only to identify the holder of a port. Links to the same socket count as one engine.
 */
export async function otherEndpoints(
  chosen: EngineAddress,
  from: EndpointEnvironment = defaultEndpointEnvironment(),
): Promise<readonly EngineEndpoint[]> {
  const endpoints = [
    ...defaultSocket(from),
    ...wellKnownEndpoints(from),
    ...(await contextSockets(from)),
  ];
  return existingExcept(chosen, endpoints, from);
}

interface ContextChoice {
  readonly namedBy?: NamedBy;
  readonly contextName: string;
}

function chooseContext(
  { host, context }: EndpointRequest,
  env: EndpointEnvironment['env'],
  { currentContext }: DockerConfig,
): ContextChoice {
  if (context !== undefined) return { namedBy: '--context', contextName: context };
  if (host !== undefined) return { namedBy: '--host', contextName: defaultContext };
  if (env.DOCKER_HOST) return { namedBy: 'DOCKER_HOST', contextName: defaultContext };
  if (env.DOCKER_CONTEXT) return { namedBy: 'DOCKER_CONTEXT', contextName: env.DOCKER_CONTEXT };
  if (currentContext === undefined || currentContext === defaultContext) {
    return { contextName: defaultContext };
  }
  return { namedBy: 'currentContext', contextName: currentContext };
}

async function defaultCandidates(
  host: string | undefined,
  namedBy: NamedBy | undefined,
  folder: string,
  from: EndpointEnvironment,
): Promise<readonly EngineEndpoint[]> {
  const tls = isTlsRequested(from.env);
  const text = host?.trim() || (tls ? 'tcp://localhost:2376' : '');
  const plain = text === '' ? defaultAddress(from.platform) : parseEngineAddress(text);
  const address =
    tls && plain.scheme === 'tcp' ? { ...plain, tls: await readEnvTls(folder, from.env) } : plain;
  const first = { address, source: sourceOf(namedBy, host) };
  return namedBy === undefined
    ? [first, ...(await existingExcept(address, wellKnownEndpoints(from), from))]
    : [first];
}

function sourceOf(namedBy: NamedBy | undefined, host: string | undefined): string {
  if (namedBy === '--host' || namedBy === 'DOCKER_HOST') return namedBy;
  return host ? 'DOCKER_HOST' : "docker's default";
}

function defaultAddress(platform: NodeJS.Platform): EngineAddress {
  return platform === 'win32'
    ? { scheme: 'npipe', path: defaultNamedPipe }
    : { scheme: 'unix', path: defaultUnixSocket };
}

/** Any value enables TLS, even "0", as with docker. */
function isTlsRequested(env: EndpointEnvironment['env']): boolean {
  return Boolean(env.DOCKER_TLS_VERIFY) || Boolean(env.DOCKER_TLS);
}

async function readEnvTls(folder: string, env: EndpointEnvironment['env']): Promise<TlsMaterial> {
  const certificates = env.DOCKER_CERT_PATH || folder;
  const files = await readTlsFiles(certificates);
  if (files.ca === undefined) {
    const file = join(certificates, 'ca.pem');
    throw new PortplanError(
      'invalid-input',
      `TLS is enabled for the engine, but ${file} does not exist`,
      {
        hint: 'set DOCKER_CERT_PATH to the folder with ca.pem, or unset DOCKER_TLS_VERIFY and DOCKER_TLS',
      },
    );
  }
  return { ...files, verify: Boolean(env.DOCKER_TLS_VERIFY) };
}

async function contextEndpoint(
  folder: string,
  name: string,
  from: EndpointEnvironment,
): Promise<EngineEndpoint> {
  const { host, tls } = await readContext(folder, name);
  const address =
    host === ''
      ? defaultAddress(from.platform)
      : // Docker uses HTTP's default port for a context without a port.
        parseEngineAddress(host, { tls, defaultPort: tls === undefined ? 80 : 443 });
  return { address, source: `docker context "${name}"` };
}

function toApiVersion(text: string | undefined): string | undefined {
  const version = text?.trim().replace(/^v/, '');
  if (version === undefined || version === '') return undefined;
  if (/^\d+\.\d+$/.test(version)) return version;
  throw new PortplanError(
    'invalid-input',
    `invalid DOCKER_API_VERSION "${text}": expected a version such as 1.44`,
    {
      hint: 'unset DOCKER_API_VERSION to negotiate the version',
    },
  );
}

function defaultSocket({ platform }: EndpointEnvironment): readonly EngineEndpoint[] {
  return [{ address: defaultAddress(platform), source: "docker's default" }];
}

function wellKnownEndpoints(from: EndpointEnvironment): readonly EngineEndpoint[] {
  const scheme = from.platform === 'win32' ? 'npipe' : 'unix';
  return wellKnownSockets(from).map(({ engine, path }) => ({
    address: { scheme, path },
    source: `${engine}'s socket`,
  }));
}

async function contextSockets(from: EndpointEnvironment): Promise<readonly EngineEndpoint[]> {
  const folder = dockerConfigFolder(from.env, from.home);
  const [, ...names] = await listContexts(folder);
  const endpoints = await Promise.all(
    names.map((name) => contextEndpoint(folder, name, from).catch(() => undefined)),
  );
  return endpoints
    .filter((endpoint) => endpoint !== undefined)
    .filter(({ address }) => address.scheme === 'unix' || address.scheme === 'npipe');
}

/** Returns the endpoints with an existing socket, except `excluded`; of several links to one socket, the first. */
async function existingExcept(
  excluded: EngineAddress,
  endpoints: readonly EngineEndpoint[],
  from: EndpointEnvironment,
): Promise<readonly EngineEndpoint[]> {
  const seen = new Set([await realAddress(excluded, from)]);
  const existing: EngineEndpoint[] = [];
  for (const endpoint of endpoints) {
    const real = await realAddress(endpoint.address, from);
    if (real === undefined || seen.has(real)) continue;
    seen.add(real);
    existing.push(endpoint);
  }
  return existing;
}

/** Returns the same text for every address of one engine; `undefined` if the socket does not exist. */
function realAddress(address: EngineAddress, from: EndpointEnvironment) {
  // A named pipe has no links, and opening one may use up a connection.
  return address.scheme === 'unix'
    ? from.findSocket(address.path)
    : Promise.resolve(formatEngineAddress(address).toLowerCase());
}

async function findSocket(path: string): Promise<string | undefined> {
  try {
    const real = await realpath(path);
    return (await stat(real)).isSocket() ? real : undefined;
  } catch {
    return undefined;
  }
}
