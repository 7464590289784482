import type { EngineCall } from '../../rig/faulty-proxy.ts';
import type { Random } from '../differential/random.ts';
import type { Injection } from './inject.ts';
import { changing, faultPlans } from './plans.ts';
import type { Scenario } from './scenarios.ts';

/** Cases to run: all, a random sample of this size, or those whose names match. */
export type Choice = 'all' | number | { readonly pattern: RegExp };

/** Share of slow cases in a sample. */
const slowShare = 0.2;

/** Returns the cases to run for these calls. Cases that failed once come first, and are in every sample. */
export function choose(
  calls: readonly EngineCall[],
  { known = [] }: Scenario,
  { choice, random }: { readonly choice: Choice; readonly random: Random },
): readonly Injection[] {
  const all = injectionsOf(calls);
  const nameOf = ({ plan, step }: Injection) => `${plan.name} at ${step}`;
  if (typeof choice === 'object')
    return all.filter((candidate) =>
      choice.pattern.test(`${nameOf(candidate)} (${candidate.nth})`),
    );
  const lasts = lastCallsOf(calls);
  const failedOnce = lasts.filter((candidate) => known.includes(nameOf(candidate)));
  const hasFailedOnce = ({ plan, step, nth }: Injection) =>
    failedOnce.some((other) => other.plan === plan && other.step === step && other.nth === nth);
  if (choice === 'all')
    return [...failedOnce, ...all.filter((candidate) => !hasFailedOnce(candidate))];
  const slow = Math.round(choice * slowShare);
  const take = (from: readonly Injection[], count: number): readonly Injection[] =>
    Array.from({ length: Math.min(count, from.length) }, () => random.pick(from));
  return [
    ...failedOnce,
    ...take(
      all.filter(({ plan }) => plan.slow !== true),
      choice - slow,
    ),
    ...take(
      all.filter(({ plan }) => plan.slow === true),
      slow,
    ),
  ];
}

/** Returns every applicable fault at the first call of each step, and at the last call of steps that change something. */
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
