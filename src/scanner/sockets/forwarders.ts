import { type HostAddress, parseIpLiteral } from '../../model/ports/address.ts';
import { isPort, isProtocol, type Port, type Protocol } from '../../model/ports/port.ts';

/** A helper process of a container engine, which holds a port on behalf of a container. */
export interface Forwarder {
  /** What it is called in messages. */
  readonly program: string;
  /** The engine that it belongs to, where that is clear. */
  readonly engine?: string | undefined;
  /** True: each port that it holds is a container's. False: it also has ports of its own. */
  readonly onlyContainers: boolean;
  /** The container, where the command line names it. */
  readonly containerId?: string | undefined;
  /** What docker-proxy forwards, and where to. */
  readonly publish?: ForwardedPublish | undefined;
}

/** One published port, from the command line of docker-proxy. */
export interface ForwardedPublish {
  readonly protocol: Protocol;
  readonly hostAddress: HostAddress;
  readonly hostPort: Port;
  readonly containerAddress: HostAddress;
  readonly containerPort: Port;
}

interface ForwarderRule {
  readonly program: string;
  readonly name: RegExp;
  /** A second condition, for programs that also do other work. */
  readonly command?: RegExp;
  readonly engine?: string;
  readonly onlyContainers: boolean;
  readonly read?: (argv: readonly string[]) => Pick<Forwarder, 'containerId' | 'publish'>;
}

/**
 * The helpers that hold ports for containers, by the name of the process: moby (cmd/docker-proxy), podman (conmon,
 * rootlessport, pasta), rootlesskit, and the port forwarders of the engines that run in a virtual machine.
 */
const rules: readonly ForwarderRule[] = [
  {
    program: 'docker-proxy',
    name: /^docker-proxy$/,
    engine: 'docker',
    onlyContainers: true,
    read: readDockerProxy,
  },
  {
    program: 'conmon',
    name: /^conmon$/,
    engine: 'podman',
    onlyContainers: true,
    read: readConmon,
  },
  {
    program: 'rootlessport',
    name: /^(containers-)?rootlessport/,
    engine: 'podman',
    onlyContainers: true,
  },
  // One program with two names: as passt it serves virtual machines.
  {
    program: 'pasta',
    name: /^pas(ta|st)(\.avx2)?$/,
    command: /^(\S*\/)?pasta/,
    onlyContainers: true,
  },
  { program: 'slirp4netns', name: /^slirp4netns$/, onlyContainers: true },
  { program: 'rootlesskit', name: /^rootlesskit$/, onlyContainers: true },
  // Without the userland proxy dockerd holds the ports itself, beside those of its API and of swarm.
  { program: 'dockerd', name: /^dockerd(\.exe)?$/, engine: 'docker', onlyContainers: false },
  {
    program: 'Docker Desktop',
    name: /^(com\.docke(r\..*)?|vpnkit.*)$/,
    engine: 'Docker Desktop',
    onlyContainers: false,
  },
  {
    program: 'gvproxy',
    name: /^gvproxy(\.exe)?$/,
    engine: 'podman machine',
    onlyContainers: false,
  },
  {
    program: 'Rancher Desktop',
    name: /^(ssh|limactl)$/,
    command: /rancher-desktop/,
    engine: 'Rancher Desktop',
    onlyContainers: false,
  },
  {
    program: 'Colima',
    name: /^(ssh|limactl)$/,
    command: /[/.]colima\b/,
    engine: 'Colima',
    onlyContainers: false,
  },
  { program: 'limactl', name: /^limactl$/, engine: 'Lima', onlyContainers: false },
  {
    program: 'ssh of Lima',
    name: /^ssh$/,
    command: /\/\.lima\//,
    engine: 'Lima',
    onlyContainers: false,
  },
  { program: 'OrbStack', name: /^OrbStack/, engine: 'OrbStack', onlyContainers: false },
  { program: 'wslrelay', name: /^wslrelay(\.exe)?$/, engine: 'WSL', onlyContainers: false },
];

/** Which engine's helper a process is, if it is one. */
export function identifyForwarder(name: string, argv: readonly string[]): Forwarder | undefined {
  const rule = rules.find(
    (candidate) => candidate.name.test(name) && (candidate.command?.test(argv.join(' ')) ?? true),
  );
  if (rule === undefined) return undefined;
  const { program, engine, onlyContainers } = rule;
  return { program, engine, onlyContainers, ...rule.read?.(argv) };
}

function readConmon(argv: readonly string[]): Pick<Forwarder, 'containerId'> {
  const id = flagOf(argv, 'c') ?? flagOf(argv, 'cid');
  return id !== undefined && /^[0-9a-f]{64}$/.test(id) ? { containerId: id } : {};
}

function readDockerProxy(argv: readonly string[]): Pick<Forwarder, 'publish'> {
  const protocol = flagOf(argv, 'proto') ?? '';
  const hostAddress = parseIpLiteral(flagOf(argv, 'host-ip') ?? '');
  const hostPort = Number(flagOf(argv, 'host-port'));
  const containerAddress = parseIpLiteral(flagOf(argv, 'container-ip') ?? '');
  const containerPort = Number(flagOf(argv, 'container-port'));
  if (hostAddress === undefined || containerAddress === undefined) return {};
  if (!isProtocol(protocol) || !isPort(hostPort) || !isPort(containerPort)) return {};
  return { publish: { protocol, hostAddress, hostPort, containerAddress, containerPort } };
}

/** The value of `-name value`, `--name value` or either with `=`. */
function flagOf(argv: readonly string[], name: string): string | undefined {
  const at = argv.findIndex((word) => word === `-${name}` || word === `--${name}`);
  if (at >= 0) return argv[at + 1];
  const joined = argv.find((word) => new RegExp(`^--?${name}=`).test(word));
  return joined?.slice(joined.indexOf('=') + 1);
}
