import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { networkInterfaces } from 'node:os';

/** Whether this host has IPv6 at all; containers often do not. */
export const hasIPv6 = Object.values(networkInterfaces()).some((addresses) =>
  addresses?.some(({ address }) => address === '::1'),
);

/** A child process that holds sockets until it is disposed of, or this process ends. */
export interface SocketHolder extends AsyncDisposable {
  readonly pid: number;
  /** The ports of its sockets, in the order that they were asked for. */
  readonly ports: readonly number[];
}

export interface WantedSocket {
  readonly protocol: 'tcp' | 'udp';
  readonly host: string;
  /** Absent: one that the system chooses. */
  readonly port?: number;
  readonly ipv6Only?: boolean;
  readonly reuseAddr?: boolean;
}

interface SpawnOptions {
  readonly uid?: number;
  readonly argv0?: string;
  readonly args?: readonly string[];
}

const program = `
  const net = require('node:net');
  const dgram = require('node:dgram');
  const open = ({ protocol, host, port = 0, ipv6Only = false, reuseAddr = false }) =>
    new Promise((resolve, reject) => {
      if (protocol === 'tcp') {
        const server = net.createServer().on('error', reject);
        server.listen({ host, port, ipv6Only }, () => resolve(server.address().port));
      } else {
        const type = host.includes(':') ? 'udp6' : 'udp4';
        const socket = dgram.createSocket({ type, ipv6Only, reuseAddr }).on('error', reject);
        socket.bind({ address: host, port }, () => resolve(socket.address().port));
      }
    });
  (async () => {
    const ports = [];
    for (const wanted of JSON.parse(process.argv[1])) ports.push(await open(wanted));
    console.log(JSON.stringify(ports));
  })();
  process.stdin.resume().on('end', () => process.exit());
`;

/** Opens sockets in a new node process. */
export function holdSockets(
  wanted: readonly WantedSocket[],
  options: SpawnOptions = {},
): Promise<SocketHolder> {
  const { NODE_EXTRA_CA_CERTS: _, ...env } = process.env;
  const args = ['-e', program, JSON.stringify(wanted), ...(options.args ?? [])];
  return start(spawn(process.execPath, args, { ...spawnOptions(options), env }));
}

const perl = `
  socket(my $s, PF_INET, SOCK_STREAM, 0) or die $!;
  setsockopt($s, SOL_SOCKET, SO_REUSEADDR, 1) if $ARGV[0] eq 'reuse';
  bind($s, pack_sockaddr_in(0, inet_aton('127.0.0.1'))) or die $!;
  my ($port) = unpack_sockaddr_in(getsockname($s));
  if ($ARGV[1]) { connect($s, pack_sockaddr_in($ARGV[1], inet_aton('127.0.0.1'))) or die $!; }
  $| = 1; print "[$port]\\n"; <STDIN>;
`;

/** Binds a TCP socket to 127.0.0.1 without listening on it; with `connectTo` it is then connected to that port. */
export function holdBoundSocket({
  reuse = false,
  connectTo,
}: {
  readonly reuse?: boolean;
  readonly connectTo?: number;
} = {}): Promise<SocketHolder> {
  const args = ['-MSocket', '-e', perl, reuse ? 'reuse' : 'plain', String(connectTo ?? '')];
  return start(spawn('perl', args, spawnOptions({})));
}

function spawnOptions({ uid, argv0 }: SpawnOptions) {
  return {
    stdio: ['pipe', 'pipe', 'inherit'] as ['pipe', 'pipe', 'inherit'],
    cwd: '/',
    ...(uid !== undefined && { uid, gid: uid }),
    ...(argv0 !== undefined && { argv0 }),
  };
}

async function start(child: ChildProcess): Promise<SocketHolder> {
  const ended = once(child, 'exit');
  const stop = async () => {
    child.kill('SIGKILL');
    await ended;
  };
  const line = await Promise.race([firstLine(child), ended.then(() => undefined)]);
  if (line === undefined || child.pid === undefined) throw new Error('the holder did not start');
  return { pid: child.pid, ports: JSON.parse(line) as number[], [Symbol.asyncDispose]: stop };
}

async function firstLine(child: ChildProcess): Promise<string> {
  let text = '';
  for await (const chunk of child.stdout ?? []) {
    text += String(chunk);
    if (text.includes('\n')) break;
  }
  return text;
}
