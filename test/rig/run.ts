import { type ChildProcess, spawn } from 'node:child_process';

/** How a process ended, and all its output. */
export interface Result {
  /** The exit code; null when a signal ended the process. */
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly cwd?: string | undefined;
  /** The whole environment; no other variable is inherited. Default: that of this process. */
  readonly env?: NodeJS.ProcessEnv | undefined;
  /** Text for stdin, which is closed afterwards. Default: empty. */
  readonly input?: string | undefined;
  /** Default 30 000. */
  readonly timeoutMs?: number | undefined;
}

const outputLimit = 8 * 1024 * 1024;

/**
 * Runs a command to its end, whatever its exit code.
 * Rejects when it cannot be started, and when it takes longer than `timeoutMs` or writes more than 8 MiB: then the
 * process and its group are killed, and the error shows the output until then.
 */
export async function run(
  command: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<Result> {
  const { timeoutMs = 30_000, input = '', cwd, env } = options;
  const child = spawn(command, args, { cwd, env, detached: true, stdio: 'pipe' });
  const output = { stdout: '', stderr: '' };
  return new Promise((resolve, reject) => {
    const stop = (why: string): void => {
      killGroup(child);
      const written = `stdout: ${output.stdout}\nstderr: ${output.stderr}`;
      reject(new Error(`${[command, ...args].join(' ')}: ${why} and was killed\n${written}`));
    };
    const timer = setTimeout(() => stop(`took longer than ${timeoutMs} ms`), timeoutMs);
    for (const name of ['stdout', 'stderr'] as const) {
      child[name].setEncoding('utf8').on('data', (text: string) => {
        output[name] += text;
        if (output[name].length > outputLimit) stop(`wrote more than ${outputLimit} bytes`);
      });
    }
    child.stdin.on('error', () => {}); // a program may end without reading its input
    child.stdin.end(input);
    child.once('error', (error) => {
      clearTimeout(timer);
      reject(error);
    });
    child.once('close', (code, signal) => {
      clearTimeout(timer);
      resolve({ code, signal, ...output });
    });
  });
}

/** As `run`, but also rejects if the command fails; the error shows its output. */
export async function runOrThrow(
  command: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<Result> {
  const result = await run(command, args, options);
  if (result.code === 0) return result;
  const ending = result.signal ?? `exit code ${result.code}`;
  throw new Error(
    `${[command, ...args].join(' ')}: ${ending}\nstdout: ${result.stdout}\nstderr: ${result.stderr}`,
  );
}

/** Kills a process that was spawned with `detached`, and its children. */
export function killGroup(child: ChildProcess, signal: NodeJS.Signals = 'SIGKILL'): void {
  if (child.pid === undefined) return;
  try {
    process.kill(process.platform === 'win32' ? child.pid : -child.pid, signal);
  } catch {
    // The process has exited already.
  }
}
