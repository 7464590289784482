import type { ComposeService } from '../project.ts';
import type { Warnings } from '../warnings.ts';
import { toLocation } from '../yaml/source.ts';
import { entriesOf, get, isNull, type MapNode, stringOf, type TreeNode } from '../yaml/tree.ts';
import type { Startable } from './profiles.ts';

/**
 * Tells what Compose would refuse though ports are well: unknown keys, services without an image, references to what
 * is not there. Rules: compose-go, schema/compose-spec.json and loader/validate.go.
 * @throws PortplanError for the first one, when strict.
 */
export function checkConsistency(
  model: TreeNode,
  services: readonly ComposeService[],
  warnings: Warnings,
): void {
  rejectEmpty(model, warnings);
  const name = get(model, 'name');
  if (!isNull(name) && stringOf(name) === undefined) {
    warnings.reject(
      'schema',
      'the name of the project is no text',
      name && toLocation(name.position),
    );
  }
  rejectUnknownKeys(model, topLevelKeys, 'the file', warnings);
  const enabled = new Set(services.filter((one) => one.enabled).map(({ name }) => name));
  for (const [name, node] of entriesOf(get(model, 'services'))) {
    checkShape(name, node, warnings);
    if (enabled.has(name)) checkReferences(name, node, { model, enabled, warnings });
  }
  const cycle = findCycle(services.filter((one) => one.enabled));
  const first = services.find(({ name }) => name === cycle?.[0]);
  if (cycle === undefined || first === undefined) return;
  const message = `services depend on each other: ${cycle.join(' → ')}`;
  warnings.reject('dependency-cycle', message, first.location);
}

function rejectEmpty(model: TreeNode, warnings: Warnings): void {
  const keys = [...entriesOf(model)].map(([key]) => key);
  if (keys.some((key) => key !== 'version')) return;
  warnings.reject('schema', 'the compose file is empty', toLocation(model.position));
}

const topLevelKeys = new Set([
  'configs',
  'include',
  'models',
  'name',
  'networks',
  'secrets',
  'services',
  'version',
  'volumes',
]);

const serviceKeys = new Set(
  `annotations attach blkio_config build cap_add cap_drop cgroup cgroup_parent command configs container_name
  cpu_count cpu_percent cpu_period cpu_quota cpu_rt_period cpu_rt_runtime cpu_shares cpus cpuset credential_spec
  depends_on deploy develop device_cgroup_rules devices dns dns_opt dns_search domainname entrypoint env_file
  environment expose extends external_links extra_hosts gpus group_add healthcheck hostname image init ipc isolation
  label_file labels links logging mac_address mem_limit mem_reservation mem_swappiness memswap_limit models
  network_mode networks oom_kill_disable oom_score_adj pid pids_limit platform ports post_start pre_start pre_stop
  privileged profiles provider pull_policy pull_refresh_after read_only restart runtime scale secrets security_opt
  shm_size stdin_open stop_grace_period stop_signal storage_opt sysctls tmpfs tty ulimits use_api_socket user
  userns_mode uts volumes volumes_from working_dir`.split(/\s+/),
);

function rejectUnknownKeys(
  node: TreeNode,
  known: ReadonlySet<string>,
  where: string,
  warnings: Warnings,
): void {
  if (node.kind !== 'map') return;
  for (const [key, { keyPosition }] of node.entries) {
    if (known.has(key) || key.startsWith('x-')) continue;
    warnings.reject('schema', `${where} has an unknown key "${key}"`, toLocation(keyPosition));
  }
}

function checkShape(name: string, node: TreeNode, warnings: Warnings): void {
  if (node.kind !== 'map') {
    warnings.reject('schema', `service "${name}" is not a mapping`, toLocation(node.position));
  }
  if (!/^[\w.-]+$/.test(name)) {
    warnings.reject('schema', `"${name}" is no name for a service`, toLocation(node.position));
  }
  for (const [key, kinds] of Object.entries(expectedKinds)) {
    const value = get(node, key);
    const kind = value?.kind === 'scalar' ? value.type : value?.kind;
    if (value === undefined || kind === undefined || kinds.includes(kind)) continue;
    const message = `${key} of service "${name}" is no ${kinds[0]}`;
    warnings.reject('schema', message, toLocation(value.position));
  }
  rejectUnknownKeys(node, serviceKeys, `service "${name}"`, warnings);
}

const expectedKinds: Readonly<Record<string, readonly string[]>> = {
  container_name: ['string'],
  // A list was read as a mapping.
  depends_on: ['map'],
  image: ['string'],
  links: ['list'],
  network_mode: ['string'],
  networks: ['map'],
  profiles: ['list'],
  restart: ['string'],
  scale: ['integer', 'string', 'float'],
};

interface ValidationContext {
  readonly model: TreeNode;
  readonly enabled: ReadonlySet<string>;
  readonly warnings: Warnings;
}

function checkReferences(name: string, node: TreeNode, surroundings: ValidationContext): void {
  if (node.kind !== 'map') return;
  const { model, enabled, warnings } = surroundings;
  checkImage(name, node, warnings);
  const mode = get(node, 'network_mode');
  const owner = /^service:(.+)$/.exec(stringOf(mode) ?? '')?.[1];
  if (owner !== undefined && !enabled.has(owner)) {
    const message = `service "${name}" shares the network of "${owner}", which is not there or not enabled`;
    warnings.reject('undefined-service', message, mode && toLocation(mode.position));
  }
  if (!isNull(mode) && !isNull(get(node, 'networks'))) {
    const message = `service "${name}" has network_mode and networks`;
    warnings.reject('schema', message, mode && toLocation(mode.position));
  }
  for (const [network, { position }] of entriesOf(get(node, 'networks'))) {
    if (network === 'default' || get(get(model, 'networks'), network) !== undefined) continue;
    const message = `service "${name}" joins network "${network}", which is not defined`;
    warnings.reject('undefined-network', message, toLocation(position));
  }
  for (const [other, dependency] of entriesOf(get(node, 'depends_on'))) {
    const required = get(dependency, 'required');
    const defined = get(get(model, 'services'), other) !== undefined;
    const optional = defined && required?.kind === 'scalar' && required.text === 'false';
    if (optional || enabled.has(other)) continue;
    const message = `service "${name}" depends on "${other}", which is not there or not enabled`;
    warnings.reject('undefined-service', message, toLocation(dependency.position));
  }
}

function checkImage(name: string, node: MapNode, warnings: Warnings): void {
  const image = get(node, 'image');
  const hasImage = image?.kind === 'scalar' && stringOf(image) !== '' && !isNull(image);
  if (hasImage || !isNull(get(node, 'build')) || !isNull(get(node, 'provider'))) return;
  const message = `service "${name}" has neither image nor build`;
  warnings.reject('schema', message, toLocation(node.position));
}

/** The services of a circle of dependencies, first and last the same; nothing where every order can be met. */
export function findCycle(services: readonly Startable[]): readonly string[] | undefined {
  const dependencies = new Map(services.map(({ name, dependsOn }) => [name, dependsOn]));
  const done = new Set<string>();
  const visit = (name: string, path: readonly string[]): readonly string[] | undefined => {
    if (path.includes(name)) return [...path.slice(path.indexOf(name)), name];
    if (done.has(name)) return undefined;
    done.add(name);
    for (const next of dependencies.get(name) ?? []) {
      const cycle = visit(next, [...path, name]);
      if (cycle !== undefined) return cycle;
    }
    return undefined;
  };
  for (const { name } of services) {
    const cycle = visit(name, []);
    if (cycle !== undefined) return cycle;
  }
  return undefined;
}
