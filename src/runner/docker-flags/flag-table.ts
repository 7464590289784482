import {
  type Flag,
  type FlagGroups,
  type FlagKind,
  flag,
  listFlags,
  type NameOf,
} from '../../model/flags/flag.ts';
import { engineFlags, outputFlags, planningFlags } from '../../model/flags/shared-flags.ts';

/**
 * Every flag of `portplan run` under its heading in the help: those of `docker run` (docker/cli:
 * cli/command/container/opts.go and run.go) that are part of the create request, and portplan's own.
 */
export const flagTable = {
  Ports: {
    publish: flag.list('-p SPEC', 'Publish a port, on the next free one if it is taken'),
    'publish-all': flag.boolean('-P', 'Publish every exposed port that -p does not name'),
    expose: flag.list('PORT', 'Treat a port or range as exposed by the image'),
    ...planningFlags,
    'on-conflict': flag.text('ACTION=next|fail|ask', 'What to do when a port of -p is taken', {
      default: 'next',
    }),
  },
  Container: {
    name: flag.text('NAME', 'Name the container'),
    detach: flag.boolean('-d', 'Run in the background and print the URLs'),
    rm: flag.boolean('', 'Remove the container and its anonymous volumes on exit'),
    interactive: flag.boolean('-i', 'Keep stdin open'),
    tty: flag.boolean('-t', 'Allocate a terminal'),
    attach: flag.list('-a STREAM', 'Attach to stdin, stdout or stderr only'),
    'detach-keys': flag.text('KEYS', 'Keys that detach from the container'),
    'sig-proxy': flag.boolean('', 'Forward signals to the container', { default: 'true' }),
    entrypoint: flag.text('COMMAND', 'Override the entrypoint of the image; empty removes it'),
    workdir: flag.text('-w FOLDER', 'Working directory inside the container'),
    user: flag.text('-u USER[:GROUP]', 'User inside the container'),
    'group-add': flag.list('GROUP', 'Join one more group'),
    init: flag.boolean('', 'Run an init that forwards signals and reaps processes'),
    restart: flag.text('POLICY', 'Restart policy: no, always, unless-stopped, on-failure[:N]'),
    platform: flag.text('OS/ARCH', "Image's platform, such as linux/arm64"),
    pull: flag.text('WHEN=always|missing|never', 'When to pull the image', { default: 'missing' }),
    runtime: flag.text('NAME', 'Runtime of the container'),
    annotation: flag.list('KEY=VALUE', 'Annotation for the runtime'),
    cidfile: flag.text('FILE', 'Write the container ID to a new file'),
  },
  'Environment and labels': {
    env: flag.list('-e NAME[=VALUE]', 'Set a variable; without a value, pass the one set here'),
    'env-file': flag.list('FILE', 'Read variables from a file'),
    label: flag.list('-l KEY[=VALUE]', 'Label the container'),
    'label-file': flag.list('FILE', 'Read labels from a file'),
  },
  Storage: {
    volume: flag.list('-v [SOURCE:]TARGET[:OPTIONS]', 'Mount a folder of this host or a volume'),
    mount: flag.list('KEY=VALUE,…', 'Mount a bind, volume, tmpfs or image'),
    tmpfs: flag.list('TARGET[:OPTIONS]', 'Mount an empty folder in memory'),
    'volumes-from': flag.list('CONTAINER', 'Mount the volumes of another container'),
    'volume-driver': flag.text('NAME', 'Driver of the volumes of -v'),
    'storage-opt': flag.list('KEY=VALUE', 'Option of the storage driver'),
    'read-only': flag.boolean('', "Mount the container's root read-only"),
  },
  Network: {
    network: flag.list('NETWORK', 'Connect to a network, or use host, none or container:NAME'),
    'network-alias': flag.list('NAME', 'Add a name in the network'),
    hostname: flag.text('-h NAME', 'Host name inside the container'),
    domainname: flag.text('NAME', 'NIS domain inside the container'),
    'add-host': flag.list('NAME:IP', 'Add a line to /etc/hosts; the IP may be host-gateway'),
    dns: flag.list('IP', 'Use this name server'),
    'dns-search': flag.list('DOMAIN', 'Complete names with this domain'),
    'dns-option': flag.list('OPTION', 'Option of the resolver'),
    ip: flag.text('IPV4', "Container's IPv4 address in its network"),
    ip6: flag.text('IPV6', "Container's IPv6 address in its network"),
    'link-local-ip': flag.list('IP', 'Link-local address of the container'),
    'mac-address': flag.text('MAC', "Container's MAC address"),
    link: flag.list('CONTAINER[:ALIAS]', 'Link to another container'),
  },
  Resources: {
    memory: flag.size('-m SIZE', 'Limit the memory'),
    'memory-reservation': flag.size('SIZE', 'Soft limit of the memory'),
    'memory-swap': flag.size('SIZE', 'Limit memory and swap together; -1 for no limit'),
    'memory-swappiness': flag.integer('PERCENT', 'Swappiness, 0 to 100'),
    'oom-kill-disable': flag.boolean('', 'Do not kill processes when memory runs out'),
    'oom-score-adj': flag.integer('SCORE', 'OOM killer preference, -1000 to 1000'),
    'shm-size': flag.size('SIZE', 'Size of /dev/shm'),
    'pids-limit': flag.integer('COUNT', 'Limit the number of processes; -1 for no limit'),
    cpus: flag.text('NUMBER', 'Limit the processors, such as 1.5'),
    'cpu-shares': flag.integer('-c WEIGHT', 'Relative weight of the processors'),
    'cpu-period': flag.integer('MICROSECONDS', 'Period of the CFS scheduler'),
    'cpu-quota': flag.integer('MICROSECONDS', 'Quota of the CFS scheduler'),
    'cpu-rt-period': flag.integer('MICROSECONDS', 'Period of the real-time scheduler'),
    'cpu-rt-runtime': flag.integer('MICROSECONDS', 'Runtime of the real-time scheduler'),
    'cpuset-cpus': flag.text('LIST', 'Processors to run on, such as 0-3 or 0,1'),
    'cpuset-mems': flag.text('LIST', 'Memory nodes to use'),
    ulimit: flag.list('NAME=SOFT[:HARD]', 'Ulimit, such as nofile=1024:2048'),
    'blkio-weight': flag.integer('WEIGHT', 'Relative weight of block devices, 10 to 1000'),
    'blkio-weight-device': flag.list('DEVICE:WEIGHT', 'Weight of one block device'),
    'device-read-bps': flag.list('DEVICE:SIZE', 'Limit the bytes read from a device in a second'),
    'device-write-bps': flag.list('DEVICE:SIZE', 'Limit the bytes written to a device in a second'),
    'device-read-iops': flag.list('DEVICE:COUNT', 'Limit the reads from a device in a second'),
    'device-write-iops': flag.list('DEVICE:COUNT', 'Limit the writes to a device in a second'),
    'cgroup-parent': flag.text('PATH', 'Parent cgroup'),
  },
  Devices: {
    gpus: flag.list('GPUS', 'all, a number, or device=…,capabilities=…'),
    device: flag.list('SOURCE[:TARGET][:MODE]', 'Add a device of the host'),
    'device-cgroup-rule': flag.list('RULE', 'Rule of the device cgroup, such as c 1:3 rwm'),
  },
  'Isolation and security': {
    privileged: flag.boolean('', 'Run with extended privileges'),
    'cap-add': flag.list('CAPABILITY', 'Add a capability'),
    'cap-drop': flag.list('CAPABILITY', 'Drop a capability'),
    'security-opt': flag.list('OPTION', 'Security option, such as no-new-privileges'),
    sysctl: flag.list('NAME=VALUE', 'Set a kernel parameter'),
    ipc: flag.text('MODE', 'IPC namespace'),
    pid: flag.text('MODE', 'Process namespace: host or container:NAME'),
    uts: flag.text('MODE', 'UTS namespace: host'),
    userns: flag.text('MODE', 'User namespace: host'),
    cgroupns: flag.text('MODE', 'Cgroup namespace: host or private'),
    isolation: flag.text('NAME', 'Isolation technology (Windows)'),
  },
  'Health and stopping': {
    'health-cmd': flag.text('COMMAND', 'Command that checks the health'),
    'health-interval': flag.duration('TIME', 'Time between two checks'),
    'health-timeout': flag.duration('TIME', 'Time that one check may take'),
    'health-retries': flag.integer('COUNT', 'Failures in a row that make it unhealthy'),
    'health-start-period': flag.duration('TIME', 'Time in which failures do not count'),
    'health-start-interval': flag.duration('TIME', 'Time between checks in the start period'),
    'no-healthcheck': flag.boolean('', "Turn the image's health check off"),
    'stop-signal': flag.text('SIGNAL', 'Signal that stops the container'),
    'stop-timeout': flag.integer('SECONDS', 'Time to stop before it is killed'),
  },
  Logging: {
    'log-driver': flag.text('NAME', 'Logging driver'),
    'log-opt': flag.list('KEY=VALUE', 'Option of the logging driver'),
  },
  Engine: engineFlags,
  Output: {
    ...outputFlags,
    format: flag.text(
      'FORMAT=table|json|flags',
      'Output format; json requires -d, flags only prints -p flags',
      {
        default: 'table',
      },
    ),
    help: flag.boolean('', 'Show this help'),
  },
} as const satisfies FlagGroups;

/** The name of a flag of `run`, of one kind or of any. */
export type FlagName<Kind extends FlagKind = FlagKind> = NameOf<typeof flagTable, Kind>;

/** A flag of `run`. */
export type DockerFlag = Flag<FlagName>;

/** All flags, in the order of the help. */
export const allFlags: readonly DockerFlag[] = listFlags(flagTable);

/** Older names that docker still accepts. */
export const flagAliases: Readonly<Record<string, FlagName>> = {
  net: 'network',
  'net-alias': 'network-alias',
  'dns-opt': 'dns-option',
};
