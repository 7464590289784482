import { PortplanError } from '../../errors.ts';
import type { StartReport } from '../../model/findings/report.ts';
import { flag } from '../../model/flags/flag.ts';
import { engineFlags, outputFlags, planningFlags } from '../../model/flags/shared-flags.ts';
import { toHostAddress } from '../../model/ports/address.ts';
import { sshForward } from '../../model/ports/url.ts';
import { safeText } from '../../model/text/safe-text.ts';
import { defineCommand } from '../../terminal/command.ts';
import { exitCodeFor } from '../../terminal/exit-code.ts';
import { toEngineRequest, toOutputOptions } from '../../terminal/flags.ts';
import type { Io } from '../../terminal/io.ts';
import { printReport } from '../../terminal/print.ts';
import { watchSignals } from '../../terminal/signals.ts';

const loadText = async () => (await import('./text.ts')).renderStart;

const { range, avoid } = planningFlags;

export const startCommand = defineCommand({
  name: 'start',
  positionals: '[container...]',
  usage: 'CONTAINER... [flags]',
  arguments: [['CONTAINER', 'Name or ID of a container']],
  summary: 'Start containers, with --remap on free ports',
  details: ['--remap keeps configuration, networks, volumes and files; the ID and logs are new.'],
  examples: [
    ['portplan start web db', 'one after the other; exits with 1 if one does not start'],
    ['portplan start --remap web', 'on its own ports or, if taken, on free ones'],
    ['portplan start --remap --range 9000-9999 web', 'on 9000-9999 if its ports are taken'],
  ],
  flags: {
    Planning: {
      remap: flag.boolean('', 'Recreate a container on free ports if its own are taken'),
      range,
      avoid,
    },
    Engine: engineFlags,
    Output: outputFlags,
  },
  async run(containers, values, io) {
    if (containers.length === 0)
      throw new PortplanError(
        'invalid-usage',
        'no container given: expected the names or ids of containers',
      );
    const { start } = await import('./start.ts');
    const output = toOutputOptions(values);
    const interrupts = watchSignals(io);
    try {
      const report = await start({
        containers,
        remap: values.boolean('remap'),
        range: values.text('range'),
        avoid: values.list('avoid'),
        signal: interrupts.signal,
        onStep: (text) => output.quiet || io.stderr.write(`portplan: ${safeText(text)}\n`),
        ...toEngineRequest(values),
      });
      await printReport(report, loadText, output, io);
      if (!output.quiet) printForwards(report, io);
      return exitCodeFor(report);
    } finally {
      interrupts.stop();
    }
  },
});

/** In an ssh session, prints how to reach loopback ports of this host from the user's machine. */
function printForwards({ containers }: StartReport, io: Io): void {
  for (const { hostIp, port } of containers.flatMap(({ ports }) => ports)) {
    const forward = sshForward(port, toHostAddress(hostIp), io.env);
    if (forward !== undefined) io.stderr.write(`portplan: from your own machine: ${forward}\n`);
  }
}
