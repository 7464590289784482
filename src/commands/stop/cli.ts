import { PortplanError } from '../../errors.ts';
import { summarizeHolder } from '../../model/findings/describe-holder.ts';
import { safeText } from '../../model/text/safe-text.ts';
import { type Command, toEngineRequest } from '../../terminal/command.ts';
import { exitCodeFor } from '../../terminal/exit-code.ts';
import { commonFlags, type Flags } from '../../terminal/flags.ts';
import { printReport, toOutputOptions } from '../../terminal/print.ts';
import { watchSignals } from '../../terminal/signals.ts';

const loadText = async () => (await import('./text.ts')).renderStop;

const stopFlags: Flags = {
  time: {
    kind: 'text',
    alias: 't',
    help: 'Seconds until the program is killed (default: as the container was made, mostly 10)',
  },
};

export const stopCommand: Command = {
  name: 'stop',
  operands: '[container...]',
  usage: 'CONTAINER|PORT... [flags]',
  operandHelp: {
    container: 'A name or an id, or a port (8080, 127.0.0.1:8080, 53/udp): whoever holds it',
  },
  summary: 'Stop containers, also by port; never kills a process',
  examples: [
    ['portplan stop 8080', 'the container that holds 8080; ends with 1 if it is a process'],
    ['portplan stop web 127.0.0.1:5432', 'by name, and by port'],
    ['portplan stop -t 1 53/udp', 'with a second to end in peace'],
  ],
  flags: { ...stopFlags, ...commonFlags },
  async run(targets, values, io) {
    if (targets.length === 0) throw new PortplanError('invalid-usage', 'which container or port?');
    const seconds = toSeconds(values.text('time'));
    const { stop } = await import('./stop.ts');
    const output = toOutputOptions(values);
    const interrupts = watchSignals(io);
    try {
      const report = await stop({
        targets,
        seconds,
        signal: interrupts.signal,
        onStop: (holder) => {
          const who = safeText(summarizeHolder({ holder, state: 'running' }));
          if (!output.quiet) io.stderr.write(`portplan: stopping ${who}\n`);
        },
        ...toEngineRequest(values),
      });
      await printReport(report, loadText, output, io);
      return exitCodeFor(report);
    } finally {
      interrupts.stop();
    }
  },
};

/** As docker: whole seconds, 0 for at once, -1 for never. */
function toSeconds(text: string | undefined): number | undefined {
  if (text === undefined || /^(-1|\d{1,9})$/.test(text))
    return text === undefined ? undefined : Number(text);
  throw new PortplanError('invalid-usage', `--time: "${text}" is not a number of seconds`, {
    hint: 'write --time 10; 0 kills at once',
  });
}
