import { expect, test } from '@jest/globals';
import { portplan } from '../rig/portplan.ts';
import { tempFolder } from '../rig/temp.ts';

/** Code that Node loads before the program, so that the program meets an exception that no code catches. */
const crashes = [
  ['an exception', 'setImmediate(() => { throw new Error("boom"); });'],
  [
    'a rejection that nothing awaits',
    'setImmediate(() => { Promise.reject(new Error("boom")); });',
  ],
  ['a thrown value that is no error', 'setImmediate(() => { throw "boom"; });'],
] as const;

test.each(crashes)('%s ends with 4, not with 1 as a conflict does', async (_name, code) => {
  await using folder = await tempFolder({ 'crash.cjs': code });
  const nodeArgs = ['--require', `${folder.path}/crash.cjs`];
  const { code: exit, stdout, stderr } = await portplan(['check', '9'], { nodeArgs });
  expect(exit).toBe(4);
  expect(stderr).toContain('internal error, please report it');
  expect(stderr).toContain('boom');
  expect(stdout).toBe('');
});

test('an exception is JSON where JSON is requested', async () => {
  await using folder = await tempFolder({ 'crash.cjs': crashes[0][1] });
  const nodeArgs = ['--require', `${folder.path}/crash.cjs`];
  const { code, stdout } = await portplan(['check', '9', '--format', 'json'], { nodeArgs });
  expect(code).toBe(4);
  expect(JSON.parse(stdout)).toMatchObject({
    schemaVersion: 1,
    command: 'check',
    error: { code: 'internal-error', message: 'boom' },
  });
});
