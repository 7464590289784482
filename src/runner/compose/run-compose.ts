import { spawn } from 'node:child_process';
import { PortplanError, systemCodeOf } from '../../errors.ts';
import type { ComposeProgram } from './find-compose.ts';

/** One call of Docker Compose, whose output the user sees. */
export interface ComposeCall {
  readonly program: ComposeProgram;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  /** Where Compose's stdout goes: `stderr` when portplan prints a report on stdout. */
  readonly output: 'stdout' | 'stderr';
  /** Registers a listener that forwards this program's signals to Compose; `undefined` removes it. */
  readonly onSignal: (listener: ((signal: NodeJS.Signals) => void) | undefined) => void;
  /** Stops Compose: SIGINT first, SIGKILL after 3 s. */
  readonly stop?: AbortSignal | undefined;
}

/** Time from SIGINT to SIGKILL; ms. */
const stopMs = 3000;

/** Exit codes that shells use for a program killed by a signal: 128 + signal number. */
const signalCodes: Readonly<Partial<Record<NodeJS.Signals, number>>> = {
  SIGHUP: 129,
  SIGINT: 130,
  SIGQUIT: 131,
  SIGKILL: 137,
  SIGTERM: 143,
};

/**
 * Runs Docker Compose on this program's streams.
 * @returns its exit code
 * @throws PortplanError `compose-unavailable` when the program cannot be started
 */
export function runCompose(call: ComposeCall): Promise<number> {
  const [file, ...first] = call.program.command;
  return new Promise((resolve, reject) => {
    const child = spawn(file, [...first, ...call.args], {
      cwd: call.cwd,
      env: call.env,
      stdio: ['inherit', call.output === 'stdout' ? 'inherit' : 2, 'inherit'],
      windowsHide: true,
    });
    call.onSignal((signal) => child.kill(signal));
    let killer: NodeJS.Timeout | undefined;
    const stop = () => {
      child.kill('SIGINT');
      killer = setTimeout(() => child.kill('SIGKILL'), stopMs);
    };
    call.stop?.addEventListener('abort', stop, { once: true });
    const release = () => {
      clearTimeout(killer);
      call.stop?.removeEventListener('abort', stop);
      call.onSignal(undefined);
    };
    child.on('error', (cause) => {
      release();
      reject(
        new PortplanError(
          'compose-unavailable',
          `cannot run ${file}: ${systemCodeOf(cause) ?? cause.message}`,
          { cause },
        ),
      );
    });
    child.on('close', (code, signal) => {
      release();
      resolve(code ?? (signal === null ? 1 : (signalCodes[signal] ?? 1)));
    });
  });
}
