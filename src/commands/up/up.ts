import { renderPortsOverride } from '../../compose/edit/ports-override.ts';
import { formatEngineAddress } from '../../engine/connect/address.ts';
import { isEngineDefault } from '../../engine/open-engine.ts';
import { PortplanError } from '../../errors.ts';
import type { Assignment } from '../../model/findings/plan.ts';
import type { UpReport } from '../../model/findings/report.ts';
import type { Endpoint } from '../../model/host/binding.ts';
import { portVariables } from '../../model/ports/port-variables.ts';
import { type ComposeCall, runCompose } from '../../runner/compose/run-compose.ts';
import { runComposeWhileEngineAlive } from '../../runner/compose/watch-engine.ts';
import type { PlannedProject } from '../../workflows/plans/plan-project.ts';
import { findLostPorts } from './lost-ports.ts';
import { type PreparedUp, prepareUp, type UpRequest } from './prepare.ts';
import { reportUp } from './report.ts';
import { type FailedCompose, readBefore, restore } from './rollback.ts';
import { createTempFolder, type TempFolder } from './temp-folder.ts';

export interface UpOptions extends UpRequest {
  /** Default: in the background. */
  readonly detach?: boolean | undefined;
  readonly build?: boolean | undefined;
  readonly wait?: boolean | undefined;
  readonly quiet?: boolean | undefined;
  /** Handed to `docker compose up` as they are. */
  readonly passthrough?: readonly string[] | undefined;
  /** Where Compose prints its results. Default: stderr. */
  readonly output?: ComposeCall['output'] | undefined;
  /** Hands Compose the signals that this program gets. */
  readonly onSignal?: ComposeCall['onSignal'] | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Told of the plan before each start. */
  readonly onPlan?: ((prepared: PreparedUp, planned: PlannedProject) => void) | undefined;
  /** Told of what went another way than planned. */
  readonly onNote?: ((note: string) => void) | undefined;
}

/** How often a start is repeated because somebody else took a port first. */
const maxAttempts = 10;

/** How `up` went: the exit code of Compose, and what runs now where it was to stay in the background. */
export interface UpOutcome {
  readonly code: number;
  readonly report?: UpReport | undefined;
}

/**
 * Starts a compose project on planned ports with Docker Compose itself; the project's files stay as they are. A port
 * that is lost between plan and start is planned again. When not everything could be started, what this start has made
 * is removed, and what ran before runs again.
 * @throws PortplanError
 */
export async function up(options: UpOptions = {}): Promise<UpOutcome> {
  const prepared = await prepareUp(options);
  let folder: TempFolder | undefined;
  try {
    folder = await createTempFolder();
    const before = await readBefore(prepared);
    const undo = async (code: number | undefined, error?: PortplanError) => {
      const end = endOf(options);
      for (const note of await restore(before, prepared, { end, code, error }))
        options.onNote?.(note);
    };
    const { code, planned } = await upWithRetry(prepared, folder, options).catch(
      async (error: unknown) => {
        if (error instanceof PortplanError) await undo(error.exitCode, error);
        throw error;
      },
    );
    if (code !== 0) {
      const inBackground = options.detach !== false;
      await undo(code, inBackground ? interruptOf(options) : undefined);
      if (inBackground) options.signal?.throwIfAborted();
    }
    if (code !== 0 || options.detach === false) return { code };
    return { code, report: await reportUp(prepared, planned, options) };
  } finally {
    await folder?.remove();
    prepared.engine.client.close();
  }
}

function interruptOf({ signal }: UpOptions): PortplanError | undefined {
  return signal?.reason instanceof PortplanError ? signal.reason : undefined;
}

function endOf({ signal, detach }: UpOptions): FailedCompose['end'] {
  if (signal?.aborted !== true) return 'failed';
  return detach === false ? 'stopped' : 'given-up';
}

async function upWithRetry(prepared: PreparedUp, folder: TempFolder, options: UpOptions) {
  let { planned } = prepared;
  const everLost: Endpoint[] = [];
  for (let attempt = 1; ; attempt += 1) {
    options.signal?.throwIfAborted();
    options.onPlan?.(prepared, planned);
    const call = await toCall(prepared, planned, folder, options);
    // In the foreground the user is there, and knows.
    const code = await (options.detach === false
      ? runCompose(call)
      : runComposeWhileEngineAlive(prepared.engine, call));
    if (code === 0 || options.signal?.aborted || attempt === maxAttempts) return { code, planned };
    const lost = await findLostPorts(prepared, planned.assignments);
    if (lost.length === 0) return { code, planned };
    everLost.push(
      ...lost.map(({ address, port, publish: { protocol } }) => ({ address, port, protocol })),
    );
    planned = await prepared.replan(everLost);
    options.onNote?.(
      `port ${portsOf(lost)} was taken in the meantime; trying ${portsOf(planned.assignments, lost)}`,
    );
  }
}

/** The ports of assignments; with `lost`, of those that stand in for these. */
function portsOf(assignments: readonly Assignment[], lost = assignments): string {
  const publishes = new Set(lost.map(({ publish }) => publish));
  const meant = assignments.filter(({ publish }) => publishes.has(publish));
  return meant.map(({ port }) => port).join(', ');
}

/** The call of Compose: the user's own files and, where something moves, the mapping on top of them. */
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
  const named = composeOptions.files ?? [];
  const files = text === '' ? named : [...project.files, path];
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

/** Compose is to ask the engine that was asked here. */
function engineVariables(
  { host, context, env = process.env }: UpOptions,
  engine: PreparedUp['engine'],
): NodeJS.ProcessEnv {
  if (context !== undefined) return { DOCKER_CONTEXT: context, DOCKER_HOST: undefined };
  if (host === undefined && isEngineDefault(engine, env)) return {};
  return { DOCKER_HOST: formatEngineAddress(engine.address), DOCKER_CONTEXT: undefined };
}
