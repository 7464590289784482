import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import { portplan } from '../rig/portplan.ts';

/**
 * A folder of fixtures/cases is a case: the program runs in it with the words of `args`, without an engine, and prints
 * `expected.txt`: stdout, stderr behind a line `stderr:`, and the exit code. PORTPLAN_TEST_UPDATE=1 writes what it prints now: read
 * the difference before you commit it.
 */
const cases = fileURLToPath(new URL('../../fixtures/cases', import.meta.url));
const update = process.env.PORTPLAN_TEST_UPDATE === '1';

test.each(readdirSync(cases).map((name) => [name]))('%s', async (name) => {
  const cwd = join(cases, name);
  const args = readFileSync(join(cwd, 'args'), 'utf8').split(/\s+/).filter(Boolean);
  const { code, stdout, stderr } = await portplan(args, { cwd });
  const printed = `${stdout}${stderr === '' ? '' : `stderr:\n${stderr}`}exit code: ${code}\n`;
  const file = join(cwd, 'expected.txt');
  if (update) writeFileSync(file, printed);
  expect(existsSync(file)).toBe(true);
  expect(printed).toBe(readFileSync(file, 'utf8'));
});
