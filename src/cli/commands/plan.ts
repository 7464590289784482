import { type Command, toEngineRequest } from '../command.ts';
import { exitCodeFor } from '../exit-code.ts';
import { commonFlags, type Flags, planningFlags, publishFlag, type Values } from '../options.ts';
import { printRemarks, printReport, toOutputOptions } from '../output.ts';

const formatFlag: Flags = {
  format: {
    kind: 'text',
    choices: ['table', 'json', 'flags'],
    default: 'table',
    help: 'For people, JSON, or -p flags for docker run $(…)',
  },
};

const leaseFlag: Flags = {
  lease: { kind: 'boolean', help: 'Remember the ports for the project here, and keep them free' },
};

export const planCommand: Command = {
  name: 'plan',
  operands: '[target...]',
  summary: 'A free host mapping for each publish',
  examples: [
    ['portplan plan nginx:1.25', 'where the ports of an image would go'],
    ['portplan plan -p 8080:80 --range 9000-9999', 'moved only if it must be'],
    ['docker run $(portplan plan nginx:1.25 --format flags) nginx:1.25', 'with docker itself'],
  ],
  flags: { ...publishFlag, ...planningFlags, ...leaseFlag, ...commonFlags, ...formatFlag },
  async run(targets, values, io) {
    const { plan } = await import('../../commands/plan.ts');
    const report = await plan({
      targets,
      publish: values.list('publish'),
      lease: values.boolean('lease'),
      env: io.env,
      ...toPlanningFlags(values),
      ...toEngineRequest(values),
    });
    const output = toOutputOptions(values);
    if (output.format === 'flags') {
      const { renderFlags } = await import('../../render/flags.ts');
      printRemarks(report, output, io);
      io.stdout.write(renderFlags(report));
    } else {
      await printReport(report, output, io);
    }
    return exitCodeFor(report);
  },
};

/** The planning flags of the command line. */
export function toPlanningFlags(values: Values) {
  return {
    hostIp: values.text('host-ip'),
    range: values.text('range'),
    avoid: values.list('avoid'),
    onConflict: values.text('on-conflict') === 'fail' ? ('fail' as const) : ('next' as const),
  };
}
