import { PortplanError } from '../../errors.ts';
import { flag } from '../../model/flags/flag.ts';
import { engineFlags, outputFlags } from '../../model/flags/shared-flags.ts';
import type { SourceName } from '../../model/host/snapshot.ts';
import { defineCommand } from '../../terminal/command.ts';
import { exitCodeFor } from '../../terminal/exit-code.ts';
import {
  composeFlags,
  publishFlag,
  toComposeFlags,
  toEngineRequest,
  toOutputOptions,
} from '../../terminal/flags.ts';
import { createProgressDisplay } from '../../terminal/progress.ts';
import { checkFormatOf, printCheck } from './print.ts';

export const checkCommand = defineCommand({
  name: 'check',
  positionals: '[target...]',
  usage: '[TARGET...] [flags]',
  arguments: [
    [
      'TARGET',
      'Port (8080), range (8000-8010), publish (8080:80), Compose file or folder, or image',
    ],
  ],
  summary: 'Check whether host ports are free, and who holds them',
  examples: [
    ['portplan check 8080 5432', 'who holds these ports'],
    ['portplan check 127.0.0.1:8000-8010/udp', 'each port of a range, on one address'],
    ['portplan check -p 8080:80 -p 8443:443', 'one container with both'],
    ['portplan check', 'the Compose project here, else all conflicts on this host'],
    ['portplan check --static compose.yaml', 'before a commit: files only'],
  ],
  flags: {
    Targets: publishFlag,
    Checks: {
      static: flag.boolean('', 'Read files only: no engine, no processes'),
      strict: flag.boolean('', 'Reject what Compose rejects; exit with 3 on unset variables'),
      together: flag.boolean('', 'Treat all projects as running at the same time'),
      exposed: flag.boolean('', 'Also report ports that are open on every address'),
      require: flag.list('SOURCE', 'Exit with 3 if this is unreadable: engine, processes'),
    },
    'Compose project': composeFlags,
    Engine: engineFlags,
    Output: {
      ...outputFlags,
      format: flag.text('FORMAT=table|json|sarif|github|gitlab', 'Output format', {
        defaultHelp: 'table; github in GitHub Actions',
      }),
    },
  },
  async run(targets, values, io) {
    const { check } = await import('./check.ts');
    const required = values
      .list('require')
      .flatMap((text) => text.split(','))
      .map(toSourceName);
    const output = toOutputOptions(values);
    const { onProgress, end } = createProgressDisplay(io.stderr, output);
    const report = await check({
      targets,
      publish: values.list('publish'),
      require: required,
      static: values.boolean('static'),
      strict: values.boolean('strict'),
      together: values.boolean('together'),
      exposed: values.boolean('exposed'),
      ...toComposeFlags(values),
      ...toEngineRequest(values),
      onProgress,
    }).finally(end);
    await printCheck(report, checkFormatOf(values.text('format'), io.env), output, io);
    return exitCodeFor(report);
  },
});

function toSourceName(text: string): SourceName {
  if (text === 'engine' || text === 'processes') return text;
  throw new PortplanError(
    'invalid-usage',
    `invalid --require "${text}": expected engine or processes`,
  );
}
