import { PortplanError } from '../../errors.ts';
import { type Command, toEngineRequest } from '../../terminal/command.ts';
import { exitCodeFor } from '../../terminal/exit-code.ts';
import { commonFlags } from '../../terminal/flags.ts';
import type { Io } from '../../terminal/io.ts';
import { printReport, toOutputOptions } from '../../terminal/print.ts';
import { readInput } from '../../terminal/stdin.ts';

const loadText = async () => (await import('./text.ts')).renderExplanation;

export const explainCommand: Command = {
  name: 'explain',
  operands: '[text...]',
  usage: '[text...|container] [flags]',
  operandHelp: {
    text: 'An error text, or a container whose last start failed; without one, or with -, stdin is read',
  },
  summary: 'What a port error means on this host',
  examples: [
    ['docker compose up 2>&1 | portplan explain', 'what went wrong, and who has the port now'],
    ['portplan explain web', 'why the container web could not start'],
    ["portplan explain 'Bind for 0.0.0.0:80 failed: port is already allocated'", 'a text'],
    ['portplan explain < ci.log', 'exit code: 1 when there is no port error in it'],
  ],
  flags: commonFlags,
  async run(words, values, io) {
    const { text, notes } = await readText(words, io);
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
};

interface Text {
  readonly text: string;
  readonly notes: readonly string[];
}

async function readText(words: readonly string[], io: Io): Promise<Text> {
  const piped = words.length === 1 && words[0] === '-';
  if (words.length > 0 && !piped) return { text: readWords(words), notes: [] };
  if (!piped && io.stdin.isTTY === true) throw nothingToExplain('nothing to explain');
  const { text, cut } = await readInput(io);
  if (text.trim() === '') throw nothingToExplain('nothing to explain: stdin is empty');
  return { text, notes: cut ? ['only the last 4 MiB of the text were read'] : [] };
}

function readWords(words: readonly string[]): string {
  const text = words.join(' ');
  if (text.trim() === '') throw nothingToExplain('nothing to explain');
  if (!/^\d{1,5}$/.test(text.trim())) return text;
  throw new PortplanError('invalid-usage', `${text} is a port and no error`, {
    hint: `portplan check ${text} tells who has it`,
  });
}

function nothingToExplain(message: string): PortplanError {
  return new PortplanError('invalid-usage', message, {
    hint: 'give the text or a container (portplan explain web), or pipe the output of docker: docker compose up 2>&1 | portplan explain',
  });
}
