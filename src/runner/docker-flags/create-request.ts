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

/** Query parameters and body of `POST /containers/create`, without ports. */
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
 * Returns the create request that docker would send for the flags of `docker run`, without ports (docker/cli:
 * cli/command/container/opts.go, parse). Reads the files that the flags name.
 * @throws PortplanError `invalid-usage` for a value or a combination that docker rejects, `invalid-input` for a file
 */
export async function toContainerSpec(
  { image, command, flags }: Program,
  environment: RunEnvironment = defaultRunEnvironment(),
): Promise<ContainerSpec> {
  const [variables, labels, security] = await Promise.all([
    readVariables(flags, environment),
    readLabels(flags, environment),
    readSecurityOptions(flags, environment),
  ]);
  const entrypoint = flags.text('entrypoint');
  const volumes = flags.list('volume').map((text) => parseVolume(text, environment.cwd));
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
      Cmd: undefinedIfEmpty(command),
      Entrypoint: entrypoint === undefined ? undefined : [entrypoint],
      Hostname: flags.text('hostname'),
      Domainname: flags.text('domainname'),
      User: flags.text('user'),
      WorkingDir: flags.text('workdir'),
      Env: undefinedIfEmpty(variables),
      Labels: labels,
      Volumes: Object.fromEntries(anonymous.map((target) => [target, {}])),
      ...toStreams(flags),
      StopSignal: flags.text('stop-signal'),
      StopTimeout: flags.integer('stop-timeout'),
      Healthcheck: toHealthcheck(flags),
      MacAddress: flags.text('mac-address')?.trim(),
      HostConfig: {
        ...toHostConfig(flags, environment.cwd),
        ...security,
        Binds: undefinedIfEmpty([...new Set(binds)]),
        NetworkMode: networks.mode,
      },
      NetworkingConfig: { EndpointsConfig: networks.endpoints },
    },
  };
}

function toName(flags: FlagValues): string | undefined {
  const name = flags.text('name');
  // Older versions of docker accept a leading slash.
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

/** Settings that depend neither on a file nor on `--network`. */
function toHostConfig(flags: FlagValues, cwd: string): Omit<HostConfig, 'NetworkMode'> {
  return {
    ...toResources(flags),
    ...toNamespaces(flags),
    ...toRestart(flags),
    Mounts: undefinedIfEmpty(flags.list('mount').map((text) => parseMount(text, cwd))),
    Tmpfs: undefinedIfEmptyMap(toTmpfs(flags.list('tmpfs'))),
    VolumesFrom: undefinedIfEmpty(flags.list('volumes-from')),
    VolumeDriver: flags.text('volume-driver'),
    StorageOpt: undefinedIfEmptyMap(toStrictMap('storage-opt', flags.list('storage-opt'))),
    ReadonlyRootfs: flags.boolean('read-only'),
    ContainerIDFile: flags.text('cidfile'),
    LogConfig: toLogConfig(flags),
    Init: flags.boolean('init'),
    Runtime: flags.text('runtime'),
    Isolation: flags.text('isolation'),
    Annotations: undefinedIfEmptyMap(toMap(flags.list('annotation'))),
    Privileged: flags.boolean('privileged'),
    CapAdd: undefinedIfEmpty(flags.list('cap-add').map(toCapability)),
    CapDrop: undefinedIfEmpty(flags.list('cap-drop').map(toCapability)),
    GroupAdd: undefinedIfEmpty(flags.list('group-add')),
    Sysctls: undefinedIfEmptyMap(toStrictMap('sysctl', flags.list('sysctl'))),
    Dns: undefinedIfEmpty(flags.list('dns').map(checkNameServer)),
    DnsSearch: undefinedIfEmpty(flags.list('dns-search')),
    DnsOptions: undefinedIfEmpty(flags.list('dns-option')),
    ExtraHosts: undefinedIfEmpty(flags.list('add-host').map(parseAddHost)),
    Links: undefinedIfEmpty(flags.list('link')),
    ShmSize: flags.size('shm-size'),
    OomScoreAdj: flags.integer('oom-score-adj'),
  };
}

function toRestart(flags: FlagValues): Pick<HostConfig, 'AutoRemove' | 'RestartPolicy'> {
  const policy = parseRestart(flags.text('restart') ?? 'no');
  const remove = flags.boolean('rm');
  if (remove && restarts(policy)) {
    throw flagConflict(
      `--rm cannot be combined with --restart ${policy?.Name}`,
      'remove one of the two: a container that is removed on exit cannot restart',
    );
  }
  return { AutoRemove: remove, RestartPolicy: policy };
}

/** Parses `TARGET[:OPTIONS]` entries; the engine validates the options. */
function toTmpfs(list: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    list.map((text) => {
      const [target = '', ...options] = text.split(':');
      if (!target.startsWith('/')) throw invalidFlag('tmpfs', text, 'the path is not absolute');
      return [target, options.join(':')];
    }),
  );
}

function toLogConfig(flags: FlagValues): LogConfig | undefined {
  const driver = flags.text('log-driver');
  const options = flags.list('log-opt');
  if (driver === undefined && options.length === 0) return undefined;
  if (driver === 'none' && options.length > 0) {
    throw flagConflict('--log-opt cannot be combined with --log-driver none');
  }
  return { Type: driver ?? '', Config: toMap(options) };
}

/** Returns `CAP_NET_ADMIN` for `net_admin` and `CAP_NET_ADMIN`. */
function toCapability(text: string): string {
  const name = text.trim().toUpperCase();
  return name === 'ALL' || name.startsWith('CAP_') ? name : `CAP_${name}`;
}

function checkNameServer(text: string): string {
  const address = text.trim();
  if (isIP(address) !== 0) return address;
  throw invalidFlag('dns', text, 'not an IP address');
}

function undefinedIfEmpty<Item>(list: readonly Item[]): readonly Item[] | undefined {
  return list.length === 0 ? undefined : list;
}

function undefinedIfEmptyMap(map: Readonly<Record<string, string>>) {
  return Object.keys(map).length === 0 ? undefined : map;
}
