import { PortplanError } from '../../errors.ts';
import type { PlanReport, PlanWrite } from '../../model/findings/report.ts';
import { flag } from '../../model/flags/flag.ts';
import { engineFlags, outputFlags, planningFlags } from '../../model/flags/shared-flags.ts';
import { safeLines } from '../../model/text/safe-text.ts';
import { defineCommand } from '../../terminal/command.ts';
import { exitCodeFor } from '../../terminal/exit-code.ts';
import {
  composeFlags,
  type OutputOptions,
  publishFlag,
  toComposeFlags,
  toEngineRequest,
  toOutputOptions,
  toPlanningFlags,
} from '../../terminal/flags.ts';
import type { Io } from '../../terminal/io.ts';
import { printRemarks, printReport } from '../../terminal/print.ts';
import { canPrompt, createPrompt } from '../../terminal/prompt.ts';

const loadText = async () => (await import('./text.ts')).renderPlan;

const writeKinds: readonly PlanWrite['kind'][] = ['override', 'env', 'file'];

export const planCommand = defineCommand({
  name: 'plan',
  positionals: '[target...]',
  usage: '[TARGET...] [flags]',
  arguments: [
    [
      'TARGET',
      'Port (8080), range (8000-8010), publish (8080:80), Compose file or folder, or image',
    ],
  ],
  summary: 'Plan a free host port for each publish',
  examples: [
    ['portplan plan', 'the Compose project here: what stays, what moves, and why'],
    ['portplan plan --write override', 'write the plan to compose.override.yaml'],
    ['portplan plan nginx:1.25', 'the exposed ports of an image'],
    ['portplan plan -p 8080:80 --range 9000-9999', 'move to 9000-9999 if 8080 is taken'],
    ['docker run $(portplan plan nginx:1.25 --format flags) nginx:1.25', 'with docker itself'],
  ],
  flags: {
    Targets: publishFlag,
    Planning: planningFlags,
    Writing: {
      lease: flag.boolean('', 'Reserve the ports for the project'),
      write: flag.text('WHERE=override|env|file', 'Write the ports of a project'),
      'dry-run': flag.boolean('', 'With --write: show the diff, change nothing'),
    },
    'Compose project': composeFlags,
    Engine: engineFlags,
    Output: {
      ...outputFlags,
      format: flag.text('FORMAT=table|json|flags|env', 'Output format', { default: 'table' }),
    },
  },
  async run(targets, values, io) {
    const output = toOutputOptions(values);
    const write = writeKinds.find((kind) => kind === values.text('write'));
    const dryRun = values.boolean('dry-run');
    if (dryRun && write === undefined) throw dryRunAlone();
    const changes = !dryRun && (write !== undefined || values.boolean('lease'));
    const { plan } = await import('./plan.ts');
    const report = await plan({
      targets,
      publish: values.list('publish'),
      lease: values.boolean('lease'),
      write,
      dryRun,
      env: io.env,
      // The rest of the output follows when the files are written.
      onDiff: output.format === 'table' ? (diff) => io.stdout.write(safeLines(diff)) : undefined,
      confirm: changes && canPrompt(io) ? createPrompt(io) : undefined,
      ...toComposeFlags(values),
      ...toPlanningFlags(values),
      ...toEngineRequest(values),
    });
    await print(report, output, io);
    return exitCodeFor(report);
  },
});

function dryRunAlone(): PortplanError {
  return new PortplanError('invalid-usage', '--dry-run requires --write', {
    hint: 'portplan plan --write override --dry-run',
  });
}

async function print(report: PlanReport, output: OutputOptions, io: Io): Promise<void> {
  switch (output.format) {
    case 'flags': {
      const { renderFlags } = await import('./formats.ts');
      printRemarks(report, output, io);
      io.stdout.write(renderFlags(report));
      return;
    }
    case 'env': {
      const { renderVariables } = await import('./formats.ts');
      printRemarks(report, output, io);
      io.stdout.write(renderVariables(report));
      return;
    }
    case 'table':
      if (report.write === undefined) return await printReport(report, loadText, output, io);
      printRemarks(report, output, io);
      return await printWritten(report, io);
    default:
      return await printReport(report, loadText, output, io);
  }
}

/** Prints the outcome for each file, after the diff. */
async function printWritten(report: PlanReport, io: Io): Promise<void> {
  const { renderWritten } = await import('./text-write.ts');
  io.stdout.write(renderWritten(report));
}
