import { appendFileSync } from 'node:fs';
import type { Engine } from '../../rig/engines.ts';
import { type TempFolder, tempFolder } from '../../rig/temp.ts';
import { createRandom } from '../differential/random.ts';
import { type Choice, choose } from './cases.ts';
import { type Injected, inject } from './inject.ts';
import { look } from './look.ts';
import type { Scenario } from './scenarios.ts';
import { clearWorld, compareWorlds, readWorld, type World } from './world.ts';

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
