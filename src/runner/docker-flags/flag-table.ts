/**
 * What a flag's value is.
 * - `boolean`: none needed; `--flag=false` turns it off, the next word is never taken.
 * - `text`: one word; the last one given counts.
 * - `integer`: a whole number.
 * - `size`: bytes with a unit, such as `512m`.
 * - `duration`: Go's notation, such as `1m30s`.
 * - `list`: one word each time it is given.
 */
export type FlagKind = 'boolean' | 'text' | 'integer' | 'size' | 'duration' | 'list';

/** What is known of a flag besides its name. */
export interface FlagInfo<Kind extends FlagKind = FlagKind> {
  readonly kind: Kind;
  /** The one-letter spelling and the value, as the help text shows them: `-p SPEC`; `a|b` are the only values taken. */
  readonly usage: string;
  readonly help: string;
}

const kind =
  <Kind extends FlagKind>(kind: Kind) =>
  (usage: string, help: string): FlagInfo<Kind> => ({ kind, usage, help });
const boolean = kind('boolean');
const text = kind('text');
const integer = kind('integer');
const size = kind('size');
const duration = kind('duration');
const list = kind('list');

/**
 * Every flag of `portplan run`, under the headings of its help text: those of `docker run` (docker/cli:
 * cli/command/container/opts.go and run.go) that become a part of the create request, and portplan's own.
 */
export const flagTable = {
  Ports: {
    publish: list(
      '-p SPEC',
      'Publish a port, as docker run -p; moved to a free one when it is taken.',
    ),
    'publish-all': boolean('-P', 'Publish every exposed port that -p does not name.'),
    expose: list('PORT', 'Treat a port or range as exposed by the image.'),
    'host-ip': text('IP', 'Bind the ports that portplan chooses here (127.0.0.1).'),
    range: text('FIRST-LAST', 'Choose host ports from this range only.'),
    avoid: list('PORTS', 'Never choose this host port or range.'),
    'on-conflict': text('next|fail|ask', 'What to do when a port of -p is taken (next).'),
  },
  Container: {
    name: text('NAME', 'Name the container.'),
    detach: boolean('-d', 'Run in the background and print the addresses.'),
    rm: boolean('', 'Remove the container and its anonymous volumes when it exits.'),
    interactive: boolean('-i', 'Keep stdin open.'),
    tty: boolean('-t', 'Give the container a terminal.'),
    attach: list('-a STREAM', 'Attach to stdin, stdout or stderr only.'),
    'detach-keys': text('KEYS', 'The keys that leave the container running.'),
    'sig-proxy': boolean(
      '',
      'Pass signals on to the container (on; --sig-proxy=false to keep them).',
    ),
    entrypoint: text('COMMAND', "Replace the image's entrypoint; empty removes it."),
    workdir: text('-w FOLDER', 'The working directory inside the container.'),
    user: text('-u USER[:GROUP]', 'The user inside the container.'),
    'group-add': list('GROUP', 'Join one more group.'),
    init: boolean('', 'Run an init that forwards signals and reaps processes.'),
    restart: text('POLICY', 'Start it again: no, always, unless-stopped or on-failure[:TIMES].'),
    platform: text('OS/ARCH', "The image's platform, such as linux/arm64."),
    pull: text('always|missing|never', 'When to pull the image (missing).'),
    runtime: text('NAME', 'The runtime of the container.'),
    annotation: list('KEY=VALUE', 'An annotation for the runtime.'),
    cidfile: text('FILE', "Write the container's id to a new file."),
  },
  'Environment and labels': {
    env: list('-e NAME[=VALUE]', 'Set a variable; without a value it is taken from here.'),
    'env-file': list('FILE', 'Read variables from a file.'),
    label: list('-l KEY[=VALUE]', 'Label the container.'),
    'label-file': list('FILE', 'Read labels from a file.'),
  },
  Storage: {
    volume: list('-v [SOURCE:]TARGET[:OPTIONS]', 'Mount a folder of this host or a volume.'),
    mount: list('KEY=VALUE,…', 'Mount a bind, volume, tmpfs or image.'),
    tmpfs: list('TARGET[:OPTIONS]', 'Mount an empty folder in memory.'),
    'volumes-from': list('CONTAINER', 'Mount the volumes of another container.'),
    'volume-driver': text('NAME', 'The driver of the volumes of -v.'),
    'storage-opt': list('KEY=VALUE', 'An option of the storage driver.'),
    'read-only': boolean('', "Mount the container's root read-only."),
  },
  Network: {
    network: list('NETWORK', 'Connect to a network, or use host, none or container:NAME.'),
    'network-alias': list('NAME', 'One more name in the network.'),
    hostname: text('-h NAME', 'The host name inside the container.'),
    domainname: text('NAME', 'The NIS domain inside the container.'),
    'add-host': list('NAME:IP', 'One more line in /etc/hosts; the address may be host-gateway.'),
    dns: list('IP', 'Ask this name server.'),
    'dns-search': list('DOMAIN', 'Complete names with this domain.'),
    'dns-option': list('OPTION', 'An option of the resolver.'),
    ip: text('IPV4', "The container's IPv4 address in its network."),
    ip6: text('IPV6', "The container's IPv6 address in its network."),
    'link-local-ip': list('IP', 'A link-local address of the container.'),
    'mac-address': text('MAC', "The container's MAC address."),
    link: list('CONTAINER[:ALIAS]', 'Link to another container.'),
  },
  Resources: {
    memory: size('-m SIZE', 'Limit the memory.'),
    'memory-reservation': size('SIZE', 'The soft limit of the memory.'),
    'memory-swap': size('SIZE', 'Limit memory and swap together; -1 for no limit.'),
    'memory-swappiness': integer('PERCENT', 'How eagerly to swap, 0 to 100.'),
    'oom-kill-disable': boolean('', 'Do not kill processes when memory runs out.'),
    'oom-score-adj': integer('SCORE', "The host's preference for killing it, -1000 to 1000."),
    'shm-size': size('SIZE', 'The size of /dev/shm.'),
    'pids-limit': integer('COUNT', 'Limit the number of processes; -1 for no limit.'),
    cpus: text('NUMBER', 'Limit the processors, such as 1.5.'),
    'cpu-shares': integer('-c WEIGHT', 'The relative weight of the processors.'),
    'cpu-period': integer('MICROSECONDS', 'The period of the CFS scheduler.'),
    'cpu-quota': integer('MICROSECONDS', 'The quota of the CFS scheduler.'),
    'cpu-rt-period': integer('MICROSECONDS', 'The period of the real-time scheduler.'),
    'cpu-rt-runtime': integer('MICROSECONDS', 'The runtime of the real-time scheduler.'),
    'cpuset-cpus': text('LIST', 'The processors to run on, such as 0-3 or 0,1.'),
    'cpuset-mems': text('LIST', 'The memory nodes to use.'),
    ulimit: list('NAME=SOFT[:HARD]', 'A ulimit, such as nofile=1024:2048.'),
    'blkio-weight': integer('WEIGHT', 'The relative weight of block devices, 10 to 1000.'),
    'blkio-weight-device': list('DEVICE:WEIGHT', 'The weight of one block device.'),
    'device-read-bps': list('DEVICE:SIZE', 'Limit the bytes read from a device in a second.'),
    'device-write-bps': list('DEVICE:SIZE', 'Limit the bytes written to a device in a second.'),
    'device-read-iops': list('DEVICE:COUNT', 'Limit the reads from a device in a second.'),
    'device-write-iops': list('DEVICE:COUNT', 'Limit the writes to a device in a second.'),
    'cgroup-parent': text('PATH', 'The parent cgroup.'),
  },
  Devices: {
    gpus: list('GPUS', 'all, a number, or device=…,capabilities=….'),
    device: list('SOURCE[:TARGET][:MODE]', 'Give the container a device of the host.'),
    'device-cgroup-rule': list('RULE', 'A rule of the device cgroup, such as c 1:3 rwm.'),
  },
  'Isolation and security': {
    privileged: boolean('', 'Give the container every right.'),
    'cap-add': list('CAPABILITY', 'Add a capability.'),
    'cap-drop': list('CAPABILITY', 'Drop a capability.'),
    'security-opt': list('OPTION', 'A security option, such as no-new-privileges.'),
    sysctl: list('NAME=VALUE', 'A kernel setting of the container.'),
    ipc: text('MODE', 'The IPC namespace.'),
    pid: text('MODE', 'The process namespace: host or container:NAME.'),
    uts: text('MODE', 'The UTS namespace: host.'),
    userns: text('MODE', 'The user namespace: host.'),
    cgroupns: text('MODE', 'The cgroup namespace: host or private.'),
    isolation: text('NAME', 'The isolation technology (Windows).'),
  },
  'Health and stopping': {
    'health-cmd': text('COMMAND', 'The command that checks the health.'),
    'health-interval': duration('TIME', 'The time between two checks.'),
    'health-timeout': duration('TIME', 'The time that one check may take.'),
    'health-retries': integer('COUNT', 'The failures in a row that make it unhealthy.'),
    'health-start-period': duration('TIME', 'The time in which failures do not count.'),
    'health-start-interval': duration('TIME', 'The time between checks in the start period.'),
    'no-healthcheck': boolean('', "Turn the image's health check off."),
    'stop-signal': text('SIGNAL', 'The signal that stops the container.'),
    'stop-timeout': integer('SECONDS', 'The time to stop before it is killed.'),
  },
  Logging: {
    'log-driver': text('NAME', 'The logging driver.'),
    'log-opt': list('KEY=VALUE', 'An option of the logging driver.'),
  },
  'Engine and output': {
    context: text('NAME', 'The docker context to use.'),
    host: text('-H ADDRESS', "The engine's address."),
    timeout: text('SECONDS', 'How long to wait for the engine (5).'),
    format: text(
      'table|json|flags',
      'The output; json needs -d, flags prints the -p flags and starts nothing.',
    ),
    color: text('auto|always|never', 'Colour the output (auto).'),
    quiet: boolean('-q', 'Do not show the progress of the pull.'),
    verbose: boolean('', 'Tell what is done, and why.'),
    help: boolean('', 'Show this text.'),
  },
} as const satisfies Readonly<Record<string, Readonly<Record<string, FlagInfo>>>>;

type Groups = typeof flagTable;
type AllFlags = { [Group in keyof Groups]: Groups[Group] }[keyof Groups];
type NamesIn<Flags, Kind extends FlagKind> = Flags extends unknown
  ? { [Name in keyof Flags]: Flags[Name] extends FlagInfo<Kind> ? Name : never }[keyof Flags]
  : never;

/** The name of a flag of one kind, or of any. */
export type FlagName<Kind extends FlagKind = FlagKind> = NamesIn<AllFlags, Kind>;

/** A flag with its usage taken apart. */
export interface DockerFlag {
  readonly name: FlagName;
  readonly kind: FlagKind;
  /** The one-letter spelling, without its dash. */
  readonly short?: string | undefined;
  /** What stands for the value in the help text. */
  readonly value?: string | undefined;
  /** The only values that are taken. */
  readonly choices?: readonly string[] | undefined;
}

/** All flags, in the order of the help text. */
export const allFlags: readonly DockerFlag[] = Object.values(flagTable).flatMap((group) =>
  Object.entries<FlagInfo>(group).map(([name, info]) => toFlag(name as FlagName, info)),
);

/** Older names that docker still takes. */
export const flagAliases: Readonly<Record<string, FlagName>> = {
  net: 'network',
  'net-alias': 'network-alias',
  'dns-opt': 'dns-option',
};

function toFlag(name: FlagName, { kind, usage }: FlagInfo): DockerFlag {
  const [, short, value] = /^(?:-(\w)(?: |$))?(.+)?$/.exec(usage) ?? [];
  const choices = value?.includes('|') ? value.split('|') : undefined;
  return { name, kind, short, value, choices };
}
