import { removeContainer } from '../../engine/containers/lifecycle.ts';
import { PortplanError } from '../../errors.ts';
import { formatPublishFlags } from '../../model/findings/plan.ts';
import type { OpenPort } from '../../model/findings/report.ts';
import { formatAddressPort, toHostAddress } from '../../model/ports/address.ts';
import { sshForward } from '../../model/ports/url.ts';
import { safeText } from '../../model/text/safe-text.ts';
import type { ContainerSpec } from '../../runner/docker-flags/create-request.ts';
import { allFlags } from '../../runner/docker-flags/flag-table.ts';
import { parseRunArguments, type RunRequest } from '../../runner/docker-flags/run-arguments.ts';
import type { StartedContainer } from '../../runner/retry-on-lost-port.ts';
import { retryWhileEngineAway } from '../../runner/rollback.ts';
import { exitCode } from '../../terminal/exit-code.ts';
import { type OutputOptions, variableOf } from '../../terminal/flags.ts';
import type { Io } from '../../terminal/io.ts';
import { printRemarks } from '../../terminal/print.ts';
import { canPrompt, createPrompt } from '../../terminal/prompt.ts';
import { createPullDisplay } from '../../terminal/pull-progress.ts';
import { watchSignals } from '../../terminal/signals.ts';
import { type AttachedContainer, attachRun } from './attach.ts';
import type { PreparedRun } from './prepare.ts';

/** `portplan run`: parses its arguments as docker does. Returns the container's exit code, or 125. */
export async function runContainerCommand(args: readonly string[], io: Io): Promise<number> {
  const request = parseRunArguments(withVariables(args, io.env));
  if (request.kind === 'help') {
    const { formatCommandHelp } = await import('../../terminal/help.ts');
    const { runHelp } = await import('./text.ts');
    io.stdout.write(`${formatCommandHelp('run', runHelp)}\n`);
    return exitCode.clear;
  }
  const output = toRunOutput(request);
  const interrupts = watchSignals(io);
  const { prepareRun } = await import('./prepare.ts');
  const display = createPullDisplay(io.stderr, { quiet: output.quiet });
  const ask = canPrompt(io) ? { confirm: createPrompt(io) } : {};
  try {
    await using prepared = await prepareRun(request, {
      ...display,
      ...ask,
      signal: interrupts.signal,
    });
    return await start(prepared, { io, output, interrupts });
  } finally {
    display.end();
    interrupts.stop();
  }
}

interface RunContext {
  readonly io: Io;
  readonly output: OutputOptions;
  readonly interrupts: ReturnType<typeof watchSignals>;
}

async function start(prepared: PreparedRun, context: RunContext): Promise<number> {
  const { request, assignments, host, notes } = prepared;
  const { io, output, interrupts } = context;
  if (request.output.format === 'flags') {
    io.stdout.write(`${formatPublishFlags(assignments)}\n`);
    return exitCode.clear;
  }
  const { describeLoss } = await import('../../runner/retry-on-lost-port.ts');
  const { startPlanned } = await import('../../runner/start-planned.ts');
  const { startRequest } = await import('./run.ts');
  const printNote = (text: string) =>
    output.quiet ? true : io.stderr.write(`portplan: ${safeText(text)}\n`);
  printRemarks({ sources: host.snapshot.sources, notes }, output, io);
  for (const { choice, reason } of assignments) if (choice === 'moved') printNote(reason);
  let attached: AttachedContainer | undefined;
  const { spec, removesItself } = request.detach
    ? { spec: prepared.spec, removesItself: true }
    : keepForExit(prepared);
  const started = await startPlanned({
    ...startRequest(prepared),
    spec,
    signal: interrupts.signal,
    onLost: (lost, replacements) => printNote(describeLoss(lost, replacements)),
    ...(!request.detach && {
      beforeStart: async (id: string) => {
        attached = await attachRun({ ...prepared, spec }, id, { io, interrupts });
        return attached.detach;
      },
    }),
  });
  if (attached === undefined) return printDetached(prepared, started, context);
  await printPorts(prepared, started, context);
  const code = await attached.untilExit().catch(async (error: unknown) => {
    const isGone = !removesItself && (await removeStopped(prepared.engine, started.id));
    throw isGone ? error : withContainerHint(error, prepared.engine, started.id);
  });
  if (!removesItself) await removeContainer(prepared.engine, started.id);
  return code;
}

/** Maximum time to remove a container after the wait for its exit failed; ms. */
const maxRemoveMs = 3000;

/** Removes a stopped container; returns whether it was removed. */
async function removeStopped(engine: PreparedRun['engine'], id: string): Promise<boolean> {
  const remove = () => removeContainer(engine, id, { force: false, v: true });
  return await retryWhileEngineAway(remove, Date.now() + maxRemoveMs).then(
    () => true,
    () => false,
  );
}

/** Adds to an error after the start how to find the container, which may still run. */
function withContainerHint(
  error: unknown,
  { command }: PreparedRun['engine'],
  id: string,
): unknown {
  if (!(error instanceof PortplanError) || error.reason === 'gone') return error;
  const shortId = id.slice(0, 12);
  return new PortplanError(error.code, error.message, {
    hint: `the container was started and may still be running: ${command} logs -f ${shortId}, or ${command} rm -fv ${shortId}`,
    cause: error,
    exitCode: error.exitCode,
  });
}

/**
 * Turns `--rm` off on engines that lose the exit code with the removed container: portplan then removes the container
 * itself.
 */
function keepForExit({ spec, engine }: PreparedRun): {
  readonly spec: ContainerSpec;
  readonly removesItself: boolean;
} {
  const { body } = spec;
  if (!body.HostConfig.AutoRemove || engine.traits.reportsExitCodeAfterRemoval)
    return { spec, removesItself: true };
  return {
    spec: { ...spec, body: { ...body, HostConfig: { ...body.HostConfig, AutoRemove: false } } },
    removesItself: false,
  };
}

async function printDetached(
  prepared: PreparedRun,
  started: StartedContainer,
  context: RunContext,
): Promise<number> {
  const { reportRun } = await import('./run.ts');
  const report = await reportRun(prepared, started);
  const { io, output } = context;
  const newNotes = report.notes.slice(prepared.notes.length);
  printRemarks({ sources: [], notes: newNotes }, output, io);
  if (output.format === 'json') {
    const { renderJson } = await import('../../output/json.ts');
    io.stdout.write(`${renderJson(report)}\n`);
  } else {
    io.stdout.write(`${started.id}\n`);
  }
  printOpenPorts(report.ports, context);
  return exitCode.clear;
}

async function printPorts(
  { host }: PreparedRun,
  { assignments }: StartedContainer,
  context: RunContext,
): Promise<void> {
  const { toPlannedPort } = await import('./run.ts');
  const hostName = host.publishHost?.kind === 'other-host' ? host.publishHost.hostName : undefined;
  printOpenPorts(
    assignments.map((assignment) => toPlannedPort(assignment, hostName)),
    context,
  );
}

/** Prints the URLs to stderr: stdout is for the container's output or id. */
function printOpenPorts(ports: readonly OpenPort[], { io, output }: RunContext): void {
  if (output.quiet) return;
  for (const { hostIp, port, target, protocol, url } of ports) {
    const address = toHostAddress(hostIp);
    const endpoint = url ?? `${formatAddressPort(address, port)}/${protocol}`;
    io.stderr.write(`portplan: ${endpoint} -> ${target}/${protocol}\n`);
    const forward = sshForward(port, address, io.env);
    if (forward !== undefined) io.stderr.write(`portplan:   from your own machine: ${forward}\n`);
  }
}

function toRunOutput({ output }: RunRequest): OutputOptions {
  return {
    format: output.format ?? 'table',
    color: output.color ?? 'auto',
    quiet: output.quiet,
    verbose: output.verbose,
  };
}

/**
 * Returns the arguments of `run`, preceded by one flag per `PORTPLAN_…` variable. A flag of the command line overrides its
 * variable, or adds to it if it is a list.
 */
export function withVariables(
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): readonly string[] {
  const fromEnv = allFlags.flatMap(({ name }) => {
    const value = env[variableOf(name)];
    return value === undefined || value === '' ? [] : [`--${name}=${value}`];
  });
  return [...fromEnv, ...args];
}
