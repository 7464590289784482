import { PortplanError } from '../../errors.ts';
import { flag } from '../../model/flags/flag.ts';
import { engineFlags, outputFlags, planningFlags } from '../../model/flags/shared-flags.ts';
import { safeLines } from '../../model/text/safe-text.ts';
import { defineCommand } from '../../terminal/command.ts';
import {
  projectFlags,
  toEngineRequest,
  toOutputOptions,
  toPlanningFlags,
  toProjectFlags,
} from '../../terminal/flags.ts';
import type { Io } from '../../terminal/io.ts';
import { printRemarks, printReport, textOptionsFor } from '../../terminal/print.ts';
import { canPrompt, createPrompt } from '../../terminal/prompt.ts';
import { type Signals, watchSignals } from '../../terminal/signals.ts';
import type { UpOptions } from './up.ts';

const loadText = async () => (await import('./text.ts')).renderUp;

export const upCommand = defineCommand({
  name: 'up',
  positionals: '[service...]',
  usage: '[SERVICE...] [flags] [-- flags of docker compose up]',
  arguments: [['SERVICE', 'Service to start with its dependencies (default: all)']],
  summary: 'Run docker compose up on free ports; files stay unchanged',
  examples: [
    ['portplan up -d', 'the project here, in the background, with its URLs'],
    ['portplan up -d --side-by-side', 'a second copy, even with container_name in the file'],
    ['portplan up web -- --no-deps', 'one service, with a flag of docker compose'],
  ],
  flags: {
    Start: {
      detach: flag.boolean('-d', 'Run in the background'),
      build: flag.boolean('', 'Build images before the start'),
      wait: flag.boolean('', 'Wait until services are running or healthy; implies -d'),
      scale: flag.list('SERVICE=NUMBER', 'Number of containers of a service'),
      'side-by-side': flag.boolean('', 'Start a copy under its own project name'),
      // `-p` is the project name for docker compose, and a publish everywhere here.
      publish: flag.list('-p SPEC', '', { hidden: true }),
    },
    'Compose project': projectFlags,
    Planning: planningFlags,
    Engine: engineFlags,
    Output: outputFlags,
  },
  passesThrough: true,
  async run(services, values, io, passthrough) {
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
        ...toProjectFlags(values),
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
        passthrough,
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
});

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
