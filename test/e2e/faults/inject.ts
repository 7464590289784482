import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Engine } from '../../rig/engines.ts';
import { type EngineCall, faultyProxyTo } from '../../rig/faulty-proxy.ts';
import { spawnPortplan } from '../../rig/portplan.ts';
import type { Result } from '../../rig/run.ts';
import { type TempFolder, tempFolder } from '../../rig/temp.ts';
import { type FaultPlan, interfere } from './plans.ts';
import type { Scenario } from './scenarios.ts';

/** A fault at the nth call of a step; without one the command is just watched. */
export interface Injection {
  readonly plan: FaultPlan;
  readonly step: string;
  readonly nth: number;
}

/** How a command went. */
export interface Injected {
  readonly result: Result;
  readonly calls: readonly EngineCall[];
  /** Whether the command came as far as the fault. */
  readonly reached: boolean;
  /** From the fault to the end of the command. */
  readonly tookMs: number;
  /** Faults with the files that the command has made. */
  readonly files: readonly string[];
}

const nothing: FaultPlan = { name: 'nothing', aftermath: 'well' };

/** A fault that no answer ends is ended by whoever waits. */
const patienceMs = 9000;
const mostMs = 45_000;

/** Runs a command behind a proxy and injects a fault. */
export async function inject(
  engine: Engine,
  { scenario, injection }: { readonly scenario: Scenario; readonly injection?: Injection },
  folder: TempFolder,
): Promise<Injected> {
  const { plan = nothing, step = '', nth = 0 } = injection ?? {};
  await using scratch = await tempFolder({ 'tmp/.keep': '', 'state/.keep': '' });
  await using held = new HeldThings();
  let kill = (_signal: NodeJS.Signals) => {};
  const interference = interfere(
    plan,
    { step, nth },
    {
      engine,
      kill: (signal) => kill(signal),
      keep: (one) => held.add(one),
    },
  );
  await using proxy = await faultyProxyTo(engine, interference);
  await using program = await spawnPortplan(scenario.args, {
    ...{ engine, cwd: folder.path },
    env: {
      DOCKER_HOST: proxy.dockerHost,
      TMPDIR: `${scratch.path}/tmp`,
      PORTPLAN_STATE_DIR: `${scratch.path}/state`,
    },
  });
  kill = (signal) => program.child.kill(signal);
  const impatience = setInterval(() => {
    const struck = interference.struckAt();
    if (plan.name.includes('never') && struck !== undefined && Date.now() - struck > patienceMs) {
      clearInterval(impatience);
      kill('SIGINT');
    }
  }, 200);
  const started = Date.now();
  const result = await program.ended(mostMs).finally(() => clearInterval(impatience));
  const tookMs = Date.now() - (interference.struckAt() ?? started);
  return {
    ...{ result, calls: proxy.calls, tookMs },
    reached: interference.struckAt() !== undefined,
    files: await findFileFaults(scratch),
  };
}

/** Disposes of what it is given, the last one first. */
class HeldThings implements AsyncDisposable {
  readonly #all: AsyncDisposable[] = [];
  add(one: AsyncDisposable): void {
    this.#all.unshift(one);
  }
  async [Symbol.asyncDispose](): Promise<void> {
    for (const one of this.#all) await one[Symbol.asyncDispose]();
  }
}

async function findFileFaults({ path }: TempFolder): Promise<readonly string[]> {
  const left = (await readdir(join(path, 'tmp'))).filter((name) => name !== '.keep');
  const state = (await readdir(join(path, 'state'))).filter((name) => name !== '.keep');
  const broken: string[] = [];
  for (const name of state.filter((one) => one.endsWith('.json'))) {
    try {
      JSON.parse(await readFile(join(path, 'state', name), 'utf8'));
    } catch {
      broken.push(`broken file: ${name}`);
    }
  }
  return [
    ...left.map((name) => `left file: ${name}`),
    ...state
      .filter((name) => !/^leases\.(json|lock\.\d+)$/.test(name))
      .map((name) => `left file: ${name}`),
    ...broken,
  ];
}
