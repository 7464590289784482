import { expect, test } from '@jest/globals';
import { runCommand } from '../../../src/scanner/sockets/run-command.ts';

const node = process.execPath;

test('what a program prints, in the C locale', async () => {
  expect(await runCommand(node, ['-p', 'process.env.LC_ALL + " ü"'])).toBe('C ü\n');
});

test('arguments are arguments, whatever is in them', async () => {
  const args = ['-p', 'process.argv[1]', '$(id); "x" `y` *'];
  expect(await runCommand(node, args)).toBe(`${args[2]}\n`);
});

test('a program that fails after it has printed is taken at its word', async () => {
  const script = 'console.log("some"); process.exitCode = 1';
  expect(await runCommand(node, ['-e', script])).toBe('some\n');
});

test.each([
  ['that is missing', '/does/not/exist', []],
  ['that fails and prints nothing', node, ['-e', 'process.exitCode = 1']],
])('a program %s', async (_, file, args) => {
  await expect(runCommand(file, args)).rejects.toThrow();
});
