import { existsSync, readFileSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { isPort, type PortRange, type Protocol } from '../model/ports/port.ts';
import { type RunTool, runTool } from './sockets/run-tool.ts';
import { parseDynamicPorts, parseExcludedRanges, systemTool } from './sockets/windows/netsh.ts';

/** A range of ports that no program can bind for a protocol. */
export interface ExcludedRange extends PortRange {
  readonly protocol: Exclude<Protocol, 'sctp'>;
}

/** The port settings of the operating system. */
export interface HostFacts {
  readonly platform: NodeJS.Platform;
  /** The range from which outgoing connections get their ports. */
  readonly ephemeral: PortRange;
  /** Linux, `ip_local_reserved_ports`: never assigned automatically; can be bound by number only. */
  readonly reserved: readonly PortRange[];
  /** Windows: reserved by Hyper-V, WinNAT or an administrator. */
  readonly excluded: readonly ExcludedRange[];
  /** The lowest port that an unprivileged user may bind; 1 where all ports are allowed. */
  readonly unprivilegedStart: number;
  /** Whether sockets can bind addresses that this host does not have (`ip_nonlocal_bind`). */
  readonly nonlocalBind: boolean;
  /** Whether `[::1]` can be bound, which dockerd checks before it publishes on IPv6. */
  readonly ipv6: boolean;
  /** Whether this program runs in a container, and therefore sees only the sockets of that container. */
  readonly insideContainer: boolean;
  /** Whether this is WSL, which does not see the sockets of Windows. */
  readonly wsl: boolean;
}

export interface FactsOptions {
  readonly platform?: NodeJS.Platform | undefined;
  /** The root folder (default: `/`). */
  readonly root?: string | undefined;
  /** macOS and Windows: runs a system tool. */
  readonly run?: RunTool | undefined;
  /** Returns the addresses of this host's interfaces. */
  readonly addresses?: (() => readonly string[]) | undefined;
}

/** Fallback when the range cannot be read: the default of the Linux kernel, and of IANA elsewhere. */
const defaultEphemeral = {
  linux: range(32768, 60999),
  other: range(49152, 65535),
} as const;

/** Reads the port settings of the operating system. A setting that cannot be read has the system's default. */
export async function readHostFacts(options: FactsOptions = {}): Promise<HostFacts> {
  const { platform = process.platform, root = '/', run = runTool } = options;
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

/** Parses `32768	60999`, the format of `ip_local_port_range`. Returns `undefined` for other text. */
export function parsePortPair(text: string): PortRange | undefined {
  const [, first, last] = /^\s*(\d+)\s+(\d+)\s*$/.exec(text) ?? [];
  return toRange(Number(first), Number(last));
}

/** Parses `8080,9148-9150`, the format of `ip_local_reserved_ports`. Skips invalid parts. */
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

/** `/proc/net/if_inet6` lists `::1` exactly when it can be bound. Reading it costs no socket. */
function hasLoopback6(addresses: string): boolean {
  return /^0{31}1 /m.test(addresses);
}

async function readMacosFacts(run: RunTool): Promise<Partial<HostFacts>> {
  const names = ['net.inet.ip.portrange.first', 'net.inet.ip.portrange.last'];
  const text = await run('/usr/sbin/sysctl', ['-n', ...names]).catch(() => '');
  const ephemeral = parsePortPair(text);
  return ephemeral === undefined ? {} : { ephemeral };
}

async function readWindowsFacts(run: RunTool): Promise<Partial<HostFacts>> {
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

/** Returns the text of a small file; empty when it cannot be read. */
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
