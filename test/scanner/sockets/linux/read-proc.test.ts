import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { expect, test } from '@jest/globals';
import { readBounded } from '../../../../src/scanner/sockets/linux/read-proc.ts';
import { tempFolder } from '../../../rig/temp.ts';

test.each([0, 1, 1023, 1024, 1025, 4095, 4096, 4097, 70_000])('%i bytes', async (size) => {
  const bytes = randomBytes(size);
  await using folder = await tempFolder();
  const file = `${folder.path}/file`;
  await writeFile(file, bytes);
  for (const most of [1, 1024, 3000, 65_536])
    expect(readBounded(file, most)?.equals(bytes.subarray(0, most))).toBe(true);
});

test('a file of /proc, which has no size of its own', () => {
  const text = readBounded('/proc/self/stat')?.toString() ?? '';
  expect(text).toMatch(new RegExp(`^${process.pid} `));
});

test('nothing, where there is none', () => {
  expect(readBounded('/nowhere/file')).toBeUndefined();
});
