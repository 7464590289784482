import type { ComposeService } from '../project.ts';
import type { Warnings } from '../warnings.ts';
import { toLocation } from '../yaml/source.ts';
import {
  entriesOf,
  get,
  isNull,
  type MapNode,
  type ScalarNode,
  stringOf,
  type TreeNode,
} from '../yaml/tree.ts';
import type { Startable } from './profiles.ts';

/**
 * Warns about everything that Compose rejects although the ports are valid: unknown keys, services without an image,
 * references to undefined services and networks. Rules: compose-go, schema/compose-spec.json and loader/validate.go.
 * @throws PortplanError `invalid-input` for the first problem, if strict.
 */
export function checkConsistency(
  model: TreeNode,
  services: readonly ComposeService[],
  warnings: Warnings,
): void {
  rejectEmpty(model, warnings);
  const name = get(model, 'name');
  if (!isNull(name) && stringOf(name) === undefined) {
    warnings.reject('schema', 'invalid name: expected a string', name && toLocation(name.position));
  }
  rejectUnknownKeys(model, topLevelKeys, 'the Compose file', warnings);
  const enabled = new Set(services.filter((service) => service.enabled).map(({ name }) => name));
  for (const [name, node] of entriesOf(get(model, 'services'))) {
    checkShape(name, node, warnings);
    if (enabled.has(name)) checkReferences(name, node, { model, enabled, warnings });
  }
  const cycle = findCycle(services.filter((service) => service.enabled));
  const first = services.find(({ name }) => name === cycle?.[0]);
  if (cycle === undefined || first === undefined) return;
  const message = `circular dependency: ${cycle.join(' → ')}`;
  warnings.reject('dependency-cycle', message, first.location);
}

function rejectEmpty(model: TreeNode, warnings: Warnings): void {
  const keys = [...entriesOf(model)].map(([key]) => key);
  if (keys.some((key) => key !== 'version')) return;
  warnings.reject('schema', 'the Compose file is empty', toLocation(model.position));
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
  owner: string,
  warnings: Warnings,
): void {
  if (node.kind !== 'map') return;
  for (const [key, { keyPosition }] of node.entries) {
    if (known.has(key) || key.startsWith('x-')) continue;
    warnings.reject('schema', `unknown key "${key}" in ${owner}`, toLocation(keyPosition));
  }
}

function checkShape(name: string, node: TreeNode, warnings: Warnings): void {
  if (node.kind !== 'map') {
    warnings.reject(
      'schema',
      `invalid service "${name}": expected a mapping`,
      toLocation(node.position),
    );
  }
  if (!/^[\w.-]+$/.test(name)) {
    warnings.reject('schema', `invalid service name "${name}"`, toLocation(node.position));
  }
  for (const [key, { text, kinds }] of Object.entries(expectations)) {
    const value = get(node, key);
    const kind = value?.kind === 'scalar' ? value.type : value?.kind;
    if (value === undefined || kind === undefined || kinds.includes(kind)) continue;
    const message = `invalid ${key} of service "${name}": expected ${text}`;
    warnings.reject('schema', message, toLocation(value.position));
  }
  rejectUnknownKeys(node, serviceKeys, `service "${name}"`, warnings);
}

type NodeKind = ScalarNode['type'] | TreeNode['kind'];

interface Expectation {
  readonly text: string;
  readonly kinds: readonly NodeKind[];
}

const aString: Expectation = { text: 'a string', kinds: ['string'] };
const aList: Expectation = { text: 'a list', kinds: ['list'] };
const aMapping: Expectation = { text: 'a mapping', kinds: ['map'] };

const expectations: Readonly<Record<string, Expectation>> = {
  container_name: aString,
  // A list of names has been read as a mapping (FieldSpec `names`).
  depends_on: aMapping,
  image: aString,
  links: aList,
  network_mode: aString,
  networks: aMapping,
  profiles: aList,
  restart: aString,
  scale: { text: 'a number', kinds: ['integer', 'string', 'float'] },
};

interface ValidationContext {
  readonly model: TreeNode;
  readonly enabled: ReadonlySet<string>;
  readonly warnings: Warnings;
}

function checkReferences(name: string, node: TreeNode, context: ValidationContext): void {
  if (node.kind !== 'map') return;
  const { model, enabled, warnings } = context;
  checkImage(name, node, warnings);
  const mode = get(node, 'network_mode');
  const owner = /^service:(.+)$/.exec(stringOf(mode) ?? '')?.[1];
  if (owner !== undefined && !enabled.has(owner)) {
    const message = `service "${name}" uses the network of "${owner}", which is undefined or not enabled`;
    warnings.reject('undefined-service', message, mode && toLocation(mode.position));
  }
  if (!isNull(mode) && !isNull(get(node, 'networks'))) {
    const message = `service "${name}" sets both network_mode and networks`;
    warnings.reject('schema', message, mode && toLocation(mode.position));
  }
  for (const [network, { position }] of entriesOf(get(node, 'networks'))) {
    if (network === 'default' || get(get(model, 'networks'), network) !== undefined) continue;
    const message = `service "${name}" joins undefined network "${network}"`;
    warnings.reject('undefined-network', message, toLocation(position));
  }
  for (const [other, dependency] of entriesOf(get(node, 'depends_on'))) {
    const required = get(dependency, 'required');
    const defined = get(get(model, 'services'), other) !== undefined;
    const optional = defined && required?.kind === 'scalar' && required.text === 'false';
    if (optional || enabled.has(other)) continue;
    const message = `service "${name}" depends on "${other}", which is undefined or not enabled`;
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

/** Returns the names of a dependency cycle, first and last equal; `undefined` if there is none. */
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
