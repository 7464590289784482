import type { Engine } from '../../rig/engines.ts';
import { portplan } from '../../rig/portplan.ts';
import {
  createContainer,
  pullImage,
  removeContainer,
  type StartOutcome,
  startContainer,
} from './containers.ts';
import { createHostState, type HostState } from './host-state.ts';
import { type CheckOutput, type Judgement, judge } from './judge.ts';
import { createRandom, type Random } from './random.ts';
import { formatWanted, randomWanted, type Wanted } from './wanted.ts';

export interface Plan {
  readonly seed: number;
  readonly rounds: number;
}

/** How often the program and the engine agreed, and where they did not. */
export interface Tally {
  readonly clear: number;
  readonly conflict: number;
  readonly possible: number;
  /** All that is needed to reproduce each case. */
  readonly disagreements: readonly string[];
}

/** A state is expensive to create and cheap to check again. */
const roundsPerState = 6;
/** States that exist at the same time, each on its own ports: one is checked while another starts containers. */
const lanes = 2;

/**
 * Creates random host states, checks random publishes, and starts a container with them. The
 * n-th state has the seed `seed + n`: to reproduce it, set that seed and the number of rounds of one state.
 */
export async function runRounds(engine: Engine, { seed, rounds }: Plan): Promise<Tally> {
  await pullImage(engine);
  const tally = { clear: 0, conflict: 0, possible: 0, disagreements: [] as string[] };
  const states = Array.from({ length: Math.ceil(rounds / roundsPerState) }, (_, index) => index);
  const work = async (): Promise<void> => {
    for (let index = states.shift(); index !== undefined; index = states.shift()) {
      const count = Math.min(roundsPerState, rounds - index * roundsPerState);
      for (const { verdict, report } of await runState(engine, seed + index, count)) {
        tally[verdict] += 1;
        if (report !== undefined) tally.disagreements.push(report);
      }
    }
  };
  await Promise.all(Array.from({ length: lanes }, work));
  return tally;
}

interface RoundResult {
  readonly verdict: Judgement['verdict'];
  /** Where program and engine disagree: all that is needed to reproduce the case. */
  readonly report?: string;
}

async function runState(
  engine: Engine,
  seed: number,
  rounds: number,
): Promise<readonly RoundResult[]> {
  const random = createRandom(seed);
  const results: RoundResult[] = [];
  const names = (role: string): string => `${role}-${seed}`;
  await using host = await createHostState(engine, random, { ports: portsOf(seed), names });
  for (let round = 1; round <= rounds; round += 1) {
    const { verdict, faults, details } = await runRound(engine, random, host, names('newcomer'));
    const place = `${engine.name}, seed ${seed}, round ${round}`;
    const report = [place, ...faults.map((fault) => `FAULT: ${fault}`), ...details].join('\n');
    results.push(faults.length > 0 ? { verdict, report } : { verdict });
  }
  return results;
}

const portsPerState = 3;
const [lowPorts, ephemeralPorts] = [20_000, 40_000];

/**
 * The ports of a state. Adjacent states share none, because closed connections stay for a minute (TIME_WAIT). Every
 * other state uses the ephemeral range.
 */
function portsOf(state: number): readonly number[] {
  const start = state % 2 === 0 ? lowPorts : ephemeralPorts;
  const first = start + (Math.floor(state / 2) % 2000) * portsPerState;
  return Array.from({ length: portsPerState }, (_, index) => first + index);
}

async function runRound(
  engine: Engine,
  random: Random,
  host: HostState,
  newcomer: string,
): Promise<Judgement & { readonly details: readonly string[] }> {
  const wanted = randomWanted(random, host.ports);
  const args = ['check', ...wanted.flatMap((one) => ['-p', formatWanted(one)]), '--format', 'json'];
  const checked = await portplan(args, { engine });
  const outcome = await tryStart(engine, newcomer, wanted);
  const output = parseOutput(checked.stdout, checked.stderr);
  const judgement = judge({
    exitCode: checked.code,
    output,
    outcome,
    obstacles: host.obstacles,
    poolsAreUnknowable: engine.name === 'moby-20',
  });
  const details = [
    ...host.obstacles.map(({ description }) => `held: ${description}`),
    ...host.bystanders.map((description) => `idle: ${description}`),
    `asked: portplan ${args.join(' ')}`,
    `engine: ${outcome.kind === 'started' ? 'started it' : outcome.message}`,
    `portplan: ${JSON.stringify(output.verdict)}`,
    ...output.conflicts.map((conflict) => `  ${JSON.stringify(conflict)}`),
  ];
  return { ...judgement, details };
}

async function tryStart(
  engine: Engine,
  name: string,
  wanted: readonly Wanted[],
): Promise<StartOutcome> {
  try {
    const created = await createContainer(engine, name, wanted);
    return created.kind === 'refused' ? created : await startContainer(engine, name, wanted);
  } finally {
    await removeContainer(engine, name);
  }
}

function parseOutput(stdout: string, stderr: string): CheckOutput {
  try {
    return JSON.parse(stdout) as CheckOutput;
  } catch (cause) {
    throw new Error(`portplan wrote no JSON\nstdout: ${stdout}\nstderr: ${stderr}`, { cause });
  }
}
