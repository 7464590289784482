import { PortplanError } from '../../errors.ts';
import type { ServicePortsReport } from '../../model/findings/report.ts';
import { type Command, toEngineRequest } from '../../terminal/command.ts';
import { exitCode } from '../../terminal/exit-code.ts';
import { commonFlags, composeFlags, toComposeFlags } from '../../terminal/flags.ts';
import { printReport, toOutputOptions } from '../../terminal/print.ts';

const loadText = async () => (await import('./text.ts')).renderServicePorts;

const { service: _operand, ...flags } = composeFlags;

export const portCommand: Command = servicePortsCommand('port', {
  summary: 'The host port that a service of the project here has now',
  examples: [
    ['portplan port db', 'prints 5433'],
    ['psql -p "$(portplan port db)" …', 'in a script'],
    ['portplan port web 443', 'of several ports, this one of the container'],
  ],
});

export const urlCommand: Command = servicePortsCommand('url', {
  summary: 'The URL of a service of the project here',
  examples: [
    ['portplan url web', 'prints http://localhost:8081'],
    ['open "$(portplan url web)"', 'in a script'],
  ],
});

function servicePortsCommand(
  command: ServicePortsReport['command'],
  { summary, examples }: Pick<Command, 'summary' | 'examples'>,
): Command {
  return {
    name: command,
    operands: '[service] [port]',
    usage: 'SERVICE [PORT] [flags]',
    operandHelp: {
      service: 'A service of the project',
      port: 'A port of its container (80, 53/udp), where it has several',
    },
    summary,
    examples,
    flags: { ...flags, ...commonFlags },
    async run([service, target, ...rest], values, io) {
      if (service === undefined || rest.length > 0) {
        throw new PortplanError(
          'invalid-usage',
          `${command} takes a service, and a container port`,
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
        ...toComposeFlags(values),
        ...toEngineRequest(values),
      });
      await printReport(report, loadText, toOutputOptions(values), io);
      return exitCode.clear;
    },
  };
}
