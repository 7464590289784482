import { PortplanError } from '../../errors.ts';
import type { ServicePortsReport } from '../../model/findings/report.ts';
import { engineFlags, outputFlags } from '../../model/flags/shared-flags.ts';
import { type Command, defineCommand } from '../../terminal/command.ts';
import { exitCode } from '../../terminal/exit-code.ts';
import {
  projectFlags,
  toEngineRequest,
  toOutputOptions,
  toProjectFlags,
} from '../../terminal/flags.ts';
import { printReport } from '../../terminal/print.ts';

const loadText = async () => (await import('./text.ts')).renderServicePorts;

export const portCommand = servicePortsCommand('port', {
  summary: 'Print the current host port of a service',
  examples: [
    ['portplan port db', 'prints 5433'],
    ['psql -p "$(portplan port db)" …', 'in a script'],
    ['portplan port web 443', 'the host port of container port 443'],
  ],
});

export const urlCommand = servicePortsCommand('url', {
  summary: 'Print the URL of a service',
  examples: [
    ['portplan url web', 'prints http://localhost:8081'],
    ['open "$(portplan url web)"', 'in a script'],
  ],
});

function servicePortsCommand(
  command: ServicePortsReport['command'],
  { summary, examples }: Pick<Command, 'summary' | 'examples'>,
): Command {
  return defineCommand({
    name: command,
    positionals: '[service] [port]',
    usage: 'SERVICE [PORT] [flags]',
    arguments: [
      ['SERVICE', 'Service of the Compose project'],
      ['PORT', 'Container port (80, 53/udp), if the service has several'],
    ],
    summary,
    examples,
    flags: { 'Compose project': projectFlags, Engine: engineFlags, Output: outputFlags },
    async run([service, target, ...rest], values, io) {
      if (service === undefined || rest.length > 0) {
        throw new PortplanError(
          'invalid-usage',
          `wrong number of arguments for ${command}: expected a service, then optionally a container port`,
          {
            hint: `portplan ${command} web, or portplan ${command} web 443`,
          },
        );
      }
      const { findServicePorts } = await import('./port.ts');
      const report = await findServicePorts({
        command,
        service,
        target,
        ...toProjectFlags(values),
        ...toEngineRequest(values),
      });
      await printReport(report, loadText, toOutputOptions(values), io);
      return exitCode.clear;
    },
  });
}
