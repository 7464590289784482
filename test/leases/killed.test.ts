import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import { openLeaseStore } from '../../src/leases/store.ts';
import { tempFolder } from '../rig/temp.ts';

const child = fileURLToPath(new URL('keep-child.mjs', import.meta.url));
const projects = ['one', 'two', 'three', 'four'];
const killsEach = 50;
const keys = 10;

test('killed 200 times at random moments: always readable, and nothing confirmed is lost', async () => {
  await using folder = await tempFolder();
  const runs = await Promise.all(projects.map((project) => killAgain(folder.path, project)));
  const confirmed = runs.reduce((sum, run) => sum + run.confirmed, 0);
  const holding = runs.reduce((sum, run) => sum + run.killedWhileHolding, 0);
  // Else the test would not show anything.
  expect(confirmed).toBeGreaterThan(200);
  expect(holding).toBeGreaterThan(5);
  const left = (await readdir(folder.path)).filter((name) => name.startsWith('leases.json'));
  await openLeaseStore({ env: { PORTPLAN_STATE_DIR: folder.path } }).update((leases) => [
    ...leases,
  ]);
  expect(left.filter((name) => name.includes('damaged'))).toEqual([]);
}, 240_000);

/** Lets a process give ports to a project and kills it, time after time, while others do the same in the same folder. */
async function killAgain(folder: string, project: string) {
  const store = openLeaseStore({ env: { PORTPLAN_STATE_DIR: folder } });
  let next = 1;
  let killedWhileHolding = 0;
  for (let kill = 0; kill < killsEach; kill += 1) {
    const { confirmed, pid } = await keepUntilKilled(folder, project, next);
    if ((await latestOwner(folder)).startsWith(`${pid}\n`)) killedWhileHolding += 1;
    const { leases, notes } = await store.read();
    expect(notes).toEqual([]);
    const ports = new Map(
      leases.filter((lease) => lease.project === project).map(({ target, port }) => [target, port]),
    );
    for (let port = Math.max(1, confirmed - keys + 1); port <= confirmed; port += 1) {
      // The last one that was not confirmed may be there, or not.
      const kept = ports.get(port % keys) ?? 0;
      if (port > confirmed + 1 - keys || kept !== confirmed + 1) expect(kept).toBe(port);
    }
    next = confirmed + 1;
  }
  return { confirmed: next - 1, killedWhileHolding };
}

async function keepUntilKilled(folder: string, project: string, first: number) {
  const keeper = spawn(process.execPath, [child, folder, project, `${first}`], {
    env: { PATH: process.env.PATH },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let text = '';
  keeper.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
  });
  const closed = once(keeper, 'close');
  await Promise.race([once(keeper.stdout, 'data'), closed, sleep(20_000)]);
  await sleep(Math.random() * 40);
  keeper.kill('SIGKILL');
  await closed;
  const confirmed = text.split('\n').slice(0, -1).map(Number).at(-1) ?? first - 1;
  return { confirmed, pid: keeper.pid };
}

async function latestOwner(folder: string): Promise<string> {
  const turns = (await readdir(folder)).flatMap((name) => {
    const turn = /^leases\.lock\.(\d+)$/.exec(name)?.[1];
    return turn === undefined ? [] : [Number(turn)];
  });
  return await readFile(join(folder, `leases.lock.${Math.max(...turns)}`), 'utf8').catch(() => '');
}
