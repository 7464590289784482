import { expect, test } from '@jest/globals';
import type { EngineName } from '../../rig/engine-set.ts';
import { describeEngines } from '../../rig/engines.ts';
import type { Choice } from './cases.ts';
import type { Scenario } from './scenarios.ts';
import { sweep } from './sweep.ts';

/** `all`, a number of cases per command, or a pattern of names. */
const choice = toChoice(process.env.PORTPLAN_TEST_FAULTS ?? '6');
const seed = Number(process.env.PORTPLAN_TEST_SEED ?? 1);

/** Declares one test per command: every guarantee holds after every fault. */
export function describeFaults(name: EngineName, scenarios: readonly Scenario[]): void {
  describeEngines('guarantees after a fault at each step of', [name], (engine) => {
    test.each(scenarios.map((scenario) => [scenario.name, scenario] as const))(
      `%s, from seed ${seed}`,
      async (_name, scenario) => {
        await engine.docker(['pull', '-q', 'nginx:1.25']);
        const { runs, reported, problems, byPlan } = await sweep(engine, scenario, {
          choice,
          seed,
        });
        const rows = [...byPlan].map(
          ([plan, row]) =>
            `  ${plan}: ${row.runs} runs, ${row.failed} failed, ${row.reported} reported`,
        );
        process.stderr.write(
          [
            `${name}: ${scenario.name}: ${runs} runs, ${problems.length} failed, ${reported} reported what may remain; seed ${seed}`,
            ...rows,
            '',
          ].join('\n'),
        );

        expect(problems.join('\n\n')).toBe('');
        expect(runs).toBeGreaterThan(0);
      },
      typeof choice === 'number' ? 60_000 + choice * 15_000 : 7_200_000,
    );
  });
}

function toChoice(text: string): Choice {
  if (text === 'all') return text;
  return /^\d+$/.test(text) ? Number(text) : { pattern: new RegExp(text) };
}
