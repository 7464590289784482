import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { expect, test } from '@jest/globals';
import { readBounded } from '../../../../src/scanner/sockets/linux/read-proc.ts';
import { tempFolder } from '../../../rig/temp.ts';

test.each([0, 1, 1023, 1024, 1025, 4095, 4096, 4097, 70_000])(
  'reads a file of %i bytes',
  async (size) => {
    const bytes = randomBytes(size);
    await using folder = await tempFolder();
    const file = `${folder.path}/file`;
    await writeFile(file, bytes);
    for (const most of [1, 1024, 3000, 65_536])
      expect(readBounded(file, most)?.equals(bytes.subarray(0, most))).toBe(true);
  },
);

test('reads a file of /proc, whose size is 0', () => {
  const text = readBounded('/proc/self/stat')?.toString() ?? '';
  expect(text).toMatch(new RegExp(`^${process.pid} `));
});

test('returns undefined for a missing file', () => {
  expect(readBounded('/nowhere/file')).toBeUndefined();
});
