import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Engine } from './engines.ts';
import { killGroup } from './run.ts';

/**
 * How a TCP socket holds its port:
 * - `listen`: it listens;
 * - `bound`: bound, never listens;
 * - `established`: an outgoing connection with this local port, which connect() chose (with `reuseAddr`: which the client
 *   bound with SO_REUSEADDR), to a socket of the same process on the same address;
 * - `time-wait`: such a connection after the client closed it first. Nothing holds it; the kernel keeps it for 60 s, also
 *   after it was released here;
 * - `time-wait-server`: what is left, for 60 s too, of a server with SO_REUSEADDR that closed a connection first and then
 *   stopped listening.
 */
export type TcpState = 'listen' | 'bound' | 'established' | 'time-wait' | 'time-wait-server';

interface SocketOptions {
  /** Holds it in the network namespace of this engine. Default: this host's. */
  readonly network?: Engine | undefined;
  /** An IP literal without brackets. */
  readonly address: string;
  /** 0: the kernel chooses. */
  readonly port: number;
  /** Default false: a socket on `::` takes IPv4 too. */
  readonly v6only?: boolean | undefined;
  readonly reuseAddr?: boolean | undefined;
  readonly reusePort?: boolean | undefined;
  /** Uid of the process before it opens the socket. Default: that of this process. */
  readonly user?: number | undefined;
  /** Name of the process (in /proc/PID/comm and its command line). Default: perl with its arguments. */
  readonly name?: string | undefined;
}

export type SocketRequest = SocketOptions &
  (
    | { readonly protocol: 'tcp'; readonly state: TcpState }
    | { readonly protocol: 'udp'; readonly state: 'bound' }
  );

/** A socket that another process holds until it is disposed of. */
export interface HeldSocket extends AsyncDisposable {
  readonly pid: number;
  readonly port: number;
}

const script = fileURLToPath(new URL('hold.pl', import.meta.url));
const timeoutMs = 10_000;

/**
 * Starts a process that holds a real socket; it is there when the promise resolves. The process ends when the socket is
 * disposed of, when this process ends, and after ten minutes.
 * Rejects with the error of the kernel ("bind: Address already in use") if the socket cannot be opened.
 */
export async function holdSocket(request: SocketRequest): Promise<HeldSocket> {
  const args = [script, ...toArguments(request)];
  const child =
    request.network?.spawnInNetwork('perl', args) ??
    spawn('perl', args, { detached: true, stdio: 'pipe' });
  const closed = once(child, 'close').catch(() => []);
  const timer = setTimeout(() => killGroup(child), timeoutMs);
  const output = { stdout: '', stderr: '' };
  const ready = new Promise<void>((resolve) => {
    for (const name of ['stdout', 'stderr'] as const) {
      child[name].setEncoding('utf8').on('data', (text: string) => {
        output[name] += text;
        if (output.stdout.includes('\n')) resolve();
      });
    }
  });
  await Promise.race([ready, closed]);
  clearTimeout(timer);

  const port = /^ready (\d+)$/m.exec(output.stdout)?.[1];
  if (port === undefined || child.pid === undefined) {
    const { protocol, address, port: wanted, state } = request;
    const reason = output.stderr.trim() || `nothing happened within ${timeoutMs} ms`;
    throw new Error(`cannot hold ${address} ${wanted}/${protocol} (${state}): ${reason}`);
  }
  return {
    pid: child.pid,
    port: Number(port),
    async [Symbol.asyncDispose]() {
      child.stdin.end();
      const killer = setTimeout(() => killGroup(child), timeoutMs);
      await closed;
      clearTimeout(killer);
    },
  };
}

function toArguments(request: SocketRequest): readonly string[] {
  const { protocol, address, port, state, user, name } = request;
  const flags = {
    v6only: request.v6only,
    reuseaddr: request.reuseAddr,
    reuseport: request.reusePort,
  };
  return [
    `protocol=${protocol}`,
    `address=${address}`,
    `port=${port}`,
    `state=${state}`,
    ...Object.entries(flags).map(([flag, value]) => `${flag}=${value === true ? 1 : 0}`),
    ...(user === undefined ? [] : [`user=${user}`]),
    ...(name === undefined ? [] : [`name=${name}`]),
  ];
}
