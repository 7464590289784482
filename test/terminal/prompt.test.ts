import { PassThrough } from 'node:stream';
import { expect, test } from '@jest/globals';
import type { Io } from '../../src/terminal/io.ts';
import { createPrompt } from '../../src/terminal/prompt.ts';

/** Asks a question on a terminal in which the user types `keys`; returns the answer and the printed text. */
async function ask(keys: string) {
  const terminal = () => Object.assign(new PassThrough(), { isTTY: true, columns: 80 });
  const stdin = Object.assign(terminal(), { setRawMode: () => {} });
  const output = terminal();
  let printed = '';
  output.on('data', (data: Buffer) => {
    printed += data;
    if (printed.endsWith('[y/N] ')) return;
    // readline moves the cursor after it has printed the question.
    if (printed.includes('[y/N] ') && !stdin.writableEnded) stdin.end(keys);
  });
  const stderr = {
    isTTY: true,
    write: (text: string) => output.write(text),
    asNodeStream: () => output,
  };
  const io: Pick<Io, 'stdin' | 'stderr'> = { stdin, stderr };
  return { answer: await createPrompt(io)('Continue?'), printed };
}

test.each([
  ['y\r', true],
  ['yes\r', true],
  ['Y\r', true],
  ['n\r', false],
  ['\r', false],
  ['yo\r', false],
])('%j answers %s', async (keys, answer) => {
  expect(await ask(keys)).toMatchObject({ answer });
});

test('Ctrl-D answers no, and ends the line', async () => {
  const { answer, printed } = await ask('\u0004');
  expect(answer).toBe(false);
  expect(printed).toMatch(/\n$/);
});

test('Ctrl-C ends with 130', async () => {
  await expect(ask('\u0003')).rejects.toMatchObject({
    code: 'interrupted',
    reason: 'prompt',
    exitCode: 130,
  });
});
