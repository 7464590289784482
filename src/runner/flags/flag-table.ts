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

/** The headings of the help text, in its order. */
export const flagGroups = {
  ports: 'Ports',
  container: 'Container',
  environment: 'Environment and labels',
  storage: 'Storage',
  network: 'Network',
  resources: 'Resources',
  devices: 'Devices',
  isolation: 'Isolation and security',
  health: 'Health and stopping',
  logging: 'Logging',
  engine: 'Engine and output',
} as const;
type FlagGroup = keyof typeof flagGroups;

export interface FlagRow {
  readonly name: string;
  /** The one-letter spelling. */
  readonly short?: string;
  /** Older names that docker still takes, which the help leaves out. */
  readonly aliases?: readonly string[];
  readonly kind: FlagKind;
  readonly group: FlagGroup;
  /** What stands for the value in the help text. */
  readonly value?: string;
  /** The only values that are taken. */
  readonly choices?: readonly string[];
  readonly help: string;
}

/**
 * Every flag of `portplan run`: those of `docker run` (docker/cli: cli/command/container/opts.go and run.go) that
 * become a part of the create request, and portplan's own.
 */
export const flagTable = [
  { name: 'publish', short: 'p', kind: 'list', group: 'ports', value: 'SPEC', help: 'Publish a port, as docker run -p; moved to a free one when it is taken.' },
  { name: 'publish-all', short: 'P', kind: 'boolean', group: 'ports', help: 'Publish every exposed port that -p does not name.' },
  { name: 'expose', kind: 'list', group: 'ports', value: 'PORT', help: 'Treat a port or range as exposed by the image.' },
  { name: 'host-ip', kind: 'text', group: 'ports', value: 'IP', help: 'Bind the ports that portplan chooses here (127.0.0.1).' },
  { name: 'range', kind: 'text', group: 'ports', value: 'FIRST-LAST', help: 'Choose host ports from this range only.' },
  { name: 'avoid', kind: 'list', group: 'ports', value: 'PORTS', help: 'Never choose this host port or range.' },
  { name: 'on-conflict', kind: 'text', group: 'ports', value: 'ACTION', choices: ['next', 'fail', 'ask'], help: 'When an asked port is taken: take the next free one, fail, or ask.' },

  { name: 'name', kind: 'text', group: 'container', value: 'NAME', help: 'Name the container.' },
  { name: 'detach', short: 'd', kind: 'boolean', group: 'container', help: 'Run in the background and print the addresses.' },
  { name: 'rm', kind: 'boolean', group: 'container', help: 'Remove the container and its anonymous volumes when it exits.' },
  { name: 'interactive', short: 'i', kind: 'boolean', group: 'container', help: 'Keep stdin open.' },
  { name: 'tty', short: 't', kind: 'boolean', group: 'container', help: 'Give the container a terminal.' },
  { name: 'attach', short: 'a', kind: 'list', group: 'container', value: 'STREAM', help: 'Attach to stdin, stdout or stderr only.' },
  { name: 'detach-keys', kind: 'text', group: 'container', value: 'KEYS', help: 'The keys that leave the container running.' },
  { name: 'sig-proxy', kind: 'boolean', group: 'container', help: 'Pass signals on to the container (on; --sig-proxy=false to keep them).' },
  { name: 'entrypoint', kind: 'text', group: 'container', value: 'COMMAND', help: "Replace the image's entrypoint; empty removes it." },
  { name: 'workdir', short: 'w', kind: 'text', group: 'container', value: 'FOLDER', help: 'The working directory inside the container.' },
  { name: 'user', short: 'u', kind: 'text', group: 'container', value: 'USER[:GROUP]', help: 'The user inside the container.' },
  { name: 'group-add', kind: 'list', group: 'container', value: 'GROUP', help: 'Join one more group.' },
  { name: 'init', kind: 'boolean', group: 'container', help: 'Run an init that forwards signals and reaps processes.' },
  { name: 'restart', kind: 'text', group: 'container', value: 'POLICY', help: 'no, always, unless-stopped or on-failure[:TIMES].' },
  { name: 'platform', kind: 'text', group: 'container', value: 'OS/ARCH', help: "The image's platform, such as linux/arm64." },
  { name: 'pull', kind: 'text', group: 'container', value: 'WHEN', choices: ['always', 'missing', 'never'], help: 'When to pull the image: always, missing (default) or never.' },
  { name: 'runtime', kind: 'text', group: 'container', value: 'NAME', help: 'The runtime of the container.' },
  { name: 'annotation', kind: 'list', group: 'container', value: 'KEY=VALUE', help: 'An annotation for the runtime.' },
  { name: 'cidfile', kind: 'text', group: 'container', value: 'FILE', help: "Write the container's id to a new file." },

  { name: 'env', short: 'e', kind: 'list', group: 'environment', value: 'NAME[=VALUE]', help: 'Set a variable; without a value it is taken from here.' },
  { name: 'env-file', kind: 'list', group: 'environment', value: 'FILE', help: 'Read variables from a file.' },
  { name: 'label', short: 'l', kind: 'list', group: 'environment', value: 'KEY[=VALUE]', help: 'Label the container.' },
  { name: 'label-file', kind: 'list', group: 'environment', value: 'FILE', help: 'Read labels from a file.' },

  { name: 'volume', short: 'v', kind: 'list', group: 'storage', value: '[SOURCE:]TARGET[:OPTIONS]', help: 'Mount a folder of this host or a volume.' },
  { name: 'mount', kind: 'list', group: 'storage', value: 'KEY=VALUE,…', help: 'Mount a bind, volume, tmpfs or image.' },
  { name: 'tmpfs', kind: 'list', group: 'storage', value: 'TARGET[:OPTIONS]', help: 'Mount an empty folder in memory.' },
  { name: 'volumes-from', kind: 'list', group: 'storage', value: 'CONTAINER', help: 'Mount the volumes of another container.' },
  { name: 'volume-driver', kind: 'text', group: 'storage', value: 'NAME', help: 'The driver of the volumes of -v.' },
  { name: 'storage-opt', kind: 'list', group: 'storage', value: 'KEY=VALUE', help: 'An option of the storage driver.' },
  { name: 'read-only', kind: 'boolean', group: 'storage', help: "Mount the container's root read-only." },

  { name: 'network', aliases: ['net'], kind: 'list', group: 'network', value: 'NETWORK', help: 'Connect to a network, or use host, none or container:NAME.' },
  { name: 'network-alias', aliases: ['net-alias'], kind: 'list', group: 'network', value: 'NAME', help: 'One more name in the network.' },
  { name: 'hostname', short: 'h', kind: 'text', group: 'network', value: 'NAME', help: 'The host name inside the container.' },
  { name: 'domainname', kind: 'text', group: 'network', value: 'NAME', help: 'The NIS domain inside the container.' },
  { name: 'add-host', kind: 'list', group: 'network', value: 'NAME:IP', help: 'One more line in /etc/hosts; the address may be host-gateway.' },
  { name: 'dns', kind: 'list', group: 'network', value: 'IP', help: 'Ask this name server.' },
  { name: 'dns-search', kind: 'list', group: 'network', value: 'DOMAIN', help: 'Complete names with this domain.' },
  { name: 'dns-option', aliases: ['dns-opt'], kind: 'list', group: 'network', value: 'OPTION', help: 'An option of the resolver.' },
  { name: 'ip', kind: 'text', group: 'network', value: 'IPV4', help: "The container's IPv4 address in its network." },
  { name: 'ip6', kind: 'text', group: 'network', value: 'IPV6', help: "The container's IPv6 address in its network." },
  { name: 'link-local-ip', kind: 'list', group: 'network', value: 'IP', help: 'A link-local address of the container.' },
  { name: 'mac-address', kind: 'text', group: 'network', value: 'MAC', help: "The container's MAC address." },
  { name: 'link', kind: 'list', group: 'network', value: 'CONTAINER[:ALIAS]', help: 'Link to another container.' },

  { name: 'memory', short: 'm', kind: 'size', group: 'resources', value: 'SIZE', help: 'Limit the memory.' },
  { name: 'memory-reservation', kind: 'size', group: 'resources', value: 'SIZE', help: 'The soft limit of the memory.' },
  { name: 'memory-swap', kind: 'size', group: 'resources', value: 'SIZE', help: 'Limit memory and swap together; -1 for no limit.' },
  { name: 'memory-swappiness', kind: 'integer', group: 'resources', value: 'PERCENT', help: 'How eagerly to swap, 0 to 100.' },
  { name: 'oom-kill-disable', kind: 'boolean', group: 'resources', help: 'Do not kill processes when memory runs out.' },
  { name: 'oom-score-adj', kind: 'integer', group: 'resources', value: 'SCORE', help: "The host's preference for killing it, -1000 to 1000." },
  { name: 'shm-size', kind: 'size', group: 'resources', value: 'SIZE', help: 'The size of /dev/shm.' },
  { name: 'pids-limit', kind: 'integer', group: 'resources', value: 'COUNT', help: 'Limit the number of processes; -1 for no limit.' },
  { name: 'cpus', kind: 'text', group: 'resources', value: 'NUMBER', help: 'Limit the processors, such as 1.5.' },
  { name: 'cpu-shares', short: 'c', kind: 'integer', group: 'resources', value: 'WEIGHT', help: 'The relative weight of the processors.' },
  { name: 'cpu-period', kind: 'integer', group: 'resources', value: 'MICROSECONDS', help: 'The period of the CFS scheduler.' },
  { name: 'cpu-quota', kind: 'integer', group: 'resources', value: 'MICROSECONDS', help: 'The quota of the CFS scheduler.' },
  { name: 'cpu-rt-period', kind: 'integer', group: 'resources', value: 'MICROSECONDS', help: 'The period of the real-time scheduler.' },
  { name: 'cpu-rt-runtime', kind: 'integer', group: 'resources', value: 'MICROSECONDS', help: 'The runtime of the real-time scheduler.' },
  { name: 'cpuset-cpus', kind: 'text', group: 'resources', value: 'LIST', help: 'The processors to run on, such as 0-3 or 0,1.' },
  { name: 'cpuset-mems', kind: 'text', group: 'resources', value: 'LIST', help: 'The memory nodes to use.' },
  { name: 'ulimit', kind: 'list', group: 'resources', value: 'NAME=SOFT[:HARD]', help: 'A ulimit, such as nofile=1024:2048.' },
  { name: 'blkio-weight', kind: 'integer', group: 'resources', value: 'WEIGHT', help: 'The relative weight of block devices, 10 to 1000.' },
  { name: 'blkio-weight-device', kind: 'list', group: 'resources', value: 'DEVICE:WEIGHT', help: 'The weight of one block device.' },
  { name: 'device-read-bps', kind: 'list', group: 'resources', value: 'DEVICE:SIZE', help: 'Limit the bytes read from a device in a second.' },
  { name: 'device-write-bps', kind: 'list', group: 'resources', value: 'DEVICE:SIZE', help: 'Limit the bytes written to a device in a second.' },
  { name: 'device-read-iops', kind: 'list', group: 'resources', value: 'DEVICE:COUNT', help: 'Limit the reads from a device in a second.' },
  { name: 'device-write-iops', kind: 'list', group: 'resources', value: 'DEVICE:COUNT', help: 'Limit the writes to a device in a second.' },
  { name: 'cgroup-parent', kind: 'text', group: 'resources', value: 'PATH', help: 'The parent cgroup.' },

  { name: 'gpus', kind: 'list', group: 'devices', value: 'GPUS', help: 'all, a number, or device=…,capabilities=….' },
  { name: 'device', kind: 'list', group: 'devices', value: 'SOURCE[:TARGET][:MODE]', help: 'Give the container a device of the host.' },
  { name: 'device-cgroup-rule', kind: 'list', group: 'devices', value: 'RULE', help: 'A rule of the device cgroup, such as c 1:3 rwm.' },

  { name: 'privileged', kind: 'boolean', group: 'isolation', help: 'Give the container every right.' },
  { name: 'cap-add', kind: 'list', group: 'isolation', value: 'CAPABILITY', help: 'Add a capability.' },
  { name: 'cap-drop', kind: 'list', group: 'isolation', value: 'CAPABILITY', help: 'Drop a capability.' },
  { name: 'security-opt', kind: 'list', group: 'isolation', value: 'OPTION', help: 'A security option, such as no-new-privileges.' },
  { name: 'sysctl', kind: 'list', group: 'isolation', value: 'NAME=VALUE', help: 'A kernel setting of the container.' },
  { name: 'ipc', kind: 'text', group: 'isolation', value: 'MODE', help: 'The IPC namespace.' },
  { name: 'pid', kind: 'text', group: 'isolation', value: 'MODE', help: 'The process namespace: host or container:NAME.' },
  { name: 'uts', kind: 'text', group: 'isolation', value: 'MODE', help: 'The UTS namespace: host.' },
  { name: 'userns', kind: 'text', group: 'isolation', value: 'MODE', help: 'The user namespace: host.' },
  { name: 'cgroupns', kind: 'text', group: 'isolation', value: 'MODE', choices: ['', 'host', 'private'], help: 'The cgroup namespace: host or private.' },
  { name: 'isolation', kind: 'text', group: 'isolation', value: 'NAME', help: 'The isolation technology (Windows).' },

  { name: 'health-cmd', kind: 'text', group: 'health', value: 'COMMAND', help: 'The command that checks the health.' },
  { name: 'health-interval', kind: 'duration', group: 'health', value: 'TIME', help: 'The time between two checks.' },
  { name: 'health-timeout', kind: 'duration', group: 'health', value: 'TIME', help: 'The time that one check may take.' },
  { name: 'health-retries', kind: 'integer', group: 'health', value: 'COUNT', help: 'The failures in a row that make it unhealthy.' },
  { name: 'health-start-period', kind: 'duration', group: 'health', value: 'TIME', help: 'The time in which failures do not count.' },
  { name: 'health-start-interval', kind: 'duration', group: 'health', value: 'TIME', help: 'The time between checks in the start period.' },
  { name: 'no-healthcheck', kind: 'boolean', group: 'health', help: "Turn the image's health check off." },
  { name: 'stop-signal', kind: 'text', group: 'health', value: 'SIGNAL', help: 'The signal that stops the container.' },
  { name: 'stop-timeout', kind: 'integer', group: 'health', value: 'SECONDS', help: 'The time to stop before it is killed.' },

  { name: 'log-driver', kind: 'text', group: 'logging', value: 'NAME', help: 'The logging driver.' },
  { name: 'log-opt', kind: 'list', group: 'logging', value: 'KEY=VALUE', help: 'An option of the logging driver.' },

  { name: 'context', kind: 'text', group: 'engine', value: 'NAME', help: 'The docker context to use.' },
  { name: 'host', short: 'H', kind: 'text', group: 'engine', value: 'ADDRESS', help: "The engine's address." },
  { name: 'timeout', kind: 'text', group: 'engine', value: 'SECONDS', help: 'How long to wait for the engine (5).' },
  { name: 'format', kind: 'text', group: 'engine', value: 'FORMAT', choices: ['table', 'json', 'flags'], help: 'table, json (with -d), or flags: print the -p flags and start nothing.' },
  { name: 'color', kind: 'text', group: 'engine', value: 'WHEN', choices: ['auto', 'always', 'never'], help: 'Colour the output: auto, always or never.' },
  { name: 'quiet', short: 'q', kind: 'boolean', group: 'engine', help: 'Do not show the progress of the pull.' },
  { name: 'verbose', kind: 'boolean', group: 'engine', help: 'Tell what is done, and why.' },
  { name: 'help', kind: 'boolean', group: 'engine', help: 'Show this text.' },
] as const satisfies readonly FlagRow[];

/** The name of a flag of one kind, or of any. */
export type FlagName<Kind extends FlagKind = FlagKind> = Extract<
  (typeof flagTable)[number],
  { readonly kind: Kind }
>['name'];
