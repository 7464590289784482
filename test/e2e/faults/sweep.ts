import { appendFileSync } from 'node:fs';
import type { Engine } from '../../rig/engines.ts';
import { type TempFolder, tempFolder } from '../../rig/temp.ts';
import { createRandom } from '../differential/random.ts';
import { type Choice, choose } from './cases.ts';
import { type Injected, inject } from './inject.ts';
import { inspectEngine } from './inspect-engine.ts';
import type { Scenario } from './scenarios.ts';
import { clearWorld, compareWorlds, readWorld, type World } from './world.ts';

/** Results of a sweep, in total and by fault. */
export interface Tally {
  readonly runs: number;
  /** Runs that could not clean up, and whose message said what may remain. */
  readonly reported: number;
  readonly problems: readonly string[];
  /** By name of the fault. */
  readonly byPlan: ReadonlyMap<string, { runs: number; reported: number; failed: number }>;
}

/** Runs a command once to record its calls, then again with a fault at each of them. */
export async function sweep(
  engine: Engine,
  scenario: Scenario,
  { choice, seed }: { readonly choice: Choice; readonly seed: number },
): Promise<Tally> {
  await using folder = await tempFolder();
  let before = await prepare(engine, scenario, folder);
  const clean = await inject(engine, { scenario }, folder);
  await requireClean(engine, { scenario, before }, clean);
  const cases = choose(clean.calls, scenario, { choice, random: createRandom(seed) });
  note(`${scenario.name}: ${cases.length} cases\n`);
  const byPlan = new Map<string, { runs: number; reported: number; failed: number }>();
  const problems: string[] = [];
  for (const injection of cases) {
    before = await refresh(engine, { scenario, before }, folder);
    const name = `${scenario.name}: ${injection.plan.name} at ${injection.step} (${injection.nth})`;
    const injected = await inject(engine, { scenario, injection }, folder).catch((error: unknown) =>
      String(error),
    );
    const row = byPlan.get(injection.plan.name) ?? { runs: 0, reported: 0, failed: 0 };
    byPlan.set(injection.plan.name, row);
    row.runs += 1;
    const found =
      typeof injected === 'string'
        ? { problems: [injected], reported: false }
        : await inspectEngine(engine, { scenario, injection, before }, injected);
    if (found.reported) row.reported += 1;
    if (found.problems.length > 0) {
      row.failed += 1;
      const output = typeof injected === 'string' ? '' : show(injected);
      problems.push(`${name}\n  ${found.problems.join('\n  ')}\n${output}`);
    }
    log(name, injected, found.problems);
  }
  await clearWorld(engine);
  const rows = [...byPlan.values()];
  return {
    runs: rows.reduce((sum, { runs }) => sum + runs, 0),
    reported: rows.reduce((sum, { reported }) => sum + reported, 0),
    ...{ problems, byPlan },
  };
}

async function prepare(engine: Engine, scenario: Scenario, folder: TempFolder): Promise<World> {
  await clearWorld(engine);
  await scenario.prepare(engine, folder);
  return readWorld(engine);
}

/** Returns the state before a case, and restores it if the last case changed it. */
async function refresh(
  engine: Engine,
  { scenario, before }: { readonly scenario: Scenario; readonly before: World },
  folder: TempFolder,
): Promise<World> {
  const now = await readWorld(engine);
  return compareWorlds(before, now).length === 0 ? before : prepare(engine, scenario, folder);
}

async function requireClean(
  engine: Engine,
  { scenario, before }: { readonly scenario: Scenario; readonly before: World },
  clean: Injected,
): Promise<void> {
  const injection = { plan: { name: 'delayed', aftermath: 'well' }, step: '', nth: 0 } as const;
  const { problems } = await inspectEngine(engine, { scenario, injection, before }, clean);
  if (problems.length > 0)
    throw new Error(`${scenario.name} without a fault: ${problems.join(', ')}\n${show(clean)}`);
}

function show({ result: { code, signal, stdout, stderr }, tookMs, reached }: Injected): string {
  return `  ended with ${code ?? signal} after ${tookMs} ms${reached ? '' : ', fault not reached'}\n  stdout: ${stdout.trim()}\n  stderr: ${stderr.trim().replaceAll('\n', '\n    ')}\n`;
}

function log(name: string, injected: Injected | string, problems: readonly string[]): void {
  const output = typeof injected === 'string' ? injected : show(injected);
  note(
    [problems.length > 0 ? 'FAULT' : 'ok', `${name}\n  ${problems.join('\n  ')}\n${output}\n`].join(
      ' ',
    ),
  );
}

/** Appends to the file of PORTPLAN_TEST_FAULTS_LOG, if set. */
function note(text: string): void {
  const file = process.env.PORTPLAN_TEST_FAULTS_LOG;
  if (file !== undefined) appendFileSync(file, text);
}
