import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { readTextFile } from '../../../src/engine/connect/config-file.ts';

async function fileWith(content: string | Buffer) {
  const folder = await mkdtemp(join(tmpdir(), 'portplan-text-'));
  const file = join(folder, 'file');
  await writeFile(file, content);
  return { folder, file, [Symbol.asyncDispose]: () => rm(folder, { recursive: true }) };
}

test.each([
  ['text', 'A=ü\n', 'A=ü\n'],
  ['a byte order mark', '\uFEFFA=1', 'A=1'],
  ['an empty file', '', ''],
])('reads %s', async (_, content, expected) => {
  await using text = await fileWith(content);
  expect(await readTextFile(text.file)).toBe(expected);
});

test.each([
  ['is not UTF-8', Buffer.from([0x41, 0xff]), {}, 'is not UTF-8 text'],
  ['is too large', 'x'.repeat(11), { maxBytes: 10 }, 'is larger than 10 bytes'],
])('rejects a file that %s', async (_, content, options, message) => {
  await using text = await fileWith(content);
  await expect(readTextFile(text.file, options)).rejects.toMatchObject({
    code: 'invalid-input',
    message: expect.stringContaining(message),
  });
});

test('throws the error of the system for a missing file', async () => {
  await expect(readTextFile('/nowhere/at/all')).rejects.toMatchObject({ code: 'ENOENT' });
});

const testOnUnix = process.platform === 'win32' ? test.skip : test;

testOnUnix('reads a pipe, as in <(…)', async () => {
  await using text = await fileWith('A=1');
  const pipe = join(text.folder, 'pipe');
  execFileSync('mkfifo', [pipe]);
  const [content] = await Promise.all([readTextFile(pipe), writeFile(pipe, 'B=2')]);
  expect(content).toBe('B=2');
});
