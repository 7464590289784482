import { PortplanError } from '../../errors.ts';
import { summarizeHolder } from '../../model/findings/describe-holder.ts';
import { flag } from '../../model/flags/flag.ts';
import { engineFlags, outputFlags } from '../../model/flags/shared-flags.ts';
import { safeText } from '../../model/text/safe-text.ts';
import { defineCommand } from '../../terminal/command.ts';
import { exitCodeFor } from '../../terminal/exit-code.ts';
import { toEngineRequest, toOutputOptions } from '../../terminal/flags.ts';
import { printReport } from '../../terminal/print.ts';
import { watchSignals } from '../../terminal/signals.ts';

const loadText = async () => (await import('./text.ts')).renderStop;

export const stopCommand = defineCommand({
  name: 'stop',
  positionals: '[container...]',
  usage: 'CONTAINER|PORT... [flags]',
  arguments: [
    ['CONTAINER', 'Name or ID of a container'],
    ['PORT', 'Port of a container: 8080, 127.0.0.1:8080, 53/udp'],
  ],
  summary: 'Stop containers by name or port; never kills a process',
  examples: [
    ['portplan stop 8080', 'the container on 8080; exits with 1 if a process holds it'],
    ['portplan stop web 127.0.0.1:5432', 'by name, and by port'],
    ['portplan stop -t 1 53/udp', 'with one second to end'],
  ],
  flags: {
    Containers: {
      time: flag.text('-t SECONDS', 'Time before the container is killed', {
        defaultHelp: "the container's own, mostly 10",
      }),
    },
    Engine: engineFlags,
    Output: outputFlags,
  },
  async run(targets, values, io) {
    if (targets.length === 0)
      throw new PortplanError('invalid-usage', 'missing container or port', {
        hint: 'portplan stop CONTAINER|PORT...',
      });
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
});

/** As docker: whole seconds, 0 for at once, -1 for never. */
function toSeconds(text: string | undefined): number | undefined {
  if (text === undefined || /^(-1|\d{1,9})$/.test(text))
    return text === undefined ? undefined : Number(text);
  throw new PortplanError(
    'invalid-usage',
    `invalid --time "${text}": expected a number of seconds`,
    {
      hint: 'write --time 10; 0 kills immediately',
    },
  );
}
