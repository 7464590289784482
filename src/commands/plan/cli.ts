import { PortplanError } from '../../errors.ts';
import type { PlanReport, PlanWrite } from '../../model/findings/report.ts';
import { safeLines } from '../../model/text/safe-text.ts';
import { type Command, toEngineRequest } from '../../terminal/command.ts';
import { exitCodeFor } from '../../terminal/exit-code.ts';
import {
  commonFlags,
  composeFlags,
  type Flags,
  planningFlags,
  publishFlag,
  toComposeFlags,
  toPlanningFlags,
} from '../../terminal/flags.ts';
import type { Io } from '../../terminal/io.ts';
import {
  type OutputOptions,
  printRemarks,
  printReport,
  toOutputOptions,
} from '../../terminal/print.ts';
import { canPrompt, createPrompt } from '../../terminal/prompt.ts';

const loadText = async () => (await import('./text.ts')).renderPlan;

const formatFlag: Flags = {
  format: {
    kind: 'text',
    choices: ['table', 'json', 'flags', 'env'],
    default: 'table',
    help: 'For people, JSON, -p flags for docker run $(…), or variables',
  },
};

const writeKinds: readonly PlanWrite['kind'][] = ['override', 'env', 'file'];

const planFlags: Flags = {
  lease: { kind: 'boolean', help: 'Remember the ports for the project, and keep them free' },
  write: {
    kind: 'text',
    choices: writeKinds,
    help: 'Put the ports of a project in place: in a compose override, in its .env, or in its file',
  },
  'dry-run': { kind: 'boolean', help: 'With --write: show what would change, and change nothing' },
};

export const planCommand: Command = {
  name: 'plan',
  operands: '[target...]',
  summary: 'A free host mapping for each publish',
  examples: [
    ['portplan plan', 'the compose project here: what stays, what moves, and why'],
    ['portplan plan --write override', 'the same, put into compose.override.yaml'],
    ['portplan plan nginx:1.25', 'where the ports of an image would go'],
    ['portplan plan -p 8080:80 --range 9000-9999', 'moved only if it must be'],
    ['docker run $(portplan plan nginx:1.25 --format flags) nginx:1.25', 'with docker itself'],
  ],
  flags: {
    ...publishFlag,
    ...planFlags,
    ...planningFlags,
    ...composeFlags,
    ...commonFlags,
    ...formatFlag,
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
};

function dryRunAlone(): PortplanError {
  return new PortplanError('invalid-usage', '--dry-run goes with --write', {
    hint: 'portplan plan alone changes nothing; portplan plan --write override --dry-run shows the diff',
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

/** What became of the files; the diff stands above it. */
async function printWritten(report: PlanReport, io: Io): Promise<void> {
  const { renderWritten } = await import('./text-write.ts');
  io.stdout.write(renderWritten(report));
}
