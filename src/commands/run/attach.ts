import type { Duplex } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { demultiplex, write } from '../../engine/containers/demultiplex.ts';
import { inspectContainer, readContainer } from '../../engine/containers/inspect.ts';
import {
  attachContainer,
  resizeTerminal,
  signalContainer,
  waitForExit,
} from '../../engine/containers/lifecycle.ts';
import type { Engine } from '../../engine/open-engine.ts';
import { PortplanError } from '../../errors.ts';
import type { Io } from '../../terminal/io.ts';
import type { Signals } from '../../terminal/signals.ts';
import type { PreparedRun } from './prepare.ts';

/** A container in the foreground, attached to this program's streams. */
export interface AttachedContainer {
  /** Releases the streams and restores the terminal. */
  readonly detach: () => void;
  /** Waits until the container exits; returns its exit code, or 0 after the detach keys. */
  untilExit(): Promise<number>;
}

/** Number of Ctrl-C after which portplan stops waiting for the container. */
const maxInterrupts = 3;

/**
 * Attaches to a container that is about to start, and starts to wait for its exit: a short-lived container would exit before a
 * later wait call. Forwards signals to the container from then on.
 * @throws PortplanError
 */
export async function attachRun(
  { engine, request, spec }: PreparedRun,
  id: string,
  { io, interrupts }: { readonly io: Io; readonly interrupts: Signals },
): Promise<AttachedContainer> {
  const { Tty: tty, AttachStdin: stdin, AttachStdout: stdout, AttachStderr: stderr } = spec.body;
  if (tty && stdin && !io.stdin.isTTY) {
    throw new PortplanError(
      'invalid-usage',
      '-it requires a terminal, but stdin is not a terminal',
      {
        hint: 'remove -t: -i alone reads a pipe',
      },
    );
  }
  const released = new AbortController();
  const condition = spec.body.HostConfig.AutoRemove ? 'removed' : 'next-exit';
  const stream = await attachContainer(engine, id, {
    stdin,
    stdout,
    stderr,
    detachKeys: request.detachKeys,
  });
  const exit = waitForExit(engine, id, { condition, signal: released.signal });
  // Only untilExit reports its failure.
  exit.catch(() => {});
  const restore = stdin ? connectInput(stream, io, { tty }) : () => {};
  const copied = copyOutput(stream, io, { tty });
  copied.catch(() => {});
  const ending = { copied, exit, canDetach: tty && stdin };
  const stopResizing = tty ? followSize(engine, id, io) : () => {};
  const stoppedWaiting =
    request.sigProxy && !(tty && stdin)
      ? forwardSignals(engine, id, interrupts)
      : new Promise<number>(() => {});
  const release = () => {
    interrupts.forwardTo(undefined);
    stopResizing();
    restore();
  };
  return {
    detach: () => {
      release();
      released.abort(new PortplanError('interrupted', 'detached'));
      stream.destroy();
    },
    async untilExit() {
      try {
        return await Promise.race([finish(engine, id, ending), stoppedWaiting]);
      } finally {
        release();
        released.abort(new PortplanError('interrupted', 'ended'));
        stream.destroy();
      }
    },
  };
}

/** End of a container's output; with `failure` when the copy failed. */
interface OutputEnd {
  readonly failure?: unknown;
}

/** Maximum time from the end of the output to the exit, by how the output ended; ms. */
const exitWaitMs = { complete: 500, broken: 3000 } as const;

/** What {@link finish} waits for. */
interface Ending {
  readonly copied: Promise<void>;
  readonly exit: Promise<number>;
  /** Whether the user can type detach keys. Otherwise the stream ends only when the program closes its output. */
  readonly canDetach: boolean;
}

/** Returns the exit code after all output is copied, or 0 when the user detached. @throws PortplanError */
async function finish(
  engine: Engine,
  id: string,
  { copied, exit, canDetach }: Ending,
): Promise<number> {
  const output = copied.then(
    (): OutputEnd => ({}),
    (failure: unknown): OutputEnd => ({ failure }),
  );
  const first = await Promise.race([output, exit.then((): OutputEnd => ({}))]);
  const waitMs = first.failure === undefined ? exitWaitMs.complete : exitWaitMs.broken;
  const code = await Promise.race([exit, sleep(waitMs).then(() => undefined)]);
  if (code !== undefined) {
    const end = await Promise.race([output, sleep(2000)]);
    return requireOutput(code, end?.failure);
  }
  const { failure } = await output;
  const container = await inspectContainer(engine, id);
  if (container?.state === 'running') {
    if (failure !== undefined) throw failure instanceof PortplanError ? failure : connectionLost();
    if (canDetach) return 0;
  }
  return requireOutput(await waitForExitCode(engine, id, exit), failure);
}

/** Ignores a connection that breaks after the last output, but not invalid output. @throws PortplanError */
function requireOutput(code: number, failure: unknown): number {
  if (failure instanceof PortplanError) throw failure;
  return code;
}

function connectionLost(): PortplanError {
  const message = 'lost the connection to the container, and with it the rest of its output';
  return new PortplanError('engine-failed', message, { reason: 'cut-off' });
}

/** Interval of polls for an exit that the engine did not report; ms. */
const pollMs = 3000;

/** Returns the exit code of an exited container, even when the engine never answers the wait call. @throws PortplanError */
async function waitForExitCode(engine: Engine, id: string, exit: Promise<number>): Promise<number> {
  let seen: number | undefined;
  while (true) {
    const code = await Promise.race([exit, sleep(pollMs, undefined, { ref: false })]);
    if (code !== undefined) return code;
    const container = await readContainer(engine, id);
    if (seen !== undefined) return seen;
    if (container === undefined) break;
    seen = container.State?.Status === 'exited' ? container.State.ExitCode : undefined;
  }
  throw new PortplanError(
    'engine-failed',
    'the container exited and was removed before the engine reported its exit code',
    { reason: 'gone' },
  );
}

interface TtyOption {
  readonly tty: boolean;
}

/** Copies stdin to the container, in raw mode with `tty`; returns how to stop. */
function connectInput(stream: Duplex, { stdin }: Io, { tty }: TtyOption): () => void {
  if (tty) stdin.setRawMode?.(true);
  const onData = (data: Buffer) => {
    if (stream.write(data)) return;
    stdin.pause();
    stream.once('drain', () => stdin.resume());
  };
  const onEnd = () => stream.end();
  stdin.on('data', onData);
  stdin.once('end', onEnd);
  return () => {
    stdin.off('data', onData);
    stdin.off('end', onEnd);
    if (tty) stdin.setRawMode?.(false);
    // An open stdin would keep this process alive.
    stdin.pause();
    if ('unref' in stdin && typeof stdin.unref === 'function') stdin.unref();
  };
}

/** Copies the output of the container; with `tty` stdout and stderr are one stream. */
async function copyOutput(
  stream: Duplex,
  { stdout, stderr }: Io,
  { tty }: TtyOption,
): Promise<void> {
  const output = stdout.asNodeStream();
  if (!tty) return demultiplex(stream, output, stderr.asNodeStream());
  for await (const chunk of stream) await write(output, chunk);
}

/** Resizes the container's terminal with this one; returns how to stop. */
function followSize(engine: Engine, id: string, io: Io): () => void {
  const stdout = io.stdout.asNodeStream();
  const resize = () => {
    const { columns, rows } = stdout;
    if (columns && rows) void resizeTerminal(engine, id, { columns, rows });
  };
  // The container's terminal exists shortly after the engine's response to the start, not at once.
  const timers = [0, 100, 500].map((delay) => setTimeout(resize, delay));
  stdout.on('resize', resize);
  return () => {
    timers.forEach(clearTimeout);
    stdout.off('resize', resize);
  };
}

/**
 * Forwards signals to the container, and aborts the start when it does not run yet. Resolves with 130 after the third Ctrl-C,
 * because a container may ignore signals, and with 125 when the engine cannot deliver a signal.
 */
function forwardSignals(engine: Engine, id: string, interrupts: Signals): Promise<number> {
  return new Promise((resolve) => {
    let interruptCount = 0;
    interrupts.forwardTo(async (signal) => {
      interruptCount += signal === 'SIGINT' ? 1 : 0;
      if (interruptCount >= maxInterrupts) return resolve(130);
      try {
        if (!(await signalContainer(engine, id, signal))) interrupts.abort(signal);
      } catch {
        interrupts.abort(signal);
        resolve(125);
      }
    });
  });
}
