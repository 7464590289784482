import { readPortList } from '../ports/list.ts';
import type { ComposeNetwork, ComposeService } from '../project.ts';
import type { Warnings } from '../warnings.ts';
import { toLocation } from '../yaml/source.ts';
import { entriesOf, get, itemsOf, stringOf, type TreeNode } from '../yaml/tree.ts';
import { readExtension } from './extension.ts';
import { startedServices } from './profiles.ts';
import { readReplicas } from './replicas.ts';
import { isExternal, isTrue } from './resources.ts';

/** The flags that decide which services are enabled. */
export interface Selection {
  readonly project: string;
  readonly profiles: readonly string[];
  /** Services named on the command line; empty for all. */
  readonly named: readonly string[];
}

/**
 * Returns the services of a loaded project, sorted by name.
 * @throws PortplanError `invalid-publish` or `invalid-input` for invalid ports or replicas. Ports that only the engine
 *   rejects are an error in enabled services, and a warning in others.
 */
export function readServices(
  model: TreeNode,
  selection: Selection,
  warnings: Warnings,
): readonly ComposeService[] {
  const nodes = [...entriesOf(get(model, 'services'))].sort(([a], [b]) => (a < b ? -1 : 1));
  const startable = nodes.map(([name, node]) => ({
    name,
    profiles: [...new Set(textsOf(get(node, 'profiles')))],
    dependsOn: dependenciesOf(node),
  }));
  const enabled = startedServices(startable, selection.profiles, selection.named);
  let count = 0;
  return nodes.map(([name, node], index) => {
    const { profiles = [], dependsOn = [] } = startable[index] ?? {};
    const owner = { project: selection.project, service: name };
    const ports = get(node, 'ports');
    const { publishes, unknownPorts, notStartable } = readPortList(ports, owner, count);
    count += publishes.length;
    for (const error of notStartable) {
      if (enabled.has(name)) throw error;
      warnings.warn('not-startable', error.message, error.location);
    }
    const networkMode = textOf(get(node, 'network_mode'));
    return {
      name,
      enabled: enabled.has(name),
      profiles,
      publishes,
      unknownPorts,
      replicas: readReplicas(name, node, warnings),
      networkMode,
      networks: networkMode === undefined ? networksOf(node, model) : [],
      image: textOf(get(node, 'image')),
      containerName: textOf(get(node, 'container_name')),
      restart: textOf(get(node, 'restart')),
      dependsOn,
      ...readExtension(node),
      location: toLocation(node.position),
    };
  });
}

function textOf(node: TreeNode | undefined): string | undefined {
  const text = stringOf(node);
  return text === '' ? undefined : text;
}

function textsOf(node: TreeNode | undefined): readonly string[] {
  return itemsOf(node).flatMap((item) => (item.kind === 'scalar' ? [item.text] : []));
}

/** Services that Compose starts with a service: dependencies, links, and owners of shared volumes and namespaces. */
function dependenciesOf(service: TreeNode): readonly string[] {
  const dependencies = [...entriesOf(get(service, 'depends_on'))].map(([name]) => name);
  const links = textsOf(get(service, 'links')).map(beforeColon);
  const volumes = textsOf(get(service, 'volumes_from')).map(beforeColon);
  const namespaceOwners = namespaces.flatMap((key) => {
    return /^service:(.+)$/.exec(stringOf(get(service, key)) ?? '')?.[1] ?? [];
  });
  const volumeOwners = volumes.filter((name) => name !== 'container');
  return [...new Set([...dependencies, ...links, ...volumeOwners, ...namespaceOwners])];
}

const namespaces = ['network_mode', 'ipc', 'pid', 'uts', 'cgroup'] as const;

function beforeColon(text: string): string {
  return text.split(':', 1)[0] ?? text;
}

function networksOf(service: TreeNode, model: TreeNode): readonly ComposeNetwork[] {
  const joined = [...entriesOf(get(service, 'networks'))].map(([name]) => name);
  const names = joined.length > 0 ? joined : ['default'];
  return names.map((name) => {
    const network = get(get(model, 'networks'), name);
    const external = get(network, 'external');
    return {
      name,
      internal: isTrue(get(network, 'internal')),
      driver: textOf(get(network, 'driver')),
      external: isExternal(external),
    };
  });
}
