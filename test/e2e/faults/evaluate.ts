import type { Injected, Injection } from './inject.ts';
import type { Scenario } from './scenarios.ts';

/** Evaluation of a command that met a fault. */
export interface Evaluation {
  /** Violated guarantees. */
  readonly problems: readonly string[];
  /** Whether something remains and the message says so. */
  readonly reported: boolean;
}

/** Maximum time from the fault to the end of the command; ms. */
const maxMs = 30_000;
const signalCodes: Readonly<Partial<Record<NodeJS.Signals, number>>> = {
  SIGINT: 130,
  SIGTERM: 143,
};
const mustSucceed = ['delayed', 'port taken'];
/** A command that removes or restores what remains. */
const cleanupCommand = /\b(docker|podman)\b.* (rm|rmi|rename|down|start|ps)\b/;

/** @param differences between the worlds before and after; see `compareWorlds` */
export function evaluate(
  { scenario, injection }: { readonly scenario: Scenario; readonly injection: Injection },
  { result, reached, tookMs, files }: Injected,
  differences: readonly string[],
): Evaluation {
  const { code, stdout, stderr } = result;
  const { plan } = injection;
  const succeeded = code === 0;
  const remaining = succeeded ? missingChanges(scenario, differences) : differences;
  const reported = reached && !succeeded && isReported(scenario, plan, { stderr, differences });
  const problems = [
    ...(reported ? [] : remaining),
    ...files,
    ...codeProblems({ scenario, injection }, code, reached),
    ...(succeeded && scenario.stdout !== undefined && stdout !== scenario.stdout
      ? [`stdout: ${JSON.stringify(stdout)}`]
      : []),
    ...(succeeded || stderr.trim() !== '' ? [] : ['no message']),
    ...(/\n\s+at .*:\d+:\d+|fault of portplan itself|internal error|\bundefined\b|\[object /.test(
      stderr,
    )
      ? ['the message shows an internal error']
      : []),
    ...(tookMs > maxMs ? [`took ${tookMs} ms`] : []),
  ];
  return { problems, reported: reported && remaining.length > 0 };
}

/**
 * Whether something may remain: the engine is unreachable and the message names a cleanup command; or all of a project runs,
 * and an engine that executed a call answered with an error.
 */
function isReported(
  scenario: Scenario,
  { name, aftermath, endsContainers = false }: Injection['plan'],
  { stderr, differences }: { readonly stderr: string; readonly differences: readonly string[] },
): boolean {
  if (aftermath === 'unreachable') return cleanupCommand.test(stderr);
  return (
    scenario.args[0] === 'up' &&
    !name.includes('delayed') &&
    stderr.includes('keeps running for inspection') &&
    (endsContainers || missingChanges(scenario, differences).length === 0)
  );
}

/** Expected changes that are missing after a success, and unexpected ones. */
function missingChanges({ changes }: Scenario, differences: readonly string[]): readonly string[] {
  return [
    ...differences.filter((line) => !changes.some((change) => change.test(line))),
    ...changes
      .filter((change) => !differences.some((line) => change.test(line)))
      .map((change) => `not done: ${change.source}`),
  ];
}

function codeProblems(
  { scenario, injection }: { readonly scenario: Scenario; readonly injection: Injection },
  code: number | null,
  reached: boolean,
): readonly string[] {
  const { name, signal } = injection.plan;
  if (!reached || mustSucceed.includes(name)) return code === 0 ? [] : [`exit code ${code}, not 0`];
  const signalled = signal === undefined ? [] : [signalCodes[signal]];
  const isNever = name.includes('never');
  const allowed =
    signal === undefined || isNever ? [...scenario.failures, ...signalled] : signalled;
  return code === 0 || allowed.includes(code ?? -1)
    ? []
    : [`exit code ${code}, not 0 or ${allowed.join(', ')}`];
}
