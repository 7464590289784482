import { otherEndpoints, resolveEndpoint } from '../engine/connect/endpoints.ts';
import { inspectContainers } from '../engine/containers/inspect.ts';
import { listContainers } from '../engine/containers/list.ts';
import { negotiate } from '../engine/open-engine.ts';
import { asPortplanError, PortplanError } from '../errors.ts';
import type { Binding, ContainerHolder } from '../model/host/binding.ts';
import { indexBindings } from '../model/host/overlap.ts';
import { describeEngine } from './read-engine.ts';
import type { ScanResult } from './scan.ts';
import { type HostSocket, identifyProcesses } from './sockets/read-sockets.ts';

/** How long another engine may take to name a container; milliseconds. */
const otherEngineMs = 1000;

/**
 * The same bindings with all that can be found out about their holders: the process behind a socket, the container
 * behind a forwarder (also of another engine), and since when a container runs. Ask for those only that are shown, and
 * where the names are enough, for what is `listed`: all else takes one inspection for each container.
 */
export async function identifyHolders(
  bindings: readonly Binding[],
  host: ScanResult,
  { detail = 'inspected' }: { readonly detail?: 'listed' | 'inspected' | undefined } = {},
): Promise<readonly Binding[]> {
  const named = await identifySockets(bindings);
  const known = named.map((binding) => withContainer(binding, host));
  const strangers = known.filter(isNameless);
  const found = strangers.length === 0 ? known : await identifyWithOtherEngines(known, host);
  const isEnough = detail === 'listed' && host.engine?.kind === 'docker';
  return host.engine === undefined || isEnough ? found : withInspection(found, host);
}

/** The host with the holders of these ports described: for plans, whose reasons name them. */
export async function identifyPortHolders(
  host: ScanResult,
  ports: ReadonlySet<number>,
): Promise<ScanResult> {
  const asked = host.state.bindings.filter(({ port }) => ports.has(port));
  if (asked.length === 0) return host;
  const described = await identifyHolders(asked, host);
  const byOriginal = new Map(asked.map((binding, index) => [binding, described[index] ?? binding]));
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

/** A holder that is known by the id of its container gets what the engine's list says of it. */
function withContainer(binding: Binding, { containers }: ScanResult): Binding {
  const { holder } = binding;
  if (holder.kind !== 'container' || holder.id === undefined || holder.name !== undefined)
    return binding;
  const listed = containers.find(({ holder: { id } }) => id?.startsWith(holder.id ?? ''));
  return listed === undefined ? binding : { ...binding, holder: { ...holder, ...listed.holder } };
}

function isNameless({ holder }: Binding): boolean {
  return holder.kind === 'container' && holder.name === undefined;
}

/** Asks every other engine of this host whose container it is. */
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
  const asked = host.engine?.address ?? ({ scheme: 'unix', path: '' } as const);
  const endpoints = await otherEndpoints(asked);
  const lists = await Promise.all(endpoints.map((endpoint) => listOf(endpoint, choice)));
  return lists.flat();
}

async function listOf(
  ...[endpoint, choice]: [Parameters<typeof negotiate>[0], Parameters<typeof negotiate>[1]]
) {
  try {
    const engine = await negotiate(endpoint, choice, { timeoutMs: otherEngineMs });
    try {
      const containers = await listContainers(engine);
      return containers.map((container) => {
        const holder: ContainerHolder = { ...container.holder, engine: describeEngine(engine) };
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
    // An engine that does not answer names nobody; the holder stays known by its forwarder.
    if (error instanceof PortplanError) return [];
    throw error;
  }
}

/** Start time and restart policy, which only an inspection tells (Podman: the host's network, too). */
async function withInspection(
  bindings: readonly Binding[],
  { engine }: ScanResult,
): Promise<readonly Binding[]> {
  if (engine === undefined) return bindings;
  const ids = bindings.flatMap(({ holder }) =>
    isOwn(holder) && holder.restart === undefined ? (holder.id ?? []) : [],
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

function isOwn(holder: Binding['holder']): holder is ContainerHolder {
  return holder.kind === 'container' && holder.engine === undefined;
}
