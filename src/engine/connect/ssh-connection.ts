import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { Duplex } from 'node:stream';
import { PortplanError, systemCodeOf } from '../../errors.ts';
import { formatEngineAddress, type SshAddress } from './address.ts';

/** How much of ssh's stderr is kept, in UTF-16 units. */
const maxErrorLength = 2048;
/** How long ssh may take to exit before it is killed. */
const maxExitMs = 3000;

/**
 * Returns the streams of a running `ssh` as one duplex, with the socket methods that node:http calls. Its error is a
 * PortplanError with ssh's message: `engine-denied` for a rejected login, else `engine-absent`.
 */
export function toSshConnection(
  child: ChildProcessWithoutNullStreams,
  address: SshAddress,
): Duplex {
  const errorText = keepTail(child);
  const idle = idleTimer(() => duplex.emit('timeout'));
  const duplex = new Duplex({
    allowHalfOpen: false,
    read: () => child.stdout.resume(),
    write: (chunk, _encoding, callback) => {
      idle.restart();
      // If ssh has exited, its exit code is a better error than the broken pipe.
      child.stdin.write(chunk, () => callback());
    },
    final: (callback) => {
      child.stdin.end();
      callback();
    },
    destroy: (error, callback) => {
      idle.set(0);
      terminate(child);
      callback(error);
    },
  });
  child.stdin.on('error', () => undefined);
  child.stdout.on('data', (chunk: Buffer) => {
    idle.restart();
    if (!duplex.push(chunk)) child.stdout.pause();
  });
  // The exit code follows the streams; it distinguishes an end from a failure.
  child.stdout.on('end', () => setTimeout(terminate, maxExitMs, child).unref());
  child.on('error', (error) => duplex.destroy(toStartError(error, address)));
  child.on('close', (code, signal) => {
    if (code === 0) duplex.push(null);
    else duplex.destroy(toExitError(address, code ?? signal, errorText()));
  });
  return Object.assign(duplex, socketMethods(duplex, child, idle));
}

/** Collects stderr; the returned function gives its last 2048 characters. */
function keepTail({ stderr }: ChildProcessWithoutNullStreams): () => string {
  let text = '';
  stderr.setEncoding('utf8').on('data', (chunk: string) => {
    text = (text + chunk).slice(-maxErrorLength);
  });
  return () => text.trim();
}

interface IdleTimer {
  /** Sets the timeout in ms; 0 disables it. */
  readonly set: (ms: number) => void;
  readonly restart: () => void;
}

function idleTimer(onIdle: () => void): IdleTimer {
  let timeoutMs = 0;
  let timer: NodeJS.Timeout | undefined;
  const restart = () => {
    clearTimeout(timer);
    if (timeoutMs > 0) timer = setTimeout(onIdle, timeoutMs).unref();
  };
  return {
    set: (ms) => {
      timeoutMs = ms;
      restart();
    },
    restart,
  };
}

/** Ends ssh with SIGTERM, then SIGKILL after 3000 ms. */
function terminate(child: ChildProcessWithoutNullStreams) {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill();
  const timer = setTimeout(() => child.kill('SIGKILL'), maxExitMs).unref();
  child.once('exit', () => clearTimeout(timer));
}

function toStartError(error: Error, address: SshAddress): PortplanError {
  const isMissing = systemCodeOf(error) === 'ENOENT';
  return new PortplanError(
    'engine-absent',
    `${formatEngineAddress(address)}: cannot start ssh: ${isMissing ? 'not installed' : error.message}`,
    { hint: 'install an ssh client: portplan uses it for ssh:// addresses', cause: error },
  );
}

function toExitError(
  address: SshAddress,
  code: number | string | null,
  errorText: string,
): PortplanError {
  const target = address.user === undefined ? address.host : `${address.user}@${address.host}`;
  const isDenied = /permission denied/i.test(errorText);
  return new PortplanError(
    isDenied ? 'engine-denied' : 'engine-absent',
    `${formatEngineAddress(address)}: ssh exited with ${code}${errorText === '' ? '' : `: ${errorText}`}`,
    { hint: `check the connection: ssh ${target} docker version` },
  );
}

/** Returns the socket methods that node:http calls. After `unref()`, the connection does not keep the process alive. */
function socketMethods(duplex: Duplex, child: ChildProcessWithoutNullStreams, idle: IdleTimer) {
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

/** The streams of a child process are sockets, although their types do not say so. */
function isReferable<Stream extends object>(stream: Stream): stream is Stream & Referable {
  return 'ref' in stream && 'unref' in stream;
}
