import { renderPortsOverride } from '../../compose/edit/ports-override.ts';
import { formatEngineAddress } from '../../engine/connect/address.ts';
import { isEngineDefault } from '../../engine/open-engine.ts';
import { PortplanError } from '../../errors.ts';
import type { UpReport } from '../../model/findings/report.ts';
import { portVariables } from '../../model/ports/port-variables.ts';
import { type ComposeCall, runCompose } from '../../runner/compose/run-compose.ts';
import { runComposeWhileEngineAlive } from '../../runner/compose/watch-engine.ts';
import { describeLoss, maxAttempts, retryOnLostPort } from '../../runner/retry-on-lost-port.ts';
import type { PlannedProject } from '../../workflows/plans/plan-project.ts';
import { findLostPorts } from './lost-ports.ts';
import { type PreparedUp, planUpAgain, prepareUp, type UpRequest } from './prepare.ts';
import { reportUp } from './report.ts';
import { type FailedCompose, restoreProject, snapshotProject } from './rollback.ts';
import { createTempFolder, type TempFolder } from './temp-folder.ts';

/** Options of {@link up}. */
export interface UpOptions extends UpRequest {
  /** Whether to run in the background. Default: `true`. */
  readonly detach?: boolean | undefined;
  /** Whether to build images before the start. */
  readonly build?: boolean | undefined;
  /** Whether to wait until services run or are healthy. */
  readonly wait?: boolean | undefined;
  /** Whether to hide Compose's progress. */
  readonly quiet?: boolean | undefined;
  /** Extra arguments of `docker compose up`. */
  readonly passthrough?: readonly string[] | undefined;
  /** Where Compose's stdout goes. Default: `stderr`. */
  readonly output?: ComposeCall['output'] | undefined;
  /** Registers a listener that forwards this program's signals to Compose. */
  readonly onSignal?: ComposeCall['onSignal'] | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Called with the plan before each start. */
  readonly onPlan?: ((prepared: PreparedUp, planned: PlannedProject) => void) | undefined;
  /** Receives what differs from the plan: lost ports, and what the rollback did. */
  readonly onNote?: ((note: string) => void) | undefined;
}

/** Exit code of Compose, and the report of a successful start in the background. */
export interface UpOutcome {
  readonly code: number;
  readonly report?: UpReport | undefined;
}

/**
 * Starts a Compose project on planned ports with Docker Compose, without changing the project's files. Plans and starts again
 * when another program takes a port. When not everything starts, removes what this start created and restores what ran
 * before.
 * @throws PortplanError
 */
export async function up(options: UpOptions = {}): Promise<UpOutcome> {
  await using prepared = await prepareUp(options);
  let folder: TempFolder | undefined;
  try {
    folder = await createTempFolder();
    const before = await snapshotProject(prepared);
    const rollBack = async (code: number | undefined, error?: PortplanError) => {
      const end = endOf(options);
      for (const note of await restoreProject(before, prepared, { end, code, error }))
        options.onNote?.(note);
    };
    const { code, planned } = await upWithRetry(prepared, folder, options).catch(
      async (error: unknown) => {
        if (error instanceof PortplanError) await rollBack(error.exitCode, error);
        throw error;
      },
    );
    if (code !== 0) {
      const inBackground = options.detach !== false;
      await rollBack(code, inBackground ? interruptOf(options) : undefined);
      if (inBackground) options.signal?.throwIfAborted();
    }
    if (code !== 0 || options.detach === false) return { code };
    return { code, report: await reportUp(prepared, planned, options) };
  } finally {
    await folder?.remove();
  }
}

function interruptOf({ signal }: UpOptions): PortplanError | undefined {
  return signal?.reason instanceof PortplanError ? signal.reason : undefined;
}

function endOf({ signal, detach }: UpOptions): FailedCompose['end'] {
  if (signal?.aborted !== true) return 'failed';
  return detach === false ? 'stopped' : 'interrupted';
}

/** Runs Compose on planned ports, and again on other ports while it loses some to other programs. */
async function upWithRetry(
  prepared: PreparedUp,
  folder: TempFolder,
  options: UpOptions,
): Promise<{ readonly code: number; readonly planned: PlannedProject }> {
  const { plan, outcome } = await retryOnLostPort<PlannedProject, number>(
    {
      firstPlan: prepared.planned,
      plan: (unavailable) => planUpAgain(prepared, unavailable),
      onLost: (lost, replacements) => options.onNote?.(describeLoss(lost, replacements)),
      signal: options.signal,
    },
    {
      maxAttempts: maxAttempts.project,
      start: (planned) => callCompose(prepared, planned, folder, options),
      findLost: async (code, { assignments }) =>
        code === 0 || options.signal?.aborted ? [] : findLostPorts(prepared, assignments),
    },
  );
  return { code: outcome, planned: plan };
}

/** Returns the exit code of one `docker compose up`. */
async function callCompose(
  prepared: PreparedUp,
  planned: PlannedProject,
  folder: TempFolder,
  options: UpOptions,
): Promise<number> {
  options.onPlan?.(prepared, planned);
  const call = await toCall(prepared, planned, folder, options);
  // In the foreground the user sees that the engine hangs, and presses Ctrl-C.
  return options.detach === false
    ? runCompose(call)
    : runComposeWhileEngineAlive(prepared.engine, call);
}

/** Returns the call of Compose: the user's files and, when a port moves, an override with the planned ports. */
async function toCall(
  { loaded, program, engine }: PreparedUp,
  { assignments }: PlannedProject,
  folder: TempFolder,
  options: UpOptions,
): Promise<ComposeCall> {
  const { project, options: composeOptions } = loaded;
  const path = folder.overridePath;
  const text = renderPortsOverride(project, assignments, {
    options: composeOptions,
    path,
    resetNames: options.sideBySide,
  });
  if (text !== '') await folder.writeOverride(text);
  const requestedFiles = composeOptions.files ?? [];
  const files = text === '' ? requestedFiles : [...project.files, path];
  const envFiles = composeOptions.envFiles ?? (text === '' ? [] : [...project.envFiles].reverse());
  const variables = portVariables(assignments).map(({ name, value }) => [name, value]);
  return {
    program,
    cwd: composeOptions.cwd,
    env: {
      ...(options.env ?? process.env),
      ...engineVariables(options, engine),
      ...Object.fromEntries(variables),
    },
    args: [
      ...files.flatMap((file) => ['-f', file]),
      ...(text === '' && composeOptions.projectDirectory === undefined
        ? []
        : ['--project-directory', project.directory]),
      '--project-name',
      project.name,
      ...(composeOptions.profiles ?? []).flatMap((profile) => ['--profile', profile]),
      ...envFiles.flatMap((file) => ['--env-file', file]),
      ...(options.quiet ? ['--progress', 'quiet'] : []),
      'up',
      ...(options.detach === false ? [] : ['--detach']),
      ...(options.build ? ['--build'] : []),
      ...(options.wait ? ['--wait'] : []),
      ...(options.scale ?? []).flatMap((scale) => ['--scale', scale]),
      ...(options.passthrough ?? []),
      ...(composeOptions.services ?? []),
    ],
    output: options.output ?? 'stderr',
    onSignal: options.onSignal ?? (() => {}),
  };
}

/** Returns the variables that make Compose use the same engine as portplan. */
function engineVariables(
  { host, context, env = process.env }: UpOptions,
  engine: PreparedUp['engine'],
): NodeJS.ProcessEnv {
  if (context !== undefined) return { DOCKER_CONTEXT: context, DOCKER_HOST: undefined };
  if (host === undefined && isEngineDefault(engine, env)) return {};
  return { DOCKER_HOST: formatEngineAddress(engine.address), DOCKER_CONTEXT: undefined };
}
