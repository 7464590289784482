import { engineFlags, outputFlags, planningFlags } from '../../model/flags/shared-flags.ts';
import { defineCommand } from '../../terminal/command.ts';
import { exitCodeFor } from '../../terminal/exit-code.ts';
import { toEngineRequest, toOutputOptions, toPlanningFlags } from '../../terminal/flags.ts';
import { printReport } from '../../terminal/print.ts';

const loadText = async () => (await import('./text.ts')).renderImages;

export const imagesCommand = defineCommand({
  name: 'images',
  positionals: '',
  usage: '[flags]',
  summary: 'List local images with exposed ports and planned host ports',
  examples: [['portplan images', 'every image of the engine']],
  flags: { Planning: planningFlags, Engine: engineFlags, Output: outputFlags },
  async run(_positionals, values, io) {
    const { images } = await import('./images.ts');
    const report = await images({ ...toPlanningFlags(values), ...toEngineRequest(values) });
    await printReport(report, loadText, toOutputOptions(values), io);
    return exitCodeFor(report);
  },
});
