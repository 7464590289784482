import { appendFileSync } from 'node:fs';
import type { Engine } from '../../rig/engines.ts';
import type { EngineCall } from '../../rig/faulty-proxy.ts';
import { type TempFolder, tempFolder } from '../../rig/temp.ts';
import { createRandom, type Random } from '../differential/random.ts';
import { type Injected, type Injection, inject } from './inject.ts';
import { judge } from './judge.ts';
import { changing, faultPlans } from './plans.ts';
import type { Scenario } from './scenarios.ts';
import { clearWorld, compareWorlds, readWorld, type World } from './world.ts';

/** Which of all cases are run: all, so many by chance, or those whose names hold a text. */
export type Choice = 'all' | number | { readonly text: string };

/** How often each fault was injected, and what came of it. */
export interface Tally {
  readonly runs: number;
  /** Runs that had nobody to ask for a removal, and said what may be left. */
  readonly told: number;
  readonly faults: readonly string[];
  /** By the name of the fault. */
  readonly byPlan: ReadonlyMap<string, { runs: number; told: number; failed: number }>;
}

/** Watches a command once, and then injects a fault at each of its calls in turn. */
export async function sweep(
  engine: Engine,
  scenario: Scenario,
  { choice, seed }: { readonly choice: Choice; readonly seed: number },
): Promise<Tally> {
  await using folder = await tempFolder();
  let before = await prepare(engine, scenario, folder);
  const clean = await inject(engine, { scenario }, folder);
  await expectClean(engine, { scenario, before }, clean);
  const cases = choose(clean.calls, scenario, { choice, random: createRandom(seed) });
  note(`${scenario.name}: ${cases.length} cases\n`);
  const byPlan = new Map<string, { runs: number; told: number; failed: number }>();
  const faults: string[] = [];
  for (const injection of cases) {
    before = await refresh(engine, { scenario, before }, folder);
    const name = `${scenario.name}: ${injection.plan.name} at ${injection.step} (${injection.nth})`;
    const injected = await inject(engine, { scenario, injection }, folder).catch((error: unknown) =>
      String(error),
    );
    const row = byPlan.get(injection.plan.name) ?? { runs: 0, told: 0, failed: 0 };
    byPlan.set(injection.plan.name, row);
    row.runs += 1;
    const found =
      typeof injected === 'string'
        ? { faults: [injected], told: false }
        : await look(engine, { scenario, injection, before }, injected);
    if (found.told) row.told += 1;
    if (found.faults.length > 0) {
      row.failed += 1;
      const said = typeof injected === 'string' ? '' : show(injected);
      faults.push(`${name}\n  ${found.faults.join('\n  ')}\n${said}`);
    }
    log(name, injected, found.faults);
  }
  await clearWorld(engine);
  const rows = [...byPlan.values()];
  return {
    runs: rows.reduce((sum, { runs }) => sum + runs, 0),
    told: rows.reduce((sum, { told }) => sum + told, 0),
    ...{ faults, byPlan },
  };
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

const fewDear = 0.2;

function choose(
  calls: readonly EngineCall[],
  { known = [] }: Scenario,
  { choice, random }: { readonly choice: Choice; readonly random: Random },
): readonly Injection[] {
  const all = injectionsOf(calls);
  const nameOf = ({ plan, step }: Injection) => `${plan.name} at ${step}`;
  if (typeof choice === 'object')
    return all.filter((one) => `${nameOf(one)} (${one.nth})`.includes(choice.text));
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

async function prepare(engine: Engine, scenario: Scenario, folder: TempFolder): Promise<World> {
  await clearWorld(engine);
  await scenario.prepare(engine, folder);
  return readWorld(engine);
}

/** What was there before, made anew only where it has changed. */
async function refresh(
  engine: Engine,
  { scenario, before }: { readonly scenario: Scenario; readonly before: World },
  folder: TempFolder,
): Promise<World> {
  const now = await readWorld(engine);
  return compareWorlds(before, now).length === 0 ? before : prepare(engine, scenario, folder);
}

async function expectClean(
  engine: Engine,
  { scenario, before }: { readonly scenario: Scenario; readonly before: World },
  clean: Injected,
): Promise<void> {
  const injection = { plan: { name: 'delayed', aftermath: 'well' }, step: '', nth: 0 } as const;
  const { faults } = await look(engine, { scenario, injection, before }, clean);
  if (faults.length > 0)
    throw new Error(`${scenario.name} without a fault: ${faults.join(', ')}\n${show(clean)}`);
}

interface Look {
  readonly scenario: Scenario;
  readonly injection: Injection;
  readonly before: World;
}

/** How long the engine has for what it does by itself, as the removal of a container with `--rm`. */
const settleMs = 4000;

async function look(engine: Engine, { scenario, injection, before }: Look, injected: Injected) {
  const deadline = Date.now() + settleMs;
  // What the engine does for nobody any more comes late.
  if (injected.result.code !== 0) await new Promise((resolve) => setTimeout(resolve, 300));
  while (true) {
    const differences = compareWorlds(before, await readWorld(engine));
    const judgement = judge(
      { scenario, injection },
      injected,
      injection.plan.endsContainers ? differences.flatMap(withoutState(differences)) : differences,
    );
    if (judgement.faults.length === 0 || Date.now() > deadline) {
      const loss = await scenario.findLoss?.(engine);
      return loss === undefined ? judgement : { ...judgement, faults: [...judgement.faults, loss] };
    }
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
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

function show({ result: { code, signal, stdout, stderr }, tookMs, reached }: Injected): string {
  return `  ended with ${code ?? signal} after ${tookMs} ms${reached ? '' : ', fault not reached'}\n  stdout: ${stdout.trim()}\n  stderr: ${stderr.trim().replaceAll('\n', '\n    ')}\n`;
}

function log(name: string, injected: Injected | string, faults: readonly string[]): void {
  const said = typeof injected === 'string' ? injected : show(injected);
  note(
    [faults.length > 0 ? 'FAULT' : 'ok', `${name}\n  ${faults.join('\n  ')}\n${said}\n`].join(' '),
  );
}

/** For whoever wants to read along. */
function note(text: string): void {
  const file = process.env.PORTPLAN_TEST_FAULTS_LOG;
  if (file !== undefined) appendFileSync(file, text);
}
