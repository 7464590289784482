import { atLocation, messageOf, PortplanError } from '../errors.ts';
import { safeLines } from '../model/text/safe-text.ts';
import { exitCode, exitCodeForError } from '../terminal/exit-code.ts';
import { toValues, variableOf } from '../terminal/flags.ts';
import type { Io } from '../terminal/io.ts';
import { version } from '../terminal/version.ts';
import { splitCommand } from './split-command.ts';

export { standardIo } from '../terminal/process-io.ts';

/** Issue tracker shown with internal errors (placeholder until the repository is public). */
const issues = 'https://example.invalid/portplan/issues';

/** Runs the program; returns the exit code. Never throws. */
export async function main(args: readonly string[], io: Io): Promise<number> {
  const { command } = splitCommand(args);
  try {
    return await dispatch(args, io);
  } catch (error) {
    const known = inRemovedFolder(error) ?? error;
    if (known instanceof PortplanError) return await reportError(known, { command, args, io });
    return await reportBug(error, args, io);
  }
}

/** Returns the error for a working directory that was removed, which shows in the failed system call. */
function inRemovedFolder(error: unknown): PortplanError | undefined {
  const isRemoved = error instanceof Error && 'syscall' in error && error.syscall === 'uv_cwd';
  return isRemoved
    ? new PortplanError('invalid-input', 'the working directory does not exist', {
        hint: 'cd to an existing folder',
        cause: error,
      })
    : undefined;
}

async function dispatch(args: readonly string[], io: Io): Promise<number> {
  if (args[0] === '--complete') return complete(args.slice(args[1] === '--' ? 2 : 1), io);
  const { command, before, after } = splitCommand(args);
  if (before.includes('--version') || command === 'version') return print(version, io);
  if (wantsHelp(args, command)) {
    const { renderHelp } = await import('./help.ts');
    return print(renderHelp(command === 'help' ? after.find(isName) : command), io);
  }
  if (command === 'completion') return printCompletion(after, io);
  if (command === 'run') {
    const { runContainerCommand } = await import('../commands/run/cli.ts');
    return await runContainerCommand([...before, ...after], io);
  }
  const { parseSimpleArgs } = await import('./simple-args.ts');
  const parsed = parseSimpleArgs(args) ?? (await parse(args));
  const values = toValues(parsed.command.flags, parsed.parsedFlags, io.env);
  return await parsed.command.run(parsed.positionals, values, io, parsed.passthrough);
}

/** `run` finds its own `--help`: after the image it belongs to the container, and `-h` is `--hostname`. */
function wantsHelp(args: readonly string[], command: string | undefined): boolean {
  if (args.length === 0 || command === 'help') return true;
  if (command === 'run') return args.length === 2 && args[1] === '-h';
  const end = args.indexOf('--');
  return args.slice(0, end < 0 ? args.length : end).some((word) => helpFlags.includes(word));
}

const helpFlags: readonly string[] = ['--help', '-h'];

function isName(word: string): boolean {
  return !word.startsWith('-');
}

function print(text: string, io: Io): number {
  io.stdout.write(`${text}\n`);
  return exitCode.clear;
}

async function parse(args: readonly string[]) {
  const { parseArguments } = await import('./yargs.ts');
  return await parseArguments(args);
}

async function complete(args: readonly string[], io: Io): Promise<number> {
  const { completeArguments } = await import('./complete.ts');
  for (const word of completeArguments(args)) io.stdout.write(`${word}\n`);
  return exitCode.clear;
}

async function printCompletion([shell]: readonly string[], io: Io): Promise<number> {
  const { renderCompletionScript, shellOf } = await import('./completion-script.ts');
  io.stdout.write(renderCompletionScript(shell ?? shellOf(io.env)));
  return exitCode.clear;
}

interface Failure {
  readonly command: string | undefined;
  readonly args: readonly string[];
  readonly io: Io;
}

async function reportError(error: PortplanError, { command, args, io }: Failure): Promise<number> {
  if (error.reason === 'prompt') {
    io.stderr.write('\n');
    return exitCodeForError(error, command);
  }
  const format = requestedFormat(args, io);
  const text = await renderError(error, format, command, io);
  if (text !== undefined) io.stdout.write(`${text}\n`);
  else {
    io.stderr.write(`portplan: ${safeLines(atLocation(error.location, error.message))}\n`);
    if (error.hint !== undefined) io.stderr.write(`  ${safeLines(error.hint)}\n`);
  }
  return exitCodeForError(error, command);
}

async function renderError(
  error: PortplanError,
  format: string | undefined,
  command: string | undefined,
  io: Io,
): Promise<string | undefined> {
  if (format === 'json') {
    const { renderJsonError } = await import('../output/json.ts');
    return renderJsonError(error, command);
  }
  if (command !== 'check') return undefined;
  const { checkFormatOf, renderCheckError } = await import('../commands/check/print.ts');
  return renderCheckError(error, checkFormatOf(format, io.env), io.env);
}

/** Returns the requested format, even if the arguments are invalid. */
function requestedFormat(args: readonly string[], { env }: Io): string | undefined {
  const at = args.lastIndexOf('--format');
  if (at >= 0) return args[at + 1];
  const value = args.findLast((arg) => arg.startsWith('--format='))?.slice('--format='.length);
  return value ?? env[variableOf('format')];
}

/**
 * Reports an internal error: an unexpected exception, one that no code caught, or a rejection that nothing awaited. Returns
 * the exit code; Node would end with 1, which means a conflict.
 */
export async function reportBug(error: unknown, args: readonly string[], io: Io): Promise<number> {
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  if (requestedFormat(args, io) === 'json') {
    const { renderJsonError } = await import('../output/json.ts');
    const hint = `please report it: ${issues}`;
    const crash = new PortplanError('internal-error', messageOf(error), { hint, cause: error });
    io.stdout.write(`${renderJsonError(crash, splitCommand(args).command)}\n`);
  }
  io.stderr.write(`portplan: internal error, please report it: ${issues}\n${safeLines(stack)}\n`);
  return exitCode.bug;
}
