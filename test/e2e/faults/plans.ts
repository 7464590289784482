import type { Engine } from '../../rig/engines.ts';
import type { EngineCall, Fate, Interference } from '../../rig/faulty-proxy.ts';
import { holdSocket } from '../../rig/sockets.ts';

/** Engine after a fault: `well` again soon, or `unreachable` until the command has ended. */
type Aftermath = 'well' | 'unreachable';

/** A fault that can be injected at one call. */
export interface FaultPlan {
  readonly name: string;
  /** Calls that the fault applies to. Default: all. */
  readonly only?: RegExp;
  readonly aftermath: Aftermath;
  /** Signal that the fault sends to the command. */
  readonly signal?: NodeJS.Signals;
  /** Whether it takes seconds; a sample has few of these. */
  readonly slow?: boolean;
  /** Whether it stops running containers. */
  readonly endsContainers?: boolean;
  readonly before?: (at: FaultSite) => Promise<Fate>;
  readonly after?: (at: FaultSite) => Promise<Fate>;
  /** Applied to all later calls. */
  readonly later?: (at: FaultSite) => Promise<Fate>;
}

/** One occurrence of a fault. */
export interface FaultSite {
  readonly engine: Engine;
  readonly call: EngineCall;
  /** Time of the fault, as `Date.now()`; ms. */
  readonly since: number;
  readonly kill: (signal: NodeJS.Signals) => void;
  /** Registers what to dispose before the result is evaluated. */
  readonly keep: (held: AsyncDisposable) => void;
}

/** Steps that change the engine's state. */
export const changing = /^(POST|PUT|DELETE)/;
const filling = / \/(containers\/create|commit|images\/create|containers\/ID\/start)$/;
const fullDisk = 'write /var/lib/docker/tmp/x: no space left on device';

const errorResponse = (message: string): Fate => ({
  status: 500,
  body: JSON.stringify({ message }),
});
const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

function signalPlans(signal: NodeJS.Signals, label: string): readonly FaultPlan[] {
  const strike = async ({ kill }: FaultSite): Promise<Fate> => {
    kill(signal);
    await pause(150);
    return 'pass';
  };
  return [
    { name: `${label} before`, aftermath: 'well', signal, before: strike },
    { name: `${label} after`, aftermath: 'well', signal, only: changing, after: strike },
  ];
}

/** All injected faults. */
export const faultPlans: readonly FaultPlan[] = [
  { name: 'cut before', aftermath: 'well', before: async () => 'cut' },
  { name: 'cut after', aftermath: 'well', only: changing, after: async () => 'cut' },
  { name: 'cut in the answer', aftermath: 'well', after: async () => 'cut-answer' },
  { name: 'never answered', aftermath: 'well', signal: 'SIGINT', before: async () => 'silence' },
  {
    ...{ name: 'done, never answered', aftermath: 'well', signal: 'SIGINT', only: changing },
    after: async () => 'silence',
  },
  {
    ...{ name: 'delayed', aftermath: 'well' },
    before: async () => pause(300).then(() => 'pass' as const),
  },
  {
    ...{ name: 'garbled', aftermath: 'well' },
    after: async () => ({ status: 200, body: '<html>{]\u0000 not the response' }),
  },
  {
    ...{ name: 'empty object', aftermath: 'well' },
    after: async () => ({ status: 200, body: '{}' }),
  },
  {
    name: 'HTTP 500',
    aftermath: 'well',
    before: async () => errorResponse('something went wrong'),
  },
  {
    ...{ name: 'done, HTTP 500', aftermath: 'well', only: changing },
    after: async () => errorResponse('something went wrong'),
  },
  {
    name: 'disk full',
    aftermath: 'well',
    only: filling,
    before: async () => errorResponse(fullDisk),
  },
  {
    ...{ name: 'gone for good', aftermath: 'unreachable', slow: true },
    before: async () => 'cut',
    later: async () => 'cut',
  },
  {
    ...{ name: 'done, gone for good', aftermath: 'unreachable', only: changing, slow: true },
    after: async () => 'cut',
    later: async () => 'cut',
  },
  {
    ...{ name: 'away for 2 s', aftermath: 'well', only: changing, slow: true },
    after: async () => 'cut',
    later: async ({ since }) => (Date.now() - since < 2000 ? 'cut' : 'pass'),
  },
  {
    ...{ name: 'hangs for good', aftermath: 'unreachable', only: changing, slow: true },
    before: async () => 'silence',
    later: async () => 'silence',
  },
  {
    ...{ name: 'paused for 3 s', aftermath: 'well', only: changing, slow: true },
    before: async ({ engine, keep }) => {
      await engine.pause();
      const resumed = pause(3000).then(() => engine.resume());
      keep({ [Symbol.asyncDispose]: () => resumed });
      return 'pass';
    },
  },
  {
    ...{ name: 'port taken', aftermath: 'well', only: /\/start$/ },
    before: async (at) => takePort(at).then(() => 'pass' as const),
  },
  ...signalPlans('SIGINT', 'Ctrl-C'),
  ...signalPlans('SIGTERM', 'SIGTERM'),
  {
    ...{ name: 'engine restarted', aftermath: 'well', only: / \/containers\/(create|ID\/start)$/ },
    ...{ slow: true, endsContainers: true },
    after: async ({ engine }) => {
      await engine.restart();
      return 'cut';
    },
  },
  {
    ...{ name: 'engine killed', aftermath: 'unreachable', slow: true, endsContainers: true },
    only: / \/containers\/(create|ID\/start)$/,
    after: async ({ engine, keep }) => {
      await engine.kill();
      keep({ [Symbol.asyncDispose]: () => engine.restart() });
      return 'cut';
    },
  },
];

/** Listens on the ports of the container that is about to start. */
async function takePort({ engine, call, keep }: FaultSite): Promise<void> {
  const id = /containers\/([^/]+)\/start/.exec(call.path)?.[1];
  const { json } = await engine.api<{
    HostConfig: {
      PortBindings: Readonly<Record<string, readonly { readonly HostPort: string }[]>>;
    };
  }>('GET', `/containers/${id}/json`);
  for (const [{ HostPort: port } = { HostPort: '' }] of Object.values(
    json.HostConfig.PortBindings ?? {},
  )) {
    const request = { protocol: 'tcp', state: 'listen', address: '127.0.0.1' } as const;
    const held = await holdSocket({ ...request, network: engine, port: Number(port) }).catch(
      () => undefined,
    );
    if (held !== undefined) keep(held);
  }
}

/** Applies a plan at the nth call of a step; `struckAt` returns when it did, or `undefined`. */
export function interfere(
  plan: FaultPlan,
  target: { readonly step: string; readonly nth: number },
  site: Omit<FaultSite, 'call' | 'since'>,
): Interference & { readonly struckAt: () => number | undefined } {
  let since: number | undefined;
  let inAnswer = false;
  const isTarget = (call: EngineCall) => call.step === target.step && call.nth === target.nth;
  const at = (call: EngineCall): FaultSite => ({ ...site, call, since: since ?? Date.now() });
  return {
    struckAt: () => since,
    async before(call) {
      if (isTarget(call) && plan.before !== undefined) {
        since = Date.now();
        return plan.before(at(call));
      }
      const isLater = since !== undefined && !isTarget(call);
      return isLater ? ((await plan.later?.(at(call))) ?? 'pass') : 'pass';
    },
    async after(call) {
      if (!isTarget(call) || plan.after === undefined || inAnswer) return 'pass';
      inAnswer = true;
      since = Date.now();
      return plan.after(at(call));
    },
  };
}
