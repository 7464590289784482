import type { Binding, BindingState, ContainerHolder } from '../../model/host/binding.ts';
import type { EngineTraits } from '../../model/host/engine-traits.ts';
import { type HostAddress, parseIpLiteral } from '../../model/ports/address.ts';
import { isPort, isProtocol } from '../../model/ports/port.ts';
import type { ContainerEntry, ContainerPortEntry } from '../client/api-types.ts';
import { isMissing } from '../client/error.ts';
import type { Engine } from '../open-engine.ts';

/** A container from the engine's container list. */
export interface ListedContainer {
  readonly holder: ContainerHolder & { readonly id: string };
  /** The ports that it holds now; empty unless it is running or paused. */
  readonly bindings: readonly Binding[];
  readonly state: string;
}

/** Filters of the container list. */
export interface ListRequest {
  /** Also lists stopped containers, without ports. */
  readonly all?: boolean | undefined;
  /** Lists only containers with all of these labels: `name=value`. */
  readonly labels?: readonly string[] | undefined;
}

/**
 * Returns the containers of an engine. One request returns the running ones with the ports that they hold.
 * @throws PortplanError
 */
export async function listContainers(
  { client, traits }: Pick<Engine, 'client' | 'traits'>,
  { all = false, labels }: ListRequest = {},
): Promise<readonly ListedContainer[]> {
  const filters = { ...(!all && { status: holding }), ...(labels && { label: labels }) };
  const query = {
    ...(all && { all: '1' }),
    ...(Object.keys(filters).length > 0 && { filters: JSON.stringify(filters) }),
  };
  const list = () => client.read('containers', 'listing containers', '/containers/json', query);
  const entries = await list().catch(retryOnce(list));
  return entries.map((entry) => toListed(entry, traits));
}

/** Podman's list fails when a container is removed while the list is built. */
function retryOnce<T>(retry: () => Promise<T>) {
  return (error: unknown): Promise<T> => {
    if (isMissing(error)) return retry();
    throw error;
  };
}

function toListed(entry: ContainerEntry, traits: EngineTraits): ListedContainer {
  const { Id, Names, Image, State: state = 'running', Labels, Ports, HostConfig } = entry;
  const holder = {
    kind: 'container' as const,
    id: Id,
    name: Names?.[0]?.replace(/^\//, ''),
    image: Image,
    ...composeLabels(Labels ?? {}),
    state,
    hostNetwork: HostConfig?.NetworkMode === 'host' || undefined,
  };
  // Podman also lists ports of containers that never ran.
  const holds = bindingStates[state];
  return {
    holder,
    state,
    bindings: holds ? toBindings(Ports ?? [], { holder, state: holds }, traits) : [],
  };
}

/** The binding state by container state; other states hold no port. */
const bindingStates: Readonly<Record<string, BindingState | undefined>> = {
  running: 'running',
  paused: 'paused',
};

/** States are listed by name, because Podman's default list, unlike Docker's, omits paused containers. */
const holding = Object.keys(bindingStates);

function toBindings(
  ports: readonly ContainerPortEntry[],
  held: Pick<Binding, 'holder' | 'state'>,
  { anyAddresses }: EngineTraits,
): readonly Binding[] {
  return ports.flatMap(({ IP = '', PublicPort: port = 0, Type: protocol = 'tcp', PrivatePort }) => {
    if (!isPort(port) || !isProtocol(protocol)) return [];
    const binding = { port, protocol, target: PrivatePort, ...held };
    // Podman omits the address for any; Docker lists one entry for each family.
    return addressesOf(IP, anyAddresses).map((address) => ({ address, ...binding }));
  });
}

function addressesOf(text: string, any: readonly HostAddress[]): readonly HostAddress[] {
  const address = parseIpLiteral(text);
  return address === undefined ? any : [address];
}

/** Returns project, service and working directory from the labels of Compose or podman-compose. */
export function composeLabels(
  labels: Readonly<Record<string, string>>,
): Pick<ContainerHolder, 'project' | 'service' | 'directory'> {
  const read = (name: string) =>
    labels[`com.docker.compose.${name}`] ?? labels[`io.podman.compose.${name}`];
  return {
    project: read('project'),
    service: read('service'),
    directory: read('project.working_dir'),
  };
}

/** Returns all containers of Compose projects with a name or a working directory. @throws PortplanError */
export async function listProjectContainers(
  engine: Pick<Engine, 'client' | 'traits'>,
  { project, directory }: { readonly project?: string; readonly directory?: string },
): Promise<readonly ListedContainer[]> {
  const labels = [
    ...(project === undefined ? [] : [`com.docker.compose.project=${project}`]),
    ...(directory === undefined ? [] : [`com.docker.compose.project.working_dir=${directory}`]),
  ];
  return listContainers(engine, { all: true, labels });
}
