import { PortplanError } from '../../errors.ts';
import type { SourceName } from '../../model/snapshot.ts';
import { type Command, toEngineRequest } from '../command.ts';
import { exitCodeFor } from '../exit-code.ts';
import { commonFlags, publishFlag, requireFlag } from '../options.ts';
import { printReport, toOutputOptions } from '../output.ts';

export const checkCommand: Command = {
  name: 'check',
  operands: '[target...]',
  summary: 'Would these publishes start, on this host, now?',
  examples: [
    ['portplan check 8080 5432', 'who holds these ports'],
    ['portplan check 127.0.0.1:8000-8010/udp', 'each port of a range, on one address'],
    ['portplan check -p 8080:80 -p 8443:443', 'a container with both'],
    ['portplan check', 'what is wrong with the ports of this host'],
  ],
  flags: { ...publishFlag, ...requireFlag, ...commonFlags },
  async run(targets, values, io) {
    const { check } = await import('../../commands/check.ts');
    const required = values
      .list('require')
      .flatMap((text) => text.split(','))
      .map(toSourceName);
    const report = await check({
      targets,
      publish: values.list('publish'),
      require: required,
      ...toEngineRequest(values),
    });
    await printReport(report, toOutputOptions(values), io);
    return exitCodeFor(report);
  },
};

function toSourceName(text: string): SourceName {
  if (text === 'engine' || text === 'processes') return text;
  throw new PortplanError('invalid-usage', `--require: "${text}" is not a source`, {
    hint: 'expected engine or processes',
  });
}
