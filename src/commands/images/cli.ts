import { type Command, toEngineRequest } from '../../terminal/command.ts';
import { exitCodeFor } from '../../terminal/exit-code.ts';
import { commonFlags, planningFlags, toPlanningFlags } from '../../terminal/flags.ts';
import { printReport, toOutputOptions } from '../../terminal/print.ts';

const loadText = async () => (await import('./text.ts')).renderImages;

export const imagesCommand: Command = {
  name: 'images',
  operands: '',
  summary: 'Local images, the ports that they expose, and where these would go',
  examples: [['portplan images', 'every image of the engine']],
  flags: { ...planningFlags, ...commonFlags },
  async run(_operands, values, io) {
    const { images } = await import('./images.ts');
    const report = await images({ ...toPlanningFlags(values), ...toEngineRequest(values) });
    await printReport(report, loadText, toOutputOptions(values), io);
    return exitCodeFor(report);
  },
};
