import type { Engine } from '../../rig/engines.ts';
import { type Evaluation, evaluate } from './evaluate.ts';
import type { Injected, Injection } from './inject.ts';
import type { Scenario } from './scenarios.ts';
import { compareWorlds, readWorld, type World } from './world.ts';

/** A case, and the state of the engine before it. */
export interface InspectedCase {
  readonly scenario: Scenario;
  readonly injection: Injection;
  readonly before: World;
}

/** Time for work that the engine does by itself, such as the removal of a container with `--rm`; ms. */
const maxSettleMs = 4000;

/** Evaluates a case against the state of the engine, which it polls until no problem remains or 4 s have passed. */
export async function inspectEngine(
  engine: Engine,
  { scenario, injection, before }: InspectedCase,
  injected: Injected,
): Promise<Evaluation> {
  const deadline = Date.now() + maxSettleMs;
  // The engine may still be executing calls whose client is gone.
  if (injected.result.code !== 0) await new Promise((resolve) => setTimeout(resolve, 300));
  while (true) {
    const differences = compareWorlds(before, await readWorld(engine));
    const evaluation = evaluate(
      { scenario, injection },
      injected,
      withoutRestart({ scenario, injection }, differences),
    );
    if (evaluation.problems.length === 0 || Date.now() > deadline) {
      const afterAdvice = evaluation.reported
        ? await followAdvice(engine, { scenario, injection, before }, injected)
        : [];
      const loss = await scenario.findLoss?.(engine);
      const lost = loss === undefined ? [] : [loss];
      return { ...evaluation, problems: [...evaluation.problems, ...lost, ...afterAdvice] };
    }
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}

/** Runs the command that the message names, and returns what remains or is lost after it. */
async function followAdvice(
  engine: Engine,
  { scenario, injection, before }: InspectedCase,
  { result }: Injected,
): Promise<readonly string[]> {
  const [, command] = /when the engine answers again: (.+)/.exec(result.stderr) ?? [];
  // Only another start restores a half-replaced project.
  if (command === undefined || command.endsWith('then portplan up')) return [];
  await engine.inNetwork('sh', ['-c', command], { timeoutMs: 60_000 });
  return withoutRestart(
    { scenario, injection },
    compareWorlds(before, await readWorld(engine)),
  ).map((line) => `after the cleanup command: ${line}`);
}

/** Removes differences that the end of the engine itself causes: portplan need not restore them. */
function withoutRestart(
  { scenario, injection }: Pick<InspectedCase, 'scenario' | 'injection'>,
  differences: readonly string[],
): readonly string[] {
  if (!injection.plan.endsContainers) return differences;
  return differences
    .flatMap(withoutState(differences))
    .filter((line) => scenario.leftByRestart?.test(line) !== true);
}

/** Removes the lines of a container that only changed its state. */
function withoutState(differences: readonly string[]) {
  const nameOf = (line: string) => line.split(' ').slice(2, 4).join(' ');
  return (line: string): readonly string[] =>
    / containers: /.test(line) &&
    differences.some((other) => other !== line && nameOf(other) === nameOf(line))
      ? []
      : [line];
}
