import { PortplanError } from '../../errors.ts';
import { safeLines } from '../../model/text/safe-text.ts';
import { type Command, toEngineRequest } from '../../terminal/command.ts';
import {
  commonFlags,
  composeFlags,
  type Flags,
  planningFlags,
  toComposeFlags,
  toPlanningFlags,
} from '../../terminal/flags.ts';
import type { Io } from '../../terminal/io.ts';
import {
  printRemarks,
  printReport,
  textOptionsFor,
  toOutputOptions,
} from '../../terminal/print.ts';
import { canPrompt, createPrompt } from '../../terminal/prompt.ts';
import { type Signals, watchSignals } from '../../terminal/signals.ts';
import type { UpOptions } from './up.ts';

const loadText = async () => (await import('./text.ts')).renderUp;

const upFlags: Flags = {
  detach: { kind: 'boolean', alias: 'd', help: 'In the background' },
  build: { kind: 'boolean', help: 'Build images before the start' },
  wait: { kind: 'boolean', help: 'Wait until services run or are healthy; in the background' },
  scale: { kind: 'list', help: 'SERVICE=NUMBER of containers; may be repeated' },
  'side-by-side': {
    kind: 'boolean',
    help: 'A copy beside others: a project name of its own, no fixed container names',
  },
};

// `-p` is the name of the project for docker compose, and a publish everywhere here.
const guardFlag: Flags = { publish: { kind: 'list', alias: 'p', help: '', hidden: true } };

const { service: _named, ...projectFlags } = composeFlags;

export const upCommand: Command = {
  name: 'up',
  operands: '[service...]',
  usage: '[service...] [flags] [-- flags of docker compose up]',
  operandHelp: { service: 'A service to start, with what it depends on; none: all of the project' },
  summary: 'docker compose up on planned ports; the compose file stays as it is',
  examples: [
    ['portplan up -d', 'the project here, in the background, with its URLs'],
    ['portplan up -d --side-by-side', 'a second copy, even with container_name in the file'],
    ['portplan up web -- --no-deps', 'one service, with a flag of docker compose'],
  ],
  flags: { ...upFlags, ...projectFlags, ...planningFlags, ...guardFlag, ...commonFlags },
  passesThrough: true,
  async run(services, values, io, passed) {
    if (values.list('publish').length > 0) throw publishGiven();
    const output = toOutputOptions(values);
    const detach = values.boolean('detach') || values.boolean('wait');
    if (output.format === 'json' && !detach) {
      throw new PortplanError('invalid-usage', '--format json requires -d', {
        hint: 'portplan up -d --format json',
      });
    }
    const interrupts = watchSignals(io);
    const { up } = await import('./up.ts');
    const { renderPlannedPorts } = await import('./text.ts');
    const printNote = (text: string) => {
      if (!output.quiet) io.stderr.write(`portplan: ${safeLines(text)}\n`);
    };
    try {
      const { code, report } = await up({
        ...toComposeFlags(values),
        ...toPlanningFlags(values),
        ...toEngineRequest(values),
        services: services.length === 0 ? undefined : services,
        scale: values.list('scale'),
        sideBySide: values.boolean('side-by-side'),
        env: io.env,
        confirm: canPrompt(io) ? createPrompt(io) : undefined,
        detach,
        build: values.boolean('build'),
        wait: values.boolean('wait'),
        quiet: output.quiet,
        passthrough: passed,
        output: detach ? 'stderr' : 'stdout',
        signal: interrupts.signal,
        onSignal: signalForwarder(interrupts, io),
        onNote: printNote,
        onPlan: (prepared, planned) => {
          if (detach || output.quiet) return;
          const notes = [...prepared.notes, ...planned.notes];
          printRemarks({ sources: prepared.host.snapshot.sources, notes }, output, io);
          const textOptions = textOptionsFor(io.stderr, output, io.env);
          io.stderr.write(`${renderPlannedPorts(planned, textOptions)}\n`);
        },
      });
      if (report !== undefined) await printReport(report, loadText, output, io);
      return code;
    } finally {
      interrupts.stop();
    }
  },
};

function publishGiven(): PortplanError {
  return new PortplanError(
    'invalid-usage',
    'up does not accept -p: the Compose file defines the ports',
    {
      hint: 'to set the project name, use --project-name',
    },
  );
}

/** Forwards signals to Compose, except Ctrl-C of a terminal, which Compose receives itself. */
function signalForwarder(interrupts: Signals, { stdin }: Io): UpOptions['onSignal'] {
  return (listener) =>
    interrupts.forwardTo(
      listener &&
        ((signal) => {
          interrupts.abort(signal);
          if (!(stdin.isTTY && signal === 'SIGINT')) listener(signal);
        }),
    );
}
