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

/** An engine that answered. */
export interface Engine {
  readonly client: EngineClient;
  readonly address: EngineAddress;
  readonly kind: EngineKind;
  /** `28.5.2+dfsg4`; empty when the engine does not tell. */
  readonly version: string;
  readonly apiVersion: string;
  readonly traits: EngineTraits;
  readonly facts: EngineFacts;
  /** What to type to reach it: `docker`, `podman`, `docker --context colima`. */
  readonly command: string;
}

/** The newest API that this program was tried with; engines speak older ones down to their own minimum. */
const newestApi = '1.51';

export interface NegotiateOptions extends ClientOptions {
  /** Called with an engine that has said hello, while it describes itself, which takes it 10 ms. */
  readonly onNegotiated?: ((engine: NegotiatedEngine) => void) | undefined;
}

/** An engine of which nothing is known but what it speaks. */
export type NegotiatedEngine = Pick<Engine, 'client' | 'kind' | 'traits'>;

/** How looking for an engine went. */
export type EngineSearch =
  | { readonly kind: 'found'; readonly engine: Engine; readonly notes: readonly string[] }
  | {
      readonly kind: 'none';
      /** The failure that tells most: the first one that is more than "nobody there". */
      readonly error: PortplanError;
      /** Whether somebody named the engine, or there is one that cannot be asked: then nothing is known to be free. */
      readonly gap: boolean;
      /** Where an engine was looked for first. */
      readonly address?: EngineAddress | undefined;
      readonly notes: readonly string[];
    };

/**
 * Finds the engine that is meant and greets it: its kind, version and the API version that both speak.
 * @throws PortplanError for a choice that cannot be read: `invalid-usage`, `unknown-context`, `invalid-input`.
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
  const telling = errors.find(({ code }) => code !== 'engine-absent') ?? errors[0];
  const named = choice.namedBy !== undefined && choice.namedBy !== 'currentContext';
  const error = telling ?? new PortplanError('engine-absent', 'no engine was found');
  return {
    kind: 'none',
    error,
    gap: named || error.code !== 'engine-absent',
    address: choice.candidates[0]?.address,
    notes: choice.notes,
  };
}

/** Opens one endpoint. @throws PortplanError when it does not answer as an engine. */
export async function negotiate(
  endpoint: EngineEndpoint,
  choice: EndpointChoice,
  options: NegotiateOptions,
): Promise<Engine> {
  const client = createClient(endpoint.address, options);
  try {
    // With the greeting, so that it is answered sooner; only a Podman would be asked in vain, and for long.
    const asked = isPodmanSocket(endpoint.address) ? undefined : requestInfo(client);
    const hello = await readVersion(client);
    const describing = readFacts(client, hello, asked);
    const apiVersion = choice.apiVersion ?? commonApi(hello.apiVersion);
    client.useApiVersion(apiVersion);
    const command = commandFor(endpoint, choice, hello.kind);
    const traits = traitsOf(hello);
    options.onNegotiated?.({ client, kind: hello.kind, traits });
    const facts = await describing;
    return { client, address: endpoint.address, ...hello, apiVersion, traits, facts, command };
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

/** Whether docker's own programs find this engine by themselves: by their variables, or where they look anyway. */
export function isEngineDefault(
  { address }: Pick<Engine, 'address'>,
  env: Readonly<Record<string, string | undefined>>,
): boolean {
  if (env.DOCKER_HOST || env.DOCKER_CONTEXT) return true;
  // A context's certificates cannot be told by a variable, and only a context has any.
  return address.scheme !== 'unix' || address.path === defaultUnixSocket;
}
