import { flag } from '../../model/flags/flag.ts';
import { engineFlags, outputFlags } from '../../model/flags/shared-flags.ts';
import { defineCommand } from '../../terminal/command.ts';
import { exitCodeFor } from '../../terminal/exit-code.ts';
import { projectFlags, toOutputOptions, toProjectFlags } from '../../terminal/flags.ts';
import { printReport } from '../../terminal/print.ts';

const loadText = async () => (await import('./text.ts')).renderLeases;

const leaseProjectFlags = {
  ...projectFlags,
  'project-directory': flag.text('FOLDER', 'Folder of the project (default: .)'),
  'project-name': flag.text('NAME', 'Only the project of this name'),
} as const;

export const leaseCommand = defineCommand({
  name: 'lease',
  positionals: '[action] [argument...]',
  usage: 'ls|pin|release|gc [SERVICE|PORT...] [flags]',
  arguments: [
    ['ls', 'List the leases of the project'],
    ['pin [SERVICE] PORT', 'Lease this port to a service'],
    ['release SERVICE|PORT...', 'Remove leases'],
    ['gc', 'List leases that are no longer needed; --yes removes them'],
  ],
  summary: 'Manage the ports that are reserved for a project',
  examples: [
    ['portplan lease ls', 'leases of the project here'],
    ['portplan lease pin web 8080', 'web always gets 8080'],
    ['portplan lease pin web 8080:80', 'the same for container port 80, of several'],
    ['portplan lease release web 5432', 'remove the leases of web and of 5432'],
    ['portplan lease gc --yes', 'remove leases that are no longer needed'],
  ],
  flags: {
    Leases: {
      all: flag.boolean('-a', 'ls: list the leases of all projects'),
      yes: flag.boolean('-y', 'gc: remove the leases instead of listing them'),
    },
    'Compose project': leaseProjectFlags,
    Engine: engineFlags,
    Output: outputFlags,
  },
  async run(words, values, io) {
    const { lease } = await import('./lease.ts');
    const report = await lease({
      words,
      all: values.boolean('all'),
      yes: values.boolean('yes'),
      ...toProjectFlags(values),
      env: io.env,
    });
    await printReport(report, loadText, toOutputOptions(values), io);
    return exitCodeFor(report);
  },
});
