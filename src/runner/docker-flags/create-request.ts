import { isIP } from 'node:net';
import type { ContainerBody, HostConfig, LogConfig } from './create-body.ts';
import { flagConflict, invalidFlag } from './flag-error.ts';
import type { FlagValues } from './flag-values.ts';
import { defaultRunEnvironment, type RunEnvironment } from './run-environment.ts';
import { parseAddHost } from './values/add-host.ts';
import { readVariables } from './values/env.ts';
import { toHealthcheck } from './values/healthcheck.ts';
import { toMap, toStrictMap } from './values/key-value.ts';
import { readLabels } from './values/labels.ts';
import { parseMount } from './values/mount.ts';
import { toNamespaces } from './values/namespaces.ts';
import { toNetworks } from './values/network.ts';
import { toResources } from './values/resources.ts';
import { parseRestart, restarts } from './values/restart.ts';
import { readSecurityOptions } from './values/security.ts';
import { toStreams } from './values/streams.ts';
import { parseVolume } from './values/volume.ts';

/** What `POST /containers/create` is asked for: two query parameters and a body, without its ports. */
export interface ContainerSpec {
  readonly name?: string | undefined;
  readonly platform?: string | undefined;
  readonly body: ContainerBody;
}

interface Program {
  readonly image: string;
  readonly command: readonly string[];
  readonly flags: FlagValues;
}

/**
 * Turns the flags of `docker run` into the create request that docker would make of them (docker/cli:
 * cli/command/container/opts.go, parse), but for the ports. Reads the files that the flags name.
 * @throws PortplanError `invalid-usage` for a value or a combination that docker refuses, `invalid-input` for a file.
 */
export async function toContainerSpec(
  { image, command, flags }: Program,
  from: RunEnvironment = defaultRunEnvironment(),
): Promise<ContainerSpec> {
  const [variables, labels, security] = await Promise.all([
    readVariables(flags, from),
    readLabels(flags, from),
    readSecurityOptions(flags, from),
  ]);
  const entrypoint = flags.text('entrypoint');
  const volumes = flags.list('volume').map((text) => parseVolume(text, from.cwd));
  const anonymous = volumes.flatMap((volume) =>
    volume.kind === 'anonymous' ? [volume.target] : [],
  );
  const binds = volumes.flatMap((volume) => (volume.kind === 'bind' ? [volume.bind] : []));
  const networks = toNetworks(flags);
  return {
    name: toName(flags),
    platform: toPlatform(flags),
    body: {
      Image: image,
      Cmd: orNothing(command),
      Entrypoint: entrypoint === undefined ? undefined : [entrypoint],
      Hostname: flags.text('hostname'),
      Domainname: flags.text('domainname'),
      User: flags.text('user'),
      WorkingDir: flags.text('workdir'),
      Env: orNothing(variables),
      Labels: labels,
      Volumes: Object.fromEntries(anonymous.map((target) => [target, {}])),
      ...toStreams(flags),
      StopSignal: flags.text('stop-signal'),
      StopTimeout: flags.integer('stop-timeout'),
      Healthcheck: toHealthcheck(flags),
      MacAddress: flags.text('mac-address')?.trim(),
      HostConfig: {
        ...toHostConfig(flags, from.cwd),
        ...security,
        Binds: orNothing([...new Set(binds)]),
        NetworkMode: networks.mode,
      },
      NetworkingConfig: { EndpointsConfig: networks.endpoints },
    },
  };
}

function toName(flags: FlagValues): string | undefined {
  const name = flags.text('name');
  // Older docker let a slash lead the name.
  if (name === undefined || /^\/?[a-zA-Z0-9][a-zA-Z0-9_.-]+$/.test(name)) return name;
  const hint = 'expected a letter or digit, then at least one more letter, digit, "_", "." or "-"';
  throw invalidFlag('name', name, 'not a name', hint);
}

function toPlatform(flags: FlagValues): string | undefined {
  const platform = flags.text('platform');
  if (platform === undefined || platform === '') return undefined;
  if (/^[A-Za-z0-9_.()-]+(\/[A-Za-z0-9_.-]+){0,2}$/.test(platform)) return platform;
  throw invalidFlag(
    'platform',
    platform,
    'not a platform',
    'expected OS/ARCHITECTURE, such as linux/arm64',
  );
}

/** What needs neither a file nor another flag's reading. */
function toHostConfig(flags: FlagValues, cwd: string): Omit<HostConfig, 'NetworkMode'> {
  return {
    ...toResources(flags),
    ...toNamespaces(flags),
    ...toRestart(flags),
    Mounts: orNothing(flags.list('mount').map((text) => parseMount(text, cwd))),
    Tmpfs: mapOrNothing(toTmpfs(flags.list('tmpfs'))),
    VolumesFrom: orNothing(flags.list('volumes-from')),
    VolumeDriver: flags.text('volume-driver'),
    StorageOpt: mapOrNothing(toStrictMap('storage-opt', flags.list('storage-opt'))),
    ReadonlyRootfs: flags.boolean('read-only'),
    ContainerIDFile: flags.text('cidfile'),
    LogConfig: toLogConfig(flags),
    Init: flags.boolean('init'),
    Runtime: flags.text('runtime'),
    Isolation: flags.text('isolation'),
    Annotations: mapOrNothing(toMap(flags.list('annotation'))),
    Privileged: flags.boolean('privileged'),
    CapAdd: orNothing(flags.list('cap-add').map(toCapability)),
    CapDrop: orNothing(flags.list('cap-drop').map(toCapability)),
    GroupAdd: orNothing(flags.list('group-add')),
    Sysctls: mapOrNothing(toStrictMap('sysctl', flags.list('sysctl'))),
    Dns: orNothing(flags.list('dns').map(checkNameServer)),
    DnsSearch: orNothing(flags.list('dns-search')),
    DnsOptions: orNothing(flags.list('dns-option')),
    ExtraHosts: orNothing(flags.list('add-host').map(parseAddHost)),
    Links: orNothing(flags.list('link')),
    ShmSize: flags.size('shm-size'),
    OomScoreAdj: flags.integer('oom-score-adj'),
  };
}

function toRestart(flags: FlagValues): Pick<HostConfig, 'AutoRemove' | 'RestartPolicy'> {
  const policy = parseRestart(flags.text('restart') ?? 'no');
  const remove = flags.boolean('rm');
  if (remove && restarts(policy)) {
    throw flagConflict(
      `--rm does not go with --restart ${policy?.Name}`,
      'a container that is removed on exit cannot be started again',
    );
  }
  return { AutoRemove: remove, RestartPolicy: policy };
}

/** `TARGET[:OPTIONS]` each; the engine reads the options. */
function toTmpfs(list: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    list.map((text) => {
      const [target = '', ...options] = text.split(':');
      if (!target.startsWith('/')) throw invalidFlag('tmpfs', text, 'its path is not absolute');
      return [target, options.join(':')];
    }),
  );
}

function toLogConfig(flags: FlagValues): LogConfig | undefined {
  const driver = flags.text('log-driver');
  const options = flags.list('log-opt');
  if (driver === undefined && options.length === 0) return undefined;
  if (driver === 'none' && options.length > 0) {
    throw flagConflict('--log-opt does not go with --log-driver none');
  }
  return { Type: driver ?? '', Config: toMap(options) };
}

/** `net_admin`, `CAP_NET_ADMIN`: one spelling for both. */
function toCapability(text: string): string {
  const name = text.trim().toUpperCase();
  return name === 'ALL' || name.startsWith('CAP_') ? name : `CAP_${name}`;
}

function checkNameServer(text: string): string {
  const address = text.trim();
  if (isIP(address) !== 0) return address;
  throw invalidFlag('dns', text, 'not an IP address');
}

function orNothing<Item>(list: readonly Item[]): readonly Item[] | undefined {
  return list.length === 0 ? undefined : list;
}

function mapOrNothing(map: Readonly<Record<string, string>>) {
  return Object.keys(map).length === 0 ? undefined : map;
}
