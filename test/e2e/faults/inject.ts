import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Engine } from '../../rig/engines.ts';
import { type EngineCall, faultyProxyTo } from '../../rig/faulty-proxy.ts';
import { spawnPortplan } from '../../rig/portplan.ts';
import type { Result } from '../../rig/run.ts';
import { type TempFolder, tempFolder } from '../../rig/temp.ts';
import { type FaultPlan, interfere } from './plans.ts';
import type { Scenario } from './scenarios.ts';

/** A fault at the nth call of a step. */
export interface Injection {
  readonly plan: FaultPlan;
  readonly step: string;
  readonly nth: number;
}

/** Result of a command. */
export interface Injected {
  readonly result: Result;
  readonly calls: readonly EngineCall[];
  /** Whether the command made the call with the fault. */
  readonly reached: boolean;
  /** Time from the fault to the end of the command; ms. */
  readonly tookMs: number;
  /** Temporary files that remain, and broken state files. */
  readonly files: readonly string[];
}

const nothing: FaultPlan = { name: 'nothing', aftermath: 'well' };

/** Time after which the user presses Ctrl-C when a call gets no response; ms. */
const ctrlCAfterMs = 9000;
const maxMs = 45_000;

/** Runs a command behind a proxy and injects a fault; without `injection` only records the calls. */
export async function inject(
  engine: Engine,
  { scenario, injection }: { readonly scenario: Scenario; readonly injection?: Injection },
  folder: TempFolder,
): Promise<Injected> {
  const { plan = nothing, step = '', nth = 0 } = injection ?? {};
  await using scratch = await tempFolder({ 'tmp/.keep': '', 'state/.keep': '' });
  await using held = new Disposables();
  let kill = (_signal: NodeJS.Signals) => {};
  const interference = interfere(
    plan,
    { step, nth },
    {
      engine,
      kill: (signal) => kill(signal),
      keep: (disposable) => held.add(disposable),
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
  const ctrlCTimer = setInterval(() => {
    const struck = interference.struckAt();
    if (plan.name.includes('never') && struck !== undefined && Date.now() - struck > ctrlCAfterMs) {
      clearInterval(ctrlCTimer);
      kill('SIGINT');
    }
  }, 200);
  const started = Date.now();
  const result = await program.ended(maxMs).finally(() => clearInterval(ctrlCTimer));
  const tookMs = Date.now() - (interference.struckAt() ?? started);
  return {
    ...{ result, calls: proxy.calls, tookMs },
    reached: interference.struckAt() !== undefined,
    files: await findFileProblems(scratch),
  };
}

/** Disposes its members in reverse order. */
class Disposables implements AsyncDisposable {
  readonly #all: AsyncDisposable[] = [];
  add(member: AsyncDisposable): void {
    this.#all.unshift(member);
  }
  async [Symbol.asyncDispose](): Promise<void> {
    for (const member of this.#all) await member[Symbol.asyncDispose]();
  }
}

async function findFileProblems({ path }: TempFolder): Promise<readonly string[]> {
  const temporary = (await readdir(join(path, 'tmp'))).filter((name) => name !== '.keep');
  const state = (await readdir(join(path, 'state'))).filter((name) => name !== '.keep');
  const broken: string[] = [];
  for (const name of state.filter((file) => file.endsWith('.json'))) {
    try {
      JSON.parse(await readFile(join(path, 'state', name), 'utf8'));
    } catch {
      broken.push(`broken file: ${name}`);
    }
  }
  return [
    ...temporary.map((name) => `left file: ${name}`),
    ...state
      .filter((name) => !/^leases\.(json|lock\.\d+)$/.test(name))
      .map((name) => `left file: ${name}`),
    ...broken,
  ];
}
