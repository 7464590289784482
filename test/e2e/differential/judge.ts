import type { StartOutcome } from './containers.ts';
import type { Obstacle } from './host-state.ts';

/** The fields of `portplan check --format json` that are compared. */
export interface CheckOutput {
  readonly verdict: 'clear' | 'conflict' | 'unknown';
  readonly conflicts: readonly CheckConflict[];
}

interface CheckConflict {
  readonly code: string;
  readonly severity: 'error' | 'warning';
  readonly certainty: 'certain' | 'possible';
  readonly publish: { readonly published: string; readonly protocol: string };
  readonly endpoint?: { readonly port: number; readonly protocol: string };
  readonly holder?: NamedHolder;
  readonly holders?: readonly {
    readonly port: number;
    readonly protocol: string;
    readonly holder: NamedHolder;
  }[];
}

interface NamedHolder {
  readonly kind: string;
  readonly name?: string;
  readonly pid?: number;
}

export interface Round {
  readonly exitCode: number | null;
  readonly output: CheckOutput;
  readonly outcome: StartOutcome;
  readonly obstacles: readonly Obstacle[];
  /** Whether the port that the engine takes from a pool cannot be predicted. */
  readonly poolsAreUnknowable: boolean;
}

export interface Judgement {
  readonly verdict: 'clear' | 'conflict' | 'possible';
  /** What is wrong with the verdict; `undefined` if it is right. */
  readonly faults: readonly string[];
}

const exitCodes = { clear: 0, conflict: 1, unknown: 3 } as const;

/** Compares the verdict with what the engine did, and the reported holders with the real ones. */
export function judge({ exitCode, output, outcome, ...round }: Round): Judgement {
  const isPossible =
    output.verdict === 'clear' &&
    output.conflicts.some(({ certainty }) => certainty === 'possible');
  const expected = outcome.kind === 'started' ? 'clear' : 'conflict';
  const faults = [
    ...(exitCode === exitCodes[output.verdict] ? [] : [`exit code ${exitCode}`]),
    ...(isPossible
      ? possibleFaults(output, round)
      : output.verdict === expected
        ? []
        : [`the verdict is ${output.verdict}, and the container ${verbs[outcome.kind]}`]),
    ...portFaults(output, outcome),
    ...output.conflicts.flatMap((conflict) => holderFaults(conflict, round.obstacles)),
  ];
  return { verdict: isPossible ? 'possible' : expected, faults };
}

const verbs = { started: 'started', refused: 'was refused' } as const;

function possibleFaults(
  { conflicts }: CheckOutput,
  { poolsAreUnknowable }: Pick<Round, 'poolsAreUnknowable'>,
): readonly string[] {
  return conflicts
    .filter(({ code }) => !(poolsAreUnknowable && code === 'pool-exhausted'))
    .map(({ code }) => `${code} is only possible, and could have been known`);
}

/** The port that the engine could not bind must be one that the program reported. */
function portFaults({ verdict, conflicts }: CheckOutput, outcome: StartOutcome): readonly string[] {
  if (outcome.kind !== 'refused' || verdict !== 'conflict') return [];
  const port = refusedPort(outcome.message);
  if (port === undefined) return [];
  const named = conflicts.some(({ publish }) => includesPort(publish.published, port));
  return named ? [] : [`the engine could not have ${port}, and no conflict is about it`];
}

function refusedPort(message: string): number | undefined {
  const digits =
    /Bind for .*:(\d+) failed/.exec(message) ??
    /failed to bind host port (?:(\d+) )?for \S+?:(\d+)(?:-\d+)?:(?:\d|\[)/.exec(message) ??
    /listen (?:tcp|udp)[46]? \S*?:(\d+): bind/.exec(message);
  const text = digits?.slice(1).find((group) => group !== undefined);
  return text === undefined ? undefined : Number(text);
}

function includesPort(published: string, port: number): boolean {
  if (published === '') return true; // whichever the engine chose
  const [first = Number.NaN, last = first] = published.split('-').map(Number);
  return first <= port && port <= last;
}

/** Each reported holder must hold the port for which it is reported. */
function holderFaults(conflict: CheckConflict, obstacles: readonly Obstacle[]): readonly string[] {
  const { code, endpoint, holder, holders } = conflict;
  const reported = [
    ...(code === 'port-in-use' && endpoint && holder ? [{ ...endpoint, holder }] : []),
    ...(holders ?? []),
  ];
  return reported.flatMap(({ port, protocol, holder: named }) => {
    const there = obstacles.filter(({ ports }) => ports.includes(`${port}/${protocol}`));
    if (there.some((obstacle) => isNamed(obstacle, named))) return [];
    const expected = there.map(({ description }) => description).join(' or ') || 'no holder';
    return [`${port}/${protocol} is held by ${expected}, not by ${JSON.stringify(named)}`];
  });
}

function isNamed({ named }: Obstacle, holder: NamedHolder): boolean {
  switch (named.kind) {
    case 'container':
      return holder.kind === 'container' && holder.name === named.name;
    case 'process':
      return holder.kind === 'process' && holder.pid === named.pid;
    case 'ended-connection':
      return holder.kind === 'process' && holder.pid === undefined;
    case 'unseen':
      return holder.kind === 'unseen';
    default:
      return named satisfies never;
  }
}
