import { PortplanError } from '../../errors.ts';
import { engineFlags, outputFlags } from '../../model/flags/shared-flags.ts';
import { defineCommand } from '../../terminal/command.ts';
import { exitCodeFor } from '../../terminal/exit-code.ts';
import { toEngineRequest, toOutputOptions } from '../../terminal/flags.ts';
import type { Io } from '../../terminal/io.ts';
import { printReport } from '../../terminal/print.ts';
import { readInput } from '../../terminal/stdin.ts';

const loadText = async () => (await import('./text.ts')).renderExplanation;

export const explainCommand = defineCommand({
  name: 'explain',
  positionals: '[text...]',
  usage: '[TEXT...|CONTAINER] [flags]',
  arguments: [
    ['TEXT', 'Error text; without one, or with -, stdin is read'],
    ['CONTAINER', 'Container whose last start failed'],
  ],
  summary: 'Explain a port error: its cause, who holds the port, the fix',
  examples: [
    ['docker compose up 2>&1 | portplan explain', 'the errors of a failed start'],
    ['portplan explain web', 'why the container web did not start'],
    ["portplan explain 'Bind for 0.0.0.0:80 failed: port is already allocated'", 'one message'],
    ['portplan explain < ci.log', 'a log; exits with 1 if it has no port error'],
  ],
  flags: { Engine: engineFlags, Output: outputFlags },
  async run(args, values, io) {
    const { text, notes } = await readText(args, io);
    const { explain } = await import('./explain.ts');
    const report = await explain({ text, ...toEngineRequest(values) });
    await printReport(
      { ...report, notes: [...notes, ...report.notes] },
      loadText,
      toOutputOptions(values),
      io,
    );
    return exitCodeFor(report);
  },
});

interface Text {
  readonly text: string;
  readonly notes: readonly string[];
}

async function readText(args: readonly string[], io: Io): Promise<Text> {
  const piped = args.length === 1 && args[0] === '-';
  if (args.length > 0 && !piped) return { text: readArguments(args), notes: [] };
  if (!piped && io.stdin.isTTY === true) throw nothingToExplain('nothing to explain');
  const { text, cut } = await readInput(io);
  if (text.trim() === '') throw nothingToExplain('nothing to explain: stdin is empty');
  return { text, notes: cut ? ['only the last 4 MiB of the text were read'] : [] };
}

function readArguments(args: readonly string[]): string {
  const text = args.join(' ');
  if (text.trim() === '') throw nothingToExplain('nothing to explain');
  if (!/^\d{1,5}$/.test(text.trim())) return text;
  throw new PortplanError(
    'invalid-usage',
    `"${text}" is a port: expected an error text or a container`,
    {
      hint: `portplan check ${text}`,
    },
  );
}

function nothingToExplain(message: string): PortplanError {
  return new PortplanError('invalid-usage', message, {
    hint: 'docker compose up 2>&1 | portplan explain, or portplan explain CONTAINER',
  });
}
