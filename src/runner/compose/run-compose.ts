import { spawn } from 'node:child_process';
import { PortplanError, systemCodeOf } from '../../errors.ts';
import type { ComposeProgram } from './find-compose.ts';

/** One call of Docker Compose, whose words are the user's to see. */
export interface ComposeCall {
  readonly program: ComposeProgram;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  /** Where its results go: `stderr` where stdout is for something else. */
  readonly output: 'stdout' | 'stderr';
  /** Hands it the signals that this program gets. */
  readonly onSignal: (listener: ((signal: NodeJS.Signals) => void) | undefined) => void;
  /** Ends it: as Ctrl-C does, and for good when that does not help. */
  readonly stop?: AbortSignal | undefined;
}

/** How long it has to end by itself; milliseconds. */
const stopMs = 3000;

/** The exit codes of shells for a program that a signal ended. */
const signalCodes: Readonly<Partial<Record<NodeJS.Signals, number>>> = {
  SIGHUP: 129,
  SIGINT: 130,
  SIGQUIT: 131,
  SIGKILL: 137,
  SIGTERM: 143,
};

/**
 * Runs Docker Compose on this program's own streams until it ends; gives its exit code.
 * @throws PortplanError `compose-unavailable` when it cannot be started
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
          `${file} cannot be run: ${systemCodeOf(cause) ?? cause.message}`,
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
