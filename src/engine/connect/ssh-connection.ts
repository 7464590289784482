import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { Duplex } from 'node:stream';
import { PortplanError, systemCodeOf } from '../../errors.ts';
import { formatEngineAddress, type SshAddress } from './address.ts';

const keptErrorText = 2048;
const timeToExitMs = 3000;

/**
 * The streams of a running `ssh` as one, with as much of a socket's manner as node:http asks for. Its error is a
 * PortplanError with what ssh said: `engine-denied` when the login was refused, else `engine-absent`.
 */
export function toSshConnection(
  child: ChildProcessWithoutNullStreams,
  address: SshAddress,
): Duplex {
  const said = keepTail(child);
  const idle = idleTimer(() => duplex.emit('timeout'));
  const duplex = new Duplex({
    allowHalfOpen: false,
    read: () => child.stdout.resume(),
    write: (chunk, _encoding, callback) => {
      idle.restart();
      // When ssh is gone, its exit code tells more than the broken pipe.
      child.stdin.write(chunk, () => callback());
    },
    final: (callback) => {
      child.stdin.end();
      callback();
    },
    destroy: (error, callback) => {
      idle.set(0);
      end(child);
      callback(error);
    },
  });
  child.stdin.on('error', () => undefined);
  child.stdout.on('data', (chunk: Buffer) => {
    idle.restart();
    if (!duplex.push(chunk)) child.stdout.pause();
  });
  // The code comes after the streams; without it an end cannot be told from a failure.
  child.stdout.on('end', () => setTimeout(end, timeToExitMs, child).unref());
  child.on('error', (error) => duplex.destroy(startFault(error, address)));
  child.on('close', (code, signal) => {
    if (code === 0) duplex.push(null);
    else duplex.destroy(exitFault(address, code ?? signal, said()));
  });
  return Object.assign(duplex, socketManners(duplex, child, idle));
}

/** The last of what ssh wrote to stderr. */
function keepTail({ stderr }: ChildProcessWithoutNullStreams): () => string {
  let text = '';
  stderr.setEncoding('utf8').on('data', (chunk: string) => {
    text = (text + chunk).slice(-keptErrorText);
  });
  return () => text.trim();
}

interface IdleTimer {
  /** Milliseconds; 0 for never. */
  readonly set: (ms: number) => void;
  readonly restart: () => void;
}

function idleTimer(onIdle: () => void): IdleTimer {
  let length = 0;
  let timer: NodeJS.Timeout | undefined;
  const restart = () => {
    clearTimeout(timer);
    if (length > 0) timer = setTimeout(onIdle, length).unref();
  };
  return {
    set: (ms) => {
      length = ms;
      restart();
    },
    restart,
  };
}

/** Asks ssh to end, and makes it end when it does not. */
function end(child: ChildProcessWithoutNullStreams) {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill();
  const timer = setTimeout(() => child.kill('SIGKILL'), timeToExitMs).unref();
  child.once('exit', () => clearTimeout(timer));
}

function startFault(error: Error, address: SshAddress): PortplanError {
  const missing = systemCodeOf(error) === 'ENOENT';
  return new PortplanError(
    'engine-absent',
    `${formatEngineAddress(address)}: ssh cannot be started: ${missing ? 'it is not installed' : error.message}`,
    { hint: 'portplan uses the ssh program of this host for ssh:// addresses', cause: error },
  );
}

function exitFault(address: SshAddress, code: number | string | null, said: string): PortplanError {
  const target = address.user === undefined ? address.host : `${address.user}@${address.host}`;
  const denied = /permission denied/i.test(said);
  return new PortplanError(
    denied ? 'engine-denied' : 'engine-absent',
    `${formatEngineAddress(address)}: ssh ended with ${code}${said === '' ? '' : `: ${said}`}`,
    { hint: `this has to work: ssh ${target} docker version` },
  );
}

/** What node:http calls on a socket. Unreferenced, the connection does not keep this process alive. */
function socketManners(duplex: Duplex, child: ChildProcessWithoutNullStreams, idle: IdleTimer) {
  const streams = [child.stdin, child.stdout, child.stderr].filter(isReferable);
  const handles: readonly Referable[] = [child, ...streams];
  return {
    setTimeout: (ms: number, onTimeout?: () => void) => {
      idle.set(ms);
      if (onTimeout !== undefined) duplex.once('timeout', onTimeout);
      return duplex;
    },
    setNoDelay: () => duplex,
    setKeepAlive: () => duplex,
    ref: () => {
      for (const handle of handles) handle.ref();
      return duplex;
    },
    unref: () => {
      for (const handle of handles) handle.unref();
      return duplex;
    },
  };
}

interface Referable {
  ref(): void;
  unref(): void;
}

/** The streams of a child are sockets, which their types do not say. */
function isReferable<Stream extends object>(stream: Stream): stream is Stream & Referable {
  return 'ref' in stream && 'unref' in stream;
}
