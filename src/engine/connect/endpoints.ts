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

/** One engine that may be asked. */
export interface EngineEndpoint {
  readonly address: EngineAddress;
  /** Where the address is from, for messages: `DOCKER_HOST`, `docker context "colima"`, `rootless Podman's socket`. */
  readonly source: string;
}

/** By what the user said which engine is meant. */
export type NamedBy = '--host' | '--context' | 'DOCKER_HOST' | 'DOCKER_CONTEXT' | 'currentContext';

/** The engine that is meant. */
export interface EndpointChoice {
  /** The first of them that answers is the one. Only one when the user named it; never none. */
  readonly candidates: readonly EngineEndpoint[];
  /** Whether anything names the engine, `docker context use` included. */
  readonly named: boolean;
  readonly namedBy?: NamedBy | undefined;
  /** The docker context in use; `default` for an address. */
  readonly contextName: string;
  /** DOCKER_API_VERSION without its `v`: use this version, and do not negotiate. */
  readonly apiVersion?: string | undefined;
  /** What went wrong on the way without changing the choice. */
  readonly notes: readonly string[];
}

/** The flags that name an engine. */
export interface EndpointRequest {
  readonly host?: string | undefined;
  readonly context?: string | undefined;
}

export interface EndpointEnvironment {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly home: string;
  readonly platform: NodeJS.Platform;
  readonly uid?: number | undefined;
  /** The real path of a socket, if there is one. */
  readonly findSocket: (path: string) => Promise<string | undefined>;
}

/** Those of this process. */
export function defaultEndpointEnvironment(): EndpointEnvironment {
  const { env, platform } = process;
  return { env, home: userHome(), platform, uid: process.getuid?.(), findSocket };
}

/**
 * Finds the engine as the docker CLI does (docker/cli: cli/command/cli.go, resolveContextName): `--context`, `--host`,
 * DOCKER_HOST, DOCKER_CONTEXT, then `currentContext` of config.json. When nothing names one, docker's own socket and
 * then the usual ones of other engines that are there.
 * @throws PortplanError `invalid-usage` for `--host` with `--context`; `unknown-context`; `invalid-input` for an address
 *   that cannot be read, or a missing certificate.
 */
export async function resolveEndpoint(
  request: EndpointRequest,
  from: EndpointEnvironment = defaultEndpointEnvironment(),
): Promise<EndpointChoice> {
  if (request.host !== undefined && request.context !== undefined) {
    throw new PortplanError('invalid-usage', '--host and --context both name an engine', {
      hint: 'give one of them',
    });
  }
  const folder = dockerConfigFolder(from.env, from.home);
  const config = await readDockerConfig(folder);
  const { namedBy, contextName } = nameContext(request, from.env, config);
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
 * The other engines of this host that are there: the usual sockets, and those that docker contexts name. Asked only to
 * name the holder of a port. One engine is given once, whatever links lead to its socket.
 */
export async function otherEndpoints(
  chosen: EngineAddress,
  from: EndpointEnvironment = defaultEndpointEnvironment(),
): Promise<readonly EngineEndpoint[]> {
  const known = [
    ...defaultSocket(from),
    ...wellKnownEndpoints(from),
    ...(await contextSockets(from)),
  ];
  return thereBesides(chosen, known, from);
}

interface Naming {
  readonly namedBy?: NamedBy;
  readonly contextName: string;
}

function nameContext(
  { host, context }: EndpointRequest,
  env: EndpointEnvironment['env'],
  { currentContext }: DockerConfig,
): Naming {
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
  const tls = wantsTls(from.env);
  const text = host?.trim() || (tls ? 'tcp://localhost:2376' : '');
  const plain = text === '' ? defaultAddress(from.platform) : parseEngineAddress(text);
  const address =
    tls && plain.scheme === 'tcp' ? { ...plain, tls: await readEnvTls(folder, from.env) } : plain;
  const first = { address, source: sourceOf(namedBy, host) };
  return namedBy === undefined
    ? [first, ...(await thereBesides(address, wellKnownEndpoints(from), from))]
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

/** Any text counts, even "0", as with docker. */
function wantsTls(env: EndpointEnvironment['env']): boolean {
  return Boolean(env.DOCKER_TLS_VERIFY) || Boolean(env.DOCKER_TLS);
}

async function readEnvTls(folder: string, env: EndpointEnvironment['env']): Promise<TlsMaterial> {
  const certificates = env.DOCKER_CERT_PATH || folder;
  const files = await readTlsFiles(certificates);
  if (files.ca === undefined) {
    const file = join(certificates, 'ca.pem');
    throw new PortplanError('invalid-input', `TLS is on for the engine, and ${file} is not there`, {
      hint: 'set DOCKER_CERT_PATH to the folder of ca.pem, or unset DOCKER_TLS_VERIFY and DOCKER_TLS',
    });
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
      : // Docker leaves the port of a context's address to HTTP.
        parseEngineAddress(host, { tls, defaultPort: tls === undefined ? 80 : 443 });
  return { address, source: `docker context "${name}"` };
}

function toApiVersion(text: string | undefined): string | undefined {
  const version = text?.trim().replace(/^v/, '');
  if (version === undefined || version === '') return undefined;
  if (/^\d+\.\d+$/.test(version)) return version;
  throw new PortplanError('invalid-input', `DOCKER_API_VERSION "${text}" is not a version`, {
    hint: 'expected a form such as 1.44, or unset it: the version is negotiated then',
  });
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

/** The endpoints whose sockets are there, but for the one given; of two ways to one socket, the first. */
async function thereBesides(
  one: EngineAddress,
  endpoints: readonly EngineEndpoint[],
  from: EndpointEnvironment,
): Promise<readonly EngineEndpoint[]> {
  const seen = new Set([await realAddress(one, from)]);
  const there: EngineEndpoint[] = [];
  for (const endpoint of endpoints) {
    const real = await realAddress(endpoint.address, from);
    if (real === undefined || seen.has(real)) continue;
    seen.add(real);
    there.push(endpoint);
  }
  return there;
}

/** What two addresses of one engine have in common; nothing when there is no such socket. */
function realAddress(address: EngineAddress, from: EndpointEnvironment) {
  // A named pipe has no links, and looking at one may take a connection from it.
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
