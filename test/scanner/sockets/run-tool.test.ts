import { expect, test } from '@jest/globals';
import { runTool } from '../../../src/scanner/sockets/run-tool.ts';

const node = process.execPath;

test('returns the output of a program, in the C locale', async () => {
  expect(await runTool(node, ['-p', 'process.env.LC_ALL + " ü"'])).toBe('C ü\n');
});

test('passes arguments unchanged, without a shell', async () => {
  const args = ['-p', 'process.argv[1]', '$(id); "x" `y` *'];
  expect(await runTool(node, args)).toBe(`${args[2]}\n`);
});

test('returns the output of a program that fails after it printed', async () => {
  const script = 'console.log("some"); process.exitCode = 1';
  expect(await runTool(node, ['-e', script])).toBe('some\n');
});

test.each([
  ['that is missing', '/does/not/exist', []],
  ['that fails and prints nothing', node, ['-e', 'process.exitCode = 1']],
])('returns no output of a program that %s', async (_, file, args) => {
  await expect(runTool(file, args)).rejects.toThrow();
});
