import type { EngineCall } from '../../rig/faulty-proxy.ts';
import type { Random } from '../differential/random.ts';
import type { Injection } from './inject.ts';
import { changing, faultPlans } from './plans.ts';
import type { Scenario } from './scenarios.ts';

/** Which of all cases are run: all, so many by chance, or those whose names match. */
export type Choice = 'all' | number | { readonly pattern: RegExp };

const fewDear = 0.2;

/** The cases that are run, of all that there are for these calls; those that went wrong once come first. */
export function choose(
  calls: readonly EngineCall[],
  { known = [] }: Scenario,
  { choice, random }: { readonly choice: Choice; readonly random: Random },
): readonly Injection[] {
  const all = injectionsOf(calls);
  const nameOf = ({ plan, step }: Injection) => `${plan.name} at ${step}`;
  if (typeof choice === 'object')
    return all.filter((one) => choice.pattern.test(`${nameOf(one)} (${one.nth})`));
  const lasts = lastCallsOf(calls);
  const old = lasts.filter((one) => known.includes(nameOf(one)));
  const isOld = ({ plan, step, nth }: Injection) =>
    old.some((one) => one.plan === plan && one.step === step && one.nth === nth);
  if (choice === 'all') return [...old, ...all.filter((one) => !isOld(one))];
  const dear = Math.round(choice * fewDear);
  const take = (from: readonly Injection[], count: number): readonly Injection[] =>
    Array.from({ length: Math.min(count, from.length) }, () => random.pick(from));
  return [
    ...old,
    ...take(
      all.filter(({ plan }) => plan.dear !== true),
      choice - dear,
    ),
    ...take(
      all.filter(({ plan }) => plan.dear === true),
      dear,
    ),
  ];
}

/** The first call of each step, and the last one of those that change something, with each fault that fits. */
function injectionsOf(calls: readonly EngineCall[]): readonly Injection[] {
  return lastCallsOf(calls).flatMap((last) =>
    [...new Set(changing.test(last.step) ? [1, last.nth] : [1])].map((nth) => ({ ...last, nth })),
  );
}

function lastCallsOf(calls: readonly EngineCall[]): readonly Injection[] {
  const counts = new Map(calls.map(({ step, nth }) => [step, nth]));
  return [...counts].flatMap(([step, nth]) =>
    faultPlans
      .filter(({ only }) => only === undefined || only.test(step))
      .map((plan) => ({ plan, step, nth })),
  );
}
