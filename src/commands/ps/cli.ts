import { flag } from '../../model/flags/flag.ts';
import { engineFlags, outputFlags } from '../../model/flags/shared-flags.ts';
import { defineCommand } from '../../terminal/command.ts';
import { exitCodeFor } from '../../terminal/exit-code.ts';
import { toEngineRequest, toOutputOptions } from '../../terminal/flags.ts';
import { printReport } from '../../terminal/print.ts';

const loadText = async () => (await import('./text.ts')).renderPs;

export const psCommand = defineCommand({
  name: 'ps',
  positionals: '',
  usage: '[flags]',
  summary: 'List the host ports in use and who holds them',
  examples: [
    ['portplan ps', 'ports in use now'],
    ['portplan ps -a', 'also ports that stopped containers publish'],
  ],
  flags: {
    Ports: { all: flag.boolean('-a', 'Also list the ports of stopped containers') },
    Engine: engineFlags,
    Output: outputFlags,
  },
  async run(_positionals, values, io) {
    const { ps } = await import('./ps.ts');
    const output = toOutputOptions(values);
    const all = values.boolean('all');
    const brief = output.format === 'table' && !all;
    const report = await ps({ all, brief, ...toEngineRequest(values) });
    await printReport(report, loadText, output, io);
    return exitCodeFor(report);
  },
});
