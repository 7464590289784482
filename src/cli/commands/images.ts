import { type Command, toEngineRequest } from '../command.ts';
import { exitCodeFor } from '../exit-code.ts';
import { commonFlags, planningFlags } from '../options.ts';
import { printReport, toOutputOptions } from '../output.ts';
import { toPlanningFlags } from './plan.ts';

export const imagesCommand: Command = {
  name: 'images',
  operands: '',
  summary: 'Local images, the ports that they expose, and where these would go',
  examples: [['portplan images', 'every image of the engine']],
  flags: { ...planningFlags, ...commonFlags },
  async run(_operands, values, io) {
    const { images } = await import('../../commands/images.ts');
    const report = await images({ ...toPlanningFlags(values), ...toEngineRequest(values) });
    await printReport(report, toOutputOptions(values), io);
    return exitCodeFor(report);
  },
};
