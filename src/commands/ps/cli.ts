import { type Command, toEngineRequest } from '../../terminal/command.ts';
import { exitCodeFor } from '../../terminal/exit-code.ts';
import { commonFlags } from '../../terminal/flags.ts';
import { printReport, toOutputOptions } from '../../terminal/print.ts';

const loadText = async () => (await import('./text.ts')).renderPs;

export const psCommand: Command = {
  name: 'ps',
  operands: '',
  summary: 'Every host port that is taken, and by whom',
  examples: [
    ['portplan ps', 'what is taken now'],
    ['portplan ps -a', 'also what stopped containers will claim'],
  ],
  flags: {
    all: { kind: 'boolean', alias: 'a', help: 'Also what stopped containers will claim' },
    ...commonFlags,
  },
  async run(_operands, values, io) {
    const { ps } = await import('./ps.ts');
    const output = toOutputOptions(values);
    const all = values.boolean('all');
    const brief = output.format === 'table' && !all;
    const report = await ps({ all, brief, ...toEngineRequest(values) });
    await printReport(report, loadText, output, io);
    return exitCodeFor(report);
  },
};
