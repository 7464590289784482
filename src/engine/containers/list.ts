import type { Binding, BindingState, ContainerHolder } from '../../model/host/binding.ts';
import type { EngineTraits } from '../../model/host/engine-traits.ts';
import { type HostAddress, parseIpLiteral } from '../../model/ports/address.ts';
import { isPort, isProtocol } from '../../model/ports/port.ts';
import type { ContainerEntry, ContainerPortEntry } from '../client/api-types.ts';
import { isMissing } from '../client/error.ts';
import type { Engine } from '../open-engine.ts';

/** A container as the engine's list shows it. */
export interface ListedContainer {
  readonly holder: ContainerHolder & { readonly id: string };
  /** What it holds now; empty unless it is running or paused. */
  readonly bindings: readonly Binding[];
  readonly state: string;
}

/** Which containers are listed. */
export interface ListRequest {
  /** The stopped ones too, of which the list tells no ports. */
  readonly all?: boolean | undefined;
  /** Only those that carry all of these labels: `name=value`. */
  readonly labels?: readonly string[] | undefined;
}

/**
 * The containers of an engine: the running ones in one request, which tells all that they hold.
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
  const list = () => client.read('containers', 'list its containers', '/containers/json', query);
  const entries = await list().catch(retryOnce(list));
  return entries.map((entry) => toListed(entry, traits));
}

/** Podman's list fails as a whole when a container is removed while it is made. */
function retryOnce<T>(again: () => Promise<T>) {
  return (error: unknown): Promise<T> => {
    if (isMissing(error)) return again();
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
  // Podman lists the ports of containers that never ran.
  const holds = bindingStates[state];
  return {
    holder,
    state,
    bindings: holds ? toBindings(Ports ?? [], { holder, state: holds }, traits) : [],
  };
}

/** What containers of a state do with their ports. */
const bindingStates: Readonly<Record<string, BindingState | undefined>> = {
  running: 'running',
  paused: 'paused',
};

/** Asked for by name, because Podman's short list, unlike docker's, is without the paused ones. */
const holding = Object.keys(bindingStates);

function toBindings(
  ports: readonly ContainerPortEntry[],
  held: Pick<Binding, 'holder' | 'state'>,
  { anyAddresses }: EngineTraits,
): readonly Binding[] {
  return ports.flatMap(({ IP = '', PublicPort: port = 0, Type: protocol = 'tcp', PrivatePort }) => {
    if (!isPort(port) || !isProtocol(protocol)) return [];
    const place = { port, protocol, target: PrivatePort, ...held };
    // Podman leaves the address out for any; docker lists one entry for each family.
    return addressesOf(IP, anyAddresses).map((address) => ({ address, ...place }));
  });
}

function addressesOf(text: string, any: readonly HostAddress[]): readonly HostAddress[] {
  const address = parseIpLiteral(text);
  return address === undefined ? any : [address];
}

/** Project, service and working directory, which Compose writes into labels (podman-compose its own way). */
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

/** All containers of compose projects of one name, or of one working directory. @throws PortplanError */
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
