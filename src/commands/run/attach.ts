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

/** A container in the foreground: its streams are ours. */
export interface AttachedContainer {
  /** Lets go of the streams and of the terminal. */
  readonly detach: () => void;
  /** Waits for the end of the container; gives its exit code, or 0 after the detach keys. */
  untilExit(): Promise<number>;
}

/** How often a user has to ask until nobody waits for the container any more. */
const maxInterrupts = 3;

/**
 * Attaches to a container that is about to start, and begins to wait for its end: a short-lived one is over before
 * anybody could ask. From then on signals are the container's.
 * @throws PortplanError
 */
export async function attachRun(
  { engine, request, spec }: PreparedRun,
  id: string,
  { io, interrupts }: { readonly io: Io; readonly interrupts: Signals },
): Promise<AttachedContainer> {
  const { Tty: tty, AttachStdin: stdin, AttachStdout: stdout, AttachStderr: stderr } = spec.body;
  if (tty && stdin && !io.stdin.isTTY) {
    throw new PortplanError('invalid-usage', '-it needs a terminal, and stdin is none', {
      hint: 'leave -t away: -i alone reads a pipe',
    });
  }
  const ended = new AbortController();
  const condition = spec.body.HostConfig.AutoRemove ? 'removed' : 'next-exit';
  const stream = await attachContainer(engine, id, {
    stdin,
    stdout,
    stderr,
    detachKeys: request.detachKeys,
  });
  const exit = waitForExit(engine, id, { condition, signal: ended.signal });
  // Its failure is of interest only to whoever waits for the end.
  exit.catch(() => {});
  const restore = stdin ? connectInput(stream, io, tty) : () => {};
  const copied = copyOutput(stream, io, tty);
  copied.catch(() => {});
  const ending = { copied, exit, canDetach: tty && stdin };
  const stopResizing = tty ? followSize(engine, id, io) : () => {};
  const gaveUp =
    request.sigProxy && !(tty && stdin)
      ? passSignals(engine, id, interrupts)
      : new Promise<number>(() => {});
  const release = () => {
    interrupts.forwardTo(undefined);
    stopResizing();
    restore();
  };
  return {
    detach: () => {
      release();
      ended.abort(new PortplanError('interrupted', 'detached'));
      stream.destroy();
    },
    async untilExit() {
      try {
        return await Promise.race([finish(engine, id, ending), gaveUp]);
      } finally {
        release();
        ended.abort(new PortplanError('interrupted', 'ended'));
        stream.destroy();
      }
    },
  };
}

/** How the output of a container has ended. */
interface OutputEnd {
  readonly failure?: unknown;
}

/** How long a container may take to end after its output: as it should, and after output that broke; milliseconds. */
const endMs = { whole: 500, broken: 3000 } as const;

/** What to wait for. */
interface Ending {
  readonly copied: Promise<void>;
  readonly exit: Promise<number>;
  /** Whether the stream may end because the user has typed the detach keys; else a program has closed its output. */
  readonly canDetach: boolean;
}

/** The exit code once all output is copied, or 0 when the user has detached. */
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
  const patience = first.failure === undefined ? endMs.whole : endMs.broken;
  const code = await Promise.race([exit, sleep(patience).then(() => undefined)]);
  if (code !== undefined) {
    const end = await Promise.race([output, sleep(2000)]);
    return withOutput(code, end?.failure);
  }
  const { failure } = await output;
  const container = await inspectContainer(engine, id);
  if (container?.state === 'running') {
    if (failure !== undefined) throw failure instanceof PortplanError ? failure : cutOff();
    if (canDetach) return 0;
  }
  return withOutput(await learnExit(engine, id, exit), failure);
}

/** A connection may break at the end; output that is none is not lost without a word. */
function withOutput(code: number, failure: unknown): number {
  if (failure instanceof PortplanError) throw failure;
  return code;
}

function cutOff(): PortplanError {
  const message = 'the connection to the container broke, and its output with it';
  return new PortplanError('engine-failed', message, { reason: 'cut-off' });
}

/** How long the engine has to tell of an end that can be seen; milliseconds. */
const tellMs = 3000;

/** The exit code of a container that has ended, also from an engine whose answer never comes. */
async function learnExit(engine: Engine, id: string, exit: Promise<number>): Promise<number> {
  let seen: number | undefined;
  while (true) {
    const code = await Promise.race([exit, sleep(tellMs, undefined, { ref: false })]);
    if (code !== undefined) return code;
    const container = await readContainer(engine, id);
    if (seen !== undefined) return seen;
    if (container === undefined) break;
    seen = container.State?.Status === 'exited' ? container.State.ExitCode : undefined;
  }
  throw new PortplanError(
    'engine-failed',
    'the container has ended and is gone, and the engine did not say how it ended',
    { reason: 'gone' },
  );
}

function connectInput(stream: Duplex, { stdin }: Io, tty: boolean): () => void {
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
    // A stdin that is still open would keep the program alive.
    stdin.pause();
    if ('unref' in stdin && typeof stdin.unref === 'function') stdin.unref();
  };
}

async function copyOutput(stream: Duplex, { stdout, stderr }: Io, tty: boolean): Promise<void> {
  const output = stdout.toNode();
  if (!tty) return demultiplex(stream, output, stderr.toNode());
  for await (const chunk of stream) await write(output, chunk);
}

function followSize(engine: Engine, id: string, io: Io): () => void {
  const stdout = io.stdout.toNode();
  const resize = () => {
    const { columns, rows } = stdout;
    if (columns && rows) void resizeTerminal(engine, id, { columns, rows });
  };
  // The terminal exists from the start of the program on, a little after the answer of the engine.
  const timers = [0, 100, 500].map((delay) => setTimeout(resize, delay));
  stdout.on('resize', resize);
  return () => {
    timers.forEach(clearTimeout);
    stdout.off('resize', resize);
  };
}

/**
 * Hands signals to the container; one that does not run yet is not waited for. Resolves only when the user insists: a
 * container may well ignore a signal.
 */
function passSignals(engine: Engine, id: string, interrupts: Signals): Promise<number> {
  return new Promise((resolve) => {
    let asked = 0;
    interrupts.forwardTo(async (signal) => {
      asked += signal === 'SIGINT' ? 1 : 0;
      if (asked >= maxInterrupts) return resolve(130);
      try {
        if (!(await signalContainer(engine, id, signal))) interrupts.abort(signal);
      } catch {
        interrupts.abort(signal);
        resolve(125);
      }
    });
  });
}
