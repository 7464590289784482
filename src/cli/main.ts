import { atLocation, PortplanError } from '../errors.ts';
import { safeLines } from '../model/text/safe-text.ts';
import { exitCode, exitCodeForError } from '../terminal/exit-code.ts';
import { toValues, variableOf } from '../terminal/flags.ts';
import type { Io } from '../terminal/io.ts';
import { version } from '../terminal/version.ts';
import { splitCommand } from './split-command.ts';

export { standardIo } from '../terminal/process-io.ts';

/** Where a fault of ours is told. The address is a placeholder until the repository has one. */
const issues = 'https://example.invalid/portplan/issues';

/** The whole program: reads the arguments, does what they ask, and gives the exit code. Never throws. */
export async function main(args: readonly string[], io: Io): Promise<number> {
  const { command } = splitCommand(args);
  try {
    return await dispatch(args, io);
  } catch (error) {
    const told = inRemovedFolder(error) ?? error;
    if (told instanceof PortplanError) return await reportError(told, { command, args, io });
    return reportBug(error, io);
  }
}

/** Its system call tells that the working directory is gone. */
function inRemovedFolder(error: unknown): PortplanError | undefined {
  const isThis = error instanceof Error && 'syscall' in error && error.syscall === 'uv_cwd';
  return isThis
    ? new PortplanError('invalid-input', 'the working directory is gone', {
        hint: 'cd to a folder that is there',
        cause: error,
      })
    : undefined;
}

async function dispatch(args: readonly string[], io: Io): Promise<number> {
  const { command, before, after } = splitCommand(args);
  if (args.length === 1 && args[0] === '--version') {
    io.stdout.write(`${version}\n`);
    return exitCode.clear;
  }
  if (args[0] === '--complete') return complete(args.slice(args[1] === '--' ? 2 : 1), io);
  if (command === 'completion') return printCompletion(after, io);
  if (command === 'run') {
    const { runContainerCommand } = await import('../commands/run/cli.ts');
    return await runContainerCommand([...before, ...after], io);
  }
  const { parseSimpleArgs } = await import('./simple-args.ts');
  const parsed = parseSimpleArgs(args) ?? (await parse(args, io));
  if (parsed.kind === 'text') {
    io.stdout.write(`${parsed.text}\n`);
    return exitCode.clear;
  }
  const values = toValues(parsed.command.flags, parsed.parsedFlags, io.env);
  return await parsed.command.run(parsed.positionals, values, io, parsed.passthrough);
}

async function parse(args: readonly string[], { stdout }: Io) {
  const { parseArguments } = await import('./yargs.ts');
  return parseArguments(args, stdout.isTTY ? stdout.columns : undefined);
}

async function complete(words: readonly string[], io: Io): Promise<number> {
  const { completeArguments } = await import('./complete.ts');
  for (const word of completeArguments(words)) io.stdout.write(`${word}\n`);
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
  const format = askedFormat(args, io);
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

/** The format that is asked for, even where the arguments could not be read. */
function askedFormat(args: readonly string[], { env }: Io): string | undefined {
  const at = args.lastIndexOf('--format');
  if (at >= 0) return args[at + 1];
  const written = args.findLast((arg) => arg.startsWith('--format='))?.slice('--format='.length);
  return written ?? env[variableOf('format')];
}

function reportBug(error: unknown, io: Io): number {
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  io.stderr.write(
    `portplan: this is a fault of portplan itself, please report it: ${issues}\n${safeLines(stack)}\n`,
  );
  return exitCode.bug;
}
