import { otherEndpoints, resolveEndpoint } from '../engine/connect/endpoints.ts';
import { inspectContainers } from '../engine/containers/inspect.ts';
import { listContainers } from '../engine/containers/list.ts';
import { negotiate } from '../engine/open-engine.ts';
import { asPortplanError, PortplanError } from '../errors.ts';
import type { Binding, ContainerHolder } from '../model/host/binding.ts';
import { indexBindings } from '../model/host/overlap.ts';
import { formatEngine } from './read-engine.ts';
import type { ScanResult } from './scan.ts';
import { type HostSocket, identifyProcesses } from './sockets/read-sockets.ts';

/** Timeout of each call to another engine, in ms. */
const otherEngineTimeoutMs = 1000;

/**
 * Returns the bindings with details of their holders: the process behind a socket, the container behind a forwarder
 * (also of another engine), and the start time of a container. Pass only bindings that are printed. Use `listed` where
 * names are enough: `inspected` inspects each container.
 */
export async function identifyHolders(
  bindings: readonly Binding[],
  host: ScanResult,
  { detail = 'inspected' }: { readonly detail?: 'listed' | 'inspected' | undefined } = {},
): Promise<readonly Binding[]> {
  const named = await identifySockets(bindings);
  const known = named.map((binding) => withContainer(binding, host));
  const found = known.some(isUnidentified) ? await identifyWithOtherEngines(known, host) : known;
  const isEnough = detail === 'listed' && host.engine?.kind === 'docker';
  return host.engine === undefined || isEnough ? found : withInspection(found, host);
}

/** Returns the host with the holders of these ports identified, for plans whose reasons name them. */
export async function identifyPortHolders(
  host: ScanResult,
  ports: ReadonlySet<number>,
): Promise<ScanResult> {
  const requested = host.state.bindings.filter(({ port }) => ports.has(port));
  if (requested.length === 0) return host;
  const identified = await identifyHolders(requested, host);
  const byOriginal = new Map(
    requested.map((binding, index) => [binding, identified[index] ?? binding]),
  );
  const bindings = host.state.bindings.map((binding) => byOriginal.get(binding) ?? binding);
  return { ...host, state: { ...host.state, bindings } };
}

async function identifySockets(bindings: readonly Binding[]): Promise<readonly Binding[]> {
  const sockets = bindings.filter(isSocket);
  const { sockets: named } = await identifyProcesses(sockets);
  const byOriginal = new Map<Binding, Binding>(
    sockets.map((socket, index) => [socket, named[index] ?? socket]),
  );
  return bindings.map((binding) => byOriginal.get(binding) ?? binding);
}

function isSocket(binding: Binding): binding is HostSocket {
  return binding.holder.kind === 'process' && binding.holder.pid === undefined;
}

/** Adds the entry of the engine's container list to a holder of which only the container ID is known. */
function withContainer(binding: Binding, { containers }: ScanResult): Binding {
  const { holder } = binding;
  if (holder.kind !== 'container' || holder.id === undefined || holder.name !== undefined)
    return binding;
  const listed = containers.find(({ holder: { id } }) => id?.startsWith(holder.id ?? ''));
  return listed === undefined ? binding : { ...binding, holder: { ...holder, ...listed.holder } };
}

function isUnidentified({ holder }: Binding): boolean {
  return holder.kind === 'container' && holder.name === undefined;
}

/** Looks up unidentified containers in all other engines of this host. */
async function identifyWithOtherEngines(
  bindings: readonly Binding[],
  host: ScanResult,
): Promise<readonly Binding[]> {
  const others = await listOtherContainers(host);
  const byId = new Map(others.map(({ holder }) => [holder.id, holder]));
  const at = indexBindings(others.flatMap((container) => container.bindings));
  return bindings.map((binding) => {
    const { holder } = binding;
    if (holder.kind !== 'container' || holder.name !== undefined) return binding;
    const match = at(binding).find((other) => other.holder.kind === 'container')?.holder;
    const found = byId.get(holder.id) ?? (match?.kind === 'container' ? match : undefined);
    return found === undefined ? binding : { ...binding, holder: { ...holder, ...found } };
  });
}

async function listOtherContainers(host: ScanResult) {
  const choice = await resolveEndpoint({});
  const current = host.engine?.address ?? ({ scheme: 'unix', path: '' } as const);
  const endpoints = await otherEndpoints(current);
  const lists = await Promise.all(endpoints.map((endpoint) => listOf(endpoint, choice)));
  return lists.flat();
}

async function listOf(
  ...[endpoint, choice]: [Parameters<typeof negotiate>[0], Parameters<typeof negotiate>[1]]
) {
  try {
    const engine = await negotiate(endpoint, choice, { timeoutMs: otherEngineTimeoutMs });
    try {
      const containers = await listContainers(engine);
      return containers.map((container) => {
        const holder: ContainerHolder = { ...container.holder, engine: formatEngine(engine) };
        return {
          ...container,
          holder,
          bindings: container.bindings.map((binding) => ({ ...binding, holder })),
        };
      });
    } finally {
      engine.client.close();
    }
  } catch (error) {
    // Without a response the holder keeps the name of its forwarder.
    if (error instanceof PortplanError) return [];
    throw error;
  }
}

/** Adds start time and restart policy, which only an inspection reports (Podman: the host network, too). */
async function withInspection(
  bindings: readonly Binding[],
  { engine }: ScanResult,
): Promise<readonly Binding[]> {
  if (engine === undefined) return bindings;
  const ids = bindings.flatMap(({ holder }) =>
    isOfCurrentEngine(holder) && holder.restart === undefined ? (holder.id ?? []) : [],
  );
  const found = await inspectContainers(engine, [...new Set(ids)]).catch(asPortplanError);
  const inspected = found instanceof PortplanError ? [] : found;
  const byId = new Map(inspected.map(({ holder }) => [holder.id, holder]));
  return bindings.map((binding) => {
    const { holder } = binding;
    const more = holder.kind === 'container' ? byId.get(holder.id) : undefined;
    if (holder.kind !== 'container' || more === undefined) return binding;
    const { startedAt = holder.startedAt } = more;
    return { ...binding, holder: { ...more, ...definedOf(holder), startedAt } };
  });
}

function definedOf(holder: ContainerHolder): ContainerHolder {
  const known = Object.entries(holder).filter(([, value]) => value !== undefined);
  return { kind: 'container', ...Object.fromEntries(known) };
}

function isOfCurrentEngine(holder: Binding['holder']): holder is ContainerHolder {
  return holder.kind === 'container' && holder.engine === undefined;
}
