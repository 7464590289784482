import { asPortplanError, PortplanError } from '../errors.ts';
import {
  compareVersions,
  type EngineKind,
  type EngineTraits,
  traitsOf,
} from '../model/host/engine-traits.ts';
import { shellQuote } from '../model/text/safe-text.ts';
import { type ClientOptions, createClient, type EngineClient } from './client/client.ts';
import { defaultUnixSocket, type EngineAddress, formatEngineAddress } from './connect/address.ts';
import {
  type EndpointChoice,
  type EndpointRequest,
  type EngineEndpoint,
  resolveEndpoint,
} from './connect/endpoints.ts';
import { type EngineFacts, readFacts, readVersion, requestInfo } from './connect/handshake.ts';

/** An engine that responds. */
export interface Engine {
  readonly client: EngineClient;
  readonly address: EngineAddress;
  readonly kind: EngineKind;
  /** `28.5.2+dfsg4`; empty when the engine does not report it. */
  readonly version: string;
  readonly apiVersion: string;
  readonly traits: EngineTraits;
  readonly facts: EngineFacts;
  /** The command that reaches it: `docker`, `podman`, `docker --context colima`. */
  readonly command: string;
}

/** The newest API version that portplan was tested with; engines also support older ones, down to their minimum. */
const newestApi = '1.51';

export interface NegotiateOptions extends ClientOptions {
  /** Called after version negotiation, while the engine collects its system information, which takes 10 ms. */
  readonly onNegotiated?: ((engine: NegotiatedEngine) => void) | undefined;
}

/** An engine of which only kind and version are known. */
export type NegotiatedEngine = Pick<Engine, 'client' | 'kind' | 'traits'>;

/** The result of {@link openEngine}. */
export type EngineSearch =
  | { readonly kind: 'found'; readonly engine: Engine; readonly notes: readonly string[] }
  | {
      readonly kind: 'none';
      /** The most informative error: the first that is not `engine-absent`. */
      readonly error: PortplanError;
      /** Whether the user named the engine, or one exists but fails: no port is then known to be free. */
      readonly gap: boolean;
      /** The first address that was tried. */
      readonly address?: EngineAddress | undefined;
      readonly notes: readonly string[];
    };

/**
 * Finds the engine and negotiates its kind, version and API version.
 * @throws PortplanError `invalid-usage`, `unknown-context`, `invalid-input` for an invalid choice of an engine
 */
export async function openEngine(
  request: EndpointRequest & NegotiateOptions,
  choose: (request: EndpointRequest) => Promise<EndpointChoice> = resolveEndpoint,
): Promise<EngineSearch> {
  const choice = await choose(request);
  const errors: PortplanError[] = [];
  for (const endpoint of choice.candidates) {
    const engine = await negotiate(endpoint, choice, request).catch(asPortplanError);
    if (!(engine instanceof PortplanError)) return { kind: 'found', engine, notes: choice.notes };
    errors.push(engine);
  }
  const firstFailure = errors.find(({ code }) => code !== 'engine-absent') ?? errors[0];
  const named = choice.namedBy !== undefined && choice.namedBy !== 'currentContext';
  const error = firstFailure ?? new PortplanError('engine-absent', 'no engine was found');
  return {
    kind: 'none',
    error,
    gap: named || error.code !== 'engine-absent',
    address: choice.candidates[0]?.address,
    notes: choice.notes,
  };
}

/** Connects to one endpoint. @throws PortplanError when it does not respond as an engine */
export async function negotiate(
  endpoint: EngineEndpoint,
  choice: EndpointChoice,
  options: NegotiateOptions,
): Promise<Engine> {
  const client = createClient(endpoint.address, options);
  try {
    // Sent together with the ping, so that it arrives sooner. Not for Podman, which takes long and does not need it.
    const requestedInfo = isPodmanSocket(endpoint.address) ? undefined : requestInfo(client);
    const version = await readVersion(client);
    const describing = readFacts(client, version, requestedInfo);
    const apiVersion = choice.apiVersion ?? commonApi(version.apiVersion);
    client.useApiVersion(apiVersion);
    const command = commandFor(endpoint, choice, version.kind);
    const traits = traitsOf(version);
    options.onNegotiated?.({ client, kind: version.kind, traits });
    const facts = await describing;
    return { client, address: endpoint.address, ...version, apiVersion, traits, facts, command };
  } catch (error) {
    client.close();
    throw error;
  }
}

function isPodmanSocket(address: EngineAddress): boolean {
  return address.scheme === 'unix' && address.path.includes('podman');
}

function commonApi(spoken: string): string {
  return compareVersions(spoken, newestApi) < 0 ? spoken : newestApi;
}

function commandFor(
  { address }: EngineEndpoint,
  { namedBy, contextName }: EndpointChoice,
  kind: EngineKind,
): string {
  if (namedBy === '--context') return `docker --context ${shellQuote(contextName)}`;
  if (namedBy === '--host') return `docker -H ${shellQuote(formatEngineAddress(address))}`;
  return kind === 'podman' && namedBy === undefined ? 'podman' : 'docker';
}

/** Returns whether docker's own programs use this engine by default: by their variables, or at the default socket. */
export function isEngineDefault(
  { address }: Pick<Engine, 'address'>,
  env: Readonly<Record<string, string | undefined>>,
): boolean {
  if (env.DOCKER_HOST || env.DOCKER_CONTEXT) return true;
  // Only a context has certificates, and no variable can name them.
  return address.scheme !== 'unix' || address.path === defaultUnixSocket;
}
