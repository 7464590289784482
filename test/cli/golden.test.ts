import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, jest, test } from '@jest/globals';
import { fakeEngine } from '../rig/fake-engine.ts';
import { portplan } from '../rig/portplan.ts';

/**
 * A folder of fixtures/cases is a case: the program runs in it with the words of `args` and prints `expected.txt`: stdout,
 * stderr behind a line `stderr:`, and the exit code; how long something has run is `N days`. `engine.json`, if it is there, is what an engine on another host
 * answers, by path; else no engine answers. PORTPLAN_TEST_UPDATE=1 writes what it prints now: read the difference before
 * you commit it.
 */
const cases = fileURLToPath(new URL('../../fixtures/cases', import.meta.url));
// A start of node takes its time on a busy machine.
jest.setTimeout(30_000);

const update = process.env.PORTPLAN_TEST_UPDATE === '1';

test.each(readdirSync(cases).map((name) => [name]))('%s', async (name) => {
  const cwd = join(cases, name);
  const args = readFileSync(join(cwd, 'args'), 'utf8').split(/\s+/).filter(Boolean);
  await using engine = await engineOf(cwd);
  const dockerHost = engine?.dockerHost ?? 'unix:///nowhere/engine.sock';
  const env = { DOCKER_HOST: dockerHost, DOCKER_CONFIG: join(cwd, 'docker') };
  const { code, stdout, stderr } = await portplan(args, { cwd, env });
  const text = `${stdout}${stderr === '' ? '' : `stderr:\n${stderr}`}exit code: ${code}\n`;
  const printed = text
    .replaceAll(dockerHost, 'unix:///engine.sock')
    .replaceAll(cwd, '.')
    .replaceAll(/ UTC \(\d+ days\)/g, ' UTC (N days)');
  const file = join(cwd, 'expected.txt');
  if (update) writeFileSync(file, printed);
  expect(existsSync(file)).toBe(true);
  expect(printed).toBe(readFileSync(file, 'utf8'));
});

async function engineOf(folder: string) {
  const file = join(folder, 'engine.json');
  return existsSync(file) ? await fakeEngine(JSON.parse(readFileSync(file, 'utf8'))) : undefined;
}
