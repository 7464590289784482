import type { Injected, Injection } from './inject.ts';
import type { Scenario } from './scenarios.ts';

/** What there is to say about a command that met a fault. */
export interface Judgement {
  /** What must not be. */
  readonly faults: readonly string[];
  /** Nothing could be removed, and the program said what may be left. */
  readonly told: boolean;
}

const mostMs = 30_000;
const signalCodes: Readonly<Partial<Record<NodeJS.Signals, number>>> = {
  SIGINT: 130,
  SIGTERM: 143,
};
const mustWork = ['delayed', 'port taken'];
/** A command that removes or puts back what is left. */
const remedy = /\b(docker|podman)\b.* (rm|rmi|rename|down|start|ps)\b/;

/** @param differences between the worlds before and after; see `compareWorlds` */
export function judge(
  { scenario, injection }: { readonly scenario: Scenario; readonly injection: Injection },
  { result, reached, tookMs, files }: Injected,
  differences: readonly string[],
): Judgement {
  const { code, stdout, stderr } = result;
  const { plan } = injection;
  const succeeded = code === 0;
  const left = succeeded ? missingChanges(scenario, differences) : differences;
  const told = reached && !succeeded && isTold(scenario, plan, { stderr, differences });
  const faults = [
    ...(told ? [] : left),
    ...files,
    ...codeFaults({ scenario, injection }, code, reached),
    ...(succeeded && scenario.stdout !== undefined && stdout !== scenario.stdout
      ? [`stdout: ${JSON.stringify(stdout)}`]
      : []),
    ...(succeeded || stderr.trim() !== '' ? [] : ['no message']),
    ...(/\n\s+at .*:\d+:\d+|fault of portplan itself|\bundefined\b|\[object /.test(stderr)
      ? ['a message that is no words']
      : []),
    ...(tookMs > mostMs ? [`took ${tookMs} ms`] : []),
  ];
  return { faults, told: told && left.length > 0 };
}

/**
 * Whether it is right that something is left: nobody could be asked to remove it; or all of a project runs, and an engine
 * that did as it was asked said that it did not.
 */
function isTold(
  scenario: Scenario,
  { name, aftermath, endsContainers = false }: Injection['plan'],
  { stderr, differences }: { readonly stderr: string; readonly differences: readonly string[] },
): boolean {
  if (aftermath === 'unreachable') return remedy.test(stderr);
  return (
    scenario.args[0] === 'up' &&
    !name.includes('delayed') &&
    stderr.includes('keeps running for inspection') &&
    (endsContainers || missingChanges(scenario, differences).length === 0)
  );
}

/** What a success has not done, or done beside. */
function missingChanges({ changes }: Scenario, differences: readonly string[]): readonly string[] {
  return [
    ...differences.filter((line) => !changes.some((change) => change.test(line))),
    ...changes
      .filter((change) => !differences.some((line) => change.test(line)))
      .map((change) => `not done: ${change.source}`),
  ];
}

function codeFaults(
  { scenario, injection }: { readonly scenario: Scenario; readonly injection: Injection },
  code: number | null,
  reached: boolean,
): readonly string[] {
  const { name, signal } = injection.plan;
  if (!reached || mustWork.includes(name)) return code === 0 ? [] : [`exit code ${code}, not 0`];
  const signalled = signal === undefined ? [] : [signalCodes[signal]];
  const isNever = name.includes('never');
  const allowed =
    signal === undefined || isNever ? [...scenario.failures, ...signalled] : signalled;
  return code === 0 || allowed.includes(code ?? -1)
    ? []
    : [`exit code ${code}, not 0 or ${allowed.join(', ')}`];
}
