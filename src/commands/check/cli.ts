import { PortplanError } from '../../errors.ts';
import type { SourceName } from '../../model/host/snapshot.ts';
import { type Command, toEngineRequest } from '../../terminal/command.ts';
import { exitCodeFor } from '../../terminal/exit-code.ts';
import {
  commonFlags,
  composeFlags,
  type Flags,
  publishFlag,
  requireFlag,
  toComposeFlags,
} from '../../terminal/flags.ts';
import { toOutputOptions } from '../../terminal/print.ts';
import { createProgressDisplay } from '../../terminal/progress.ts';
import { checkFormatOf, printCheck } from './print.ts';

const checkFlags: Flags = {
  static: { kind: 'boolean', help: 'Look at files only: ask neither engine nor processes' },
  strict: {
    kind: 'boolean',
    help: 'Refuse what Compose would refuse; be unsure (exit 3) about unset variables',
  },
  together: { kind: 'boolean', help: 'All projects are to be up at the same time' },
  exposed: { kind: 'boolean', help: 'Also tell which ports are open on every address' },
};

const formatFlag: Flags = {
  format: {
    kind: 'text',
    choices: ['table', 'json', 'sarif', 'github', 'gitlab'],
    help: 'For people, programs, or reviews (default: github inside GitHub Actions, else table)',
  },
};

export const checkCommand: Command = {
  name: 'check',
  operands: '[target...]',
  summary: 'Would these publishes start, on this host, now?',
  examples: [
    ['portplan check 8080 5432', 'who holds these ports'],
    ['portplan check 127.0.0.1:8000-8010/udp', 'each port of a range, on one address'],
    ['portplan check -p 8080:80 -p 8443:443', 'a container with both'],
    ['portplan check', 'the compose project here, or what is wrong with this host'],
    ['portplan check --static compose.yaml', 'before a commit: files only'],
  ],
  flags: {
    ...publishFlag,
    ...checkFlags,
    ...composeFlags,
    ...requireFlag,
    ...commonFlags,
    ...formatFlag,
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
};

function toSourceName(text: string): SourceName {
  if (text === 'engine' || text === 'processes') return text;
  throw new PortplanError('invalid-usage', `--require: "${text}" is not a source`, {
    hint: 'expected engine or processes',
  });
}
