import { expect, test } from '@jest/globals';
import { portplan } from '../../rig/portplan.ts';
import { tempFolder } from '../../rig/temp.ts';

const twice = 'services: {a: {image: x, ports: ["1:1"]}, b: {image: x, ports: ["1:1"]}}';

test.each([
  ['before the flags', ['check', '-', '--static']],
  ['after the flags', ['check', '--static', '-']],
  ['after --', ['check', '--static', '--', '-']],
  ['read by yargs', ['check', '--static=true', '-']],
])('check reads the project from stdin: - %s', async (_name, args) => {
  await using folder = await tempFolder({ 'compose.yaml': 'services: {web: {image: x}}' });
  const { code, stdout } = await portplan(args, { cwd: folder.path, input: twice });
  expect(stdout).toContain('[published-twice]');
  expect(code).toBe(1);
});
