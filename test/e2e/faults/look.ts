import type { Engine } from '../../rig/engines.ts';
import type { Injected, Injection } from './inject.ts';
import { type Judgement, judge } from './judge.ts';
import type { Scenario } from './scenarios.ts';
import { compareWorlds, readWorld, type World } from './world.ts';

/** A case, and what was there before it. */
export interface Look {
  readonly scenario: Scenario;
  readonly injection: Injection;
  readonly before: World;
}

/** How long the engine has for what it does by itself, as the removal of a container with `--rm`. */
const settleMs = 4000;

/** Looks at what has become of an engine, when it has come to rest. */
export async function look(
  engine: Engine,
  { scenario, injection, before }: Look,
  injected: Injected,
): Promise<Judgement> {
  const deadline = Date.now() + settleMs;
  // What the engine does for nobody any more comes late.
  if (injected.result.code !== 0) await new Promise((resolve) => setTimeout(resolve, 300));
  while (true) {
    const differences = compareWorlds(before, await readWorld(engine));
    const judgement = judge(
      { scenario, injection },
      injected,
      withoutRestart({ scenario, injection }, differences),
    );
    if (judgement.faults.length === 0 || Date.now() > deadline) {
      const still = judgement.told
        ? await followAdvice(engine, { scenario, injection, before }, injected)
        : [];
      const loss = await scenario.findLoss?.(engine);
      const lost = loss === undefined ? [] : [loss];
      return { ...judgement, faults: [...judgement.faults, ...lost, ...still] };
    }
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}

/** Does what the program said that is to be done; gives what is left or lost all the same. */
async function followAdvice(
  engine: Engine,
  { scenario, injection, before }: Look,
  { result }: Injected,
): Promise<readonly string[]> {
  const [, command] = /when the engine answers again: (.+)/.exec(result.stderr) ?? [];
  // What ran before, and is half replaced, only another start puts in order.
  if (command === undefined || command.endsWith('then portplan up')) return [];
  await engine.inNetwork('sh', ['-c', command], { timeoutMs: 60_000 });
  return withoutRestart(
    { scenario, injection },
    compareWorlds(before, await readWorld(engine)),
  ).map((line) => `in spite of the command: ${line}`);
}

/** What an end of the engine does to containers is not for the program to put in order. */
function withoutRestart(
  { scenario, injection }: Pick<Look, 'scenario' | 'injection'>,
  differences: readonly string[],
): readonly string[] {
  if (!injection.plan.endsContainers) return differences;
  return differences
    .flatMap(withoutState(differences))
    .filter((line) => scenario.leftByRestart?.test(line) !== true);
}

/** A container that only does not run any more is neither left nor lost. */
function withoutState(differences: readonly string[]) {
  const nameOf = (line: string) => line.split(' ').slice(2, 4).join(' ');
  return (line: string): readonly string[] =>
    / containers: /.test(line) &&
    differences.some((other) => other !== line && nameOf(other) === nameOf(line))
      ? []
      : [line];
}
