import { type ChildProcess, spawn } from 'node:child_process';
import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import { openLeaseStore } from '../../src/leases/store.ts';
import { portplan } from '../rig/portplan.ts';
import { tempFolder } from '../rig/temp.ts';

const child = fileURLToPath(new URL('plan-child.mjs', import.meta.url));

test('50 processes that ask for 10 ports each at once get 500 different ports, and keep them', async () => {
  await using folder = await tempFolder();
  const state = join(folder.path, 'state');
  const first = await planInAll(folder.path, state, 50);
  expect(new Set(first.flat()).size).toBe(500);
  expect(first.every((ports) => ports.length === 10)).toBe(true);

  const { leases, notes } = await openLeaseStore({ env: { PORTPLAN_STATE_DIR: state } }).read();
  expect(notes).toEqual([]);
  expect(leases.map(({ port }) => port).sort()).toEqual(first.flat().sort());
  expect(await readdir(state)).toHaveLength(3);

  const again = await planInAll(folder.path, state, 5);
  expect(again).toEqual(first.slice(0, 5));
}, 90_000);

test('the program itself: 6 at once, each in its checkout', async () => {
  await using folder = await tempFolder();
  const ask = async (name: string) => {
    const cwd = join(folder.path, name);
    await mkdir(cwd, { recursive: true });
    const env = { XDG_STATE_HOME: join(folder.path, 'state'), DOCKER_HOST: undefined };
    const args = ['plan', '-p', '18080:80', '-p', '15432:5432', '--lease', '--format', 'json'];
    const { stdout } = await portplan(args, { cwd, env, timeoutMs: 60_000 });
    const plan: { assignments: { port: number }[] } = JSON.parse(stdout);
    return plan.assignments.map(({ port }) => port);
  };
  const names = ['a', 'b', 'c', 'd', 'e', 'f'];
  const ports = await Promise.all(names.map(ask));
  expect(new Set(ports.flat()).size).toBe(12);
  expect(await ask('c')).toEqual(ports[2]);
}, 90_000);

/** Starts so many planners in folders of their own, lets them plan at one moment, and gives what each got. */
async function planInAll(
  folder: string,
  state: string,
  count: number,
): Promise<readonly (readonly number[])[]> {
  const planners = await Promise.all(
    Array.from({ length: count }, (_, index) => startPlanner(join(folder, `copy-${index}`), state)),
  );
  for (const { process } of planners) process.stdin?.end('go\n');
  return await Promise.all(planners.map(({ ports }) => ports));
}

async function startPlanner(cwd: string, state: string) {
  await mkdir(cwd, { recursive: true });
  const planner = spawn(process.execPath, [child, state], {
    cwd,
    env: { PATH: process.env.PATH },
    stdio: ['pipe', 'pipe', 'inherit'],
    timeout: 80_000,
    killSignal: 'SIGKILL',
  });
  const lines = createInterface({ input: planner.stdout })[Symbol.asyncIterator]();
  expect((await lines.next()).value).toBe('ready');
  return { process: planner as ChildProcess, ports: lines.next().then(toPorts) };
}

function toPorts({ value, done }: IteratorResult<string, unknown>): readonly number[] {
  if (done) throw new Error('a planner ended without a plan');
  return JSON.parse(value);
}
