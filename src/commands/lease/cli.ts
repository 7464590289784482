import type { Command } from '../../terminal/command.ts';
import { exitCodeFor } from '../../terminal/exit-code.ts';
import { commonFlags, composeFlags, type Flags, toComposeFlags } from '../../terminal/flags.ts';
import { printReport, toOutputOptions } from '../../terminal/print.ts';

const loadText = async () => (await import('./text.ts')).renderLeases;

const { service: _operand, profile: _all, ...projectFlags } = composeFlags;

const leaseFlags: Flags = {
  all: { kind: 'boolean', alias: 'a', help: 'ls: the ports of all projects' },
  yes: { kind: 'boolean', alias: 'y', help: 'gc: give them back, instead of showing them' },
  ...projectFlags,
  'project-directory': { kind: 'text', help: 'The folder of the project (default: here)' },
  'project-name': { kind: 'text', help: 'Only the project of this name' },
};

export const leaseCommand: Command = {
  name: 'lease',
  operands: '[action] [operand...]',
  usage: 'ls|pin|release|gc [service|port...] [flags]',
  operandHelp: {
    action: 'ls, pin, release or gc',
    operand: 'pin: [SERVICE] PORT; release: SERVICE|PORT…',
  },
  summary: 'The ports that are remembered for a project',
  examples: [
    ['portplan lease ls', 'what is remembered for the project here'],
    ['portplan lease pin web 8080', 'web has this port, or none'],
    ['portplan lease pin web 8080:80', 'the same for container port 80, of several'],
    ['portplan lease release web 5432', 'give back the ports of web, and 5432'],
    ['portplan lease gc', 'what is not needed any more; --yes gives it back'],
  ],
  flags: { ...leaseFlags, ...commonFlags },
  async run(words, values, io) {
    const { lease } = await import('./lease.ts');
    const report = await lease({
      words,
      all: values.boolean('all'),
      yes: values.boolean('yes'),
      ...toComposeFlags(values),
      env: io.env,
    });
    await printReport(report, loadText, toOutputOptions(values), io);
    return exitCodeFor(report);
  },
};
