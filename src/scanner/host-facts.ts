import { existsSync, readFileSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { isPort, type PortRange, type Protocol } from '../model/ports/port.ts';
import { type RunCommand, runCommand } from './sockets/run-command.ts';
import { parseDynamicPorts, parseExcludedRanges, systemTool } from './sockets/windows/netsh.ts';

/** Ports in which no bind of a protocol succeeds. */
export interface ExcludedRange extends PortRange {
  readonly protocol: Exclude<Protocol, 'sctp'>;
}

/** What the system itself does with ports, whoever holds them. */
export interface HostFacts {
  readonly platform: NodeJS.Platform;
  /** What outgoing connections draw their ports from. */
  readonly ephemeral: PortRange;
  /** Linux, `ip_local_reserved_ports`: never drawn; to be bound by number only. */
  readonly reserved: readonly PortRange[];
  /** Windows: kept back by Hyper-V, WinNAT or an administrator. */
  readonly excluded: readonly ExcludedRange[];
  /** The lowest port that an ordinary user may bind; 1 where any may be. */
  readonly unprivilegedStart: number;
  /** Whether sockets can be bound to addresses that this host does not have. */
  readonly nonlocalBind: boolean;
  /** Whether `[::1]` can be bound, as dockerd asks before it publishes on IPv6. */
  readonly ipv6: boolean;
  /** Whether this program runs inside a container, and so sees that container's sockets and no others. */
  readonly insideContainer: boolean;
  /** Whether this Linux is one inside Windows, whose own sockets it does not see. */
  readonly wsl: boolean;
}

export interface FactsOptions {
  readonly platform?: NodeJS.Platform | undefined;
  /** The folder that stands for `/`. */
  readonly root?: string | undefined;
  /** macOS and Windows: what runs the system's tools. */
  readonly run?: RunCommand | undefined;
  /** The addresses of this host's interfaces. */
  readonly addresses?: (() => readonly string[]) | undefined;
}

/** Used where the system cannot be asked: the defaults of the Linux kernel, and of IANA everywhere else. */
const defaultEphemeral = {
  linux: range(32768, 60999),
  other: range(49152, 65535),
} as const;

/** Reads what the system does with ports. What cannot be read has the system's default. */
export async function readHostFacts(options: FactsOptions = {}): Promise<HostFacts> {
  const { platform = process.platform, root = '/', run = runCommand } = options;
  const { addresses = localAddresses } = options;
  if (platform === 'linux' || platform === 'android') return readLinuxFacts(platform, root);
  const facts: HostFacts = {
    platform,
    ephemeral: defaultEphemeral.other,
    reserved: [],
    excluded: [],
    unprivilegedStart: platform === 'win32' ? 1 : 1024,
    nonlocalBind: false,
    ipv6: addresses().includes('::1'),
    insideContainer: false,
    wsl: false,
  };
  if (platform === 'darwin') return { ...facts, ...(await readMacosFacts(run)) };
  return platform === 'win32' ? { ...facts, ...(await readWindowsFacts(run)) } : facts;
}

/** `32768	60999`, as ip_local_port_range is written. */
export function parsePortPair(text: string): PortRange | undefined {
  const [, first, last] = /^\s*(\d+)\s+(\d+)\s*$/.exec(text) ?? [];
  return toRange(Number(first), Number(last));
}

/** `8080,9148-9150`, as ip_local_reserved_ports is written. */
export function parsePortList(text: string): readonly PortRange[] {
  return text.split(',').flatMap((part) => {
    const [, first, last = first] = /^\s*(\d+)(?:-(\d+))?\s*$/.exec(part) ?? [];
    return toRange(Number(first), Number(last)) ?? [];
  });
}

function readLinuxFacts(platform: NodeJS.Platform, root: string): HostFacts {
  const setting = (name: string) => readText(join(root, 'proc/sys/net/ipv4', name));
  const unprivilegedStart = Number.parseInt(setting('ip_unprivileged_port_start'), 10);
  return {
    platform,
    ephemeral: parsePortPair(setting('ip_local_port_range')) ?? defaultEphemeral.linux,
    reserved: parsePortList(setting('ip_local_reserved_ports')),
    excluded: [],
    unprivilegedStart: Number.isNaN(unprivilegedStart) ? 1024 : Math.max(unprivilegedStart, 1),
    nonlocalBind: setting('ip_nonlocal_bind').trim() === '1',
    ipv6: hasLoopback6(readText(join(root, 'proc/net/if_inet6'))),
    insideContainer: ['.dockerenv', 'run/.containerenv'].some((file) =>
      existsSync(join(root, file)),
    ),
    wsl: /microsoft/i.test(readText(join(root, 'proc/sys/kernel/osrelease'))),
  };
}

/** The list of addresses has `::1` exactly where it can be bound, and asking it costs no socket. */
function hasLoopback6(addresses: string): boolean {
  return /^0{31}1 /m.test(addresses);
}

async function readMacosFacts(run: RunCommand): Promise<Partial<HostFacts>> {
  const names = ['net.inet.ip.portrange.first', 'net.inet.ip.portrange.last'];
  const text = await run('/usr/sbin/sysctl', ['-n', ...names]).catch(() => '');
  const ephemeral = parsePortPair(text);
  return ephemeral === undefined ? {} : { ephemeral };
}

async function readWindowsFacts(run: RunCommand): Promise<Partial<HostFacts>> {
  const netsh = (...args: readonly string[]) =>
    run(systemTool('netsh.exe'), ['interface', 'ipv4', 'show', ...args]).catch(() => '');
  const [dynamic, tcp, udp] = await Promise.all([
    netsh('dynamicport', 'tcp'),
    netsh('excludedportrange', 'protocol=tcp'),
    netsh('excludedportrange', 'protocol=udp'),
  ]);
  return {
    ephemeral: parseDynamicPorts(dynamic) ?? defaultEphemeral.other,
    excluded: [...excludedRanges(tcp, 'tcp'), ...excludedRanges(udp, 'udp')],
  };
}

function excludedRanges(text: string, protocol: 'tcp' | 'udp'): readonly ExcludedRange[] {
  return parseExcludedRanges(text).map((ports) => ({ ...ports, protocol }));
}

function localAddresses(): readonly string[] {
  return Object.values(networkInterfaces()).flatMap(
    (list) => list?.map(({ address }) => address) ?? [],
  );
}

/** The text of a small file, empty if it cannot be read. */
function readText(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
}

function toRange(first: number, last: number): PortRange | undefined {
  return isPort(first) && isPort(last) && first <= last ? { first, last } : undefined;
}

function range(first: number, last: number): PortRange {
  return toRange(first, last) as PortRange;
}
