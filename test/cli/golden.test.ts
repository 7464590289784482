import { readdirSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { fakeEngine } from '../rig/fake-engine.ts';
import { portplan } from '../rig/portplan.ts';

/**
 * Each folder of fixtures/cases is a call of the program: `args` holds its arguments, parted by blanks, and the call is
 * made in the folder. `engine.json`, if there is one, is what an engine on another host answers, by path; without it no
 * engine answers. `expected.txt` is all that is printed, and the exit code.
 * PORTPLAN_UPDATE_CASES=1 writes expected.txt anew: read the difference before you commit it.
 */
const folder = fileURLToPath(new URL('../../fixtures/cases', import.meta.url));
const isUpdate = process.env.PORTPLAN_UPDATE_CASES !== undefined;

describe('every case prints what is expected', () => {
  test.each(readdirSync(folder).sort())('%s', async (name) => {
    const file = `${folder}/${name}/expected.txt`;
    const printed = await runCase(`${folder}/${name}`);
    if (isUpdate) await writeFile(file, printed);

    expect(printed).toBe(await readFile(file, 'utf8'));
  });
});

async function runCase(cwd: string): Promise<string> {
  const args = (await readFile(`${cwd}/args`, 'utf8')).trim().split(/\s+/);
  const routes = await readFile(`${cwd}/engine.json`, 'utf8').catch(() => undefined);
  await using engine = routes === undefined ? undefined : await fakeEngine(JSON.parse(routes));
  const dockerHost = engine?.dockerHost ?? 'unix:///nowhere/engine.sock';
  const env = { DOCKER_HOST: dockerHost, DOCKER_CONFIG: `${cwd}/docker` };
  const { code, stdout, stderr } = await portplan(args, { cwd, env });
  const text = `${stdout}${stderr === '' ? '' : `--- stderr\n${stderr}`}--- exit code ${code}\n`;
  return text.replaceAll(dockerHost, 'unix:///engine.sock').replaceAll(cwd, '.');
}
