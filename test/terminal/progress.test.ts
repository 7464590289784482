import { PassThrough } from 'node:stream';
import { expect, test } from '@jest/globals';
import { createProgressDisplay } from '../../src/terminal/progress.ts';

/** Returns the output if a step is reported every 60 ms for this time. */
function shown(milliseconds: number, { isTTY = true, quiet = false } = {}): string {
  const stream = Object.assign(new PassThrough(), { isTTY });
  let time = 5000;
  const { onProgress, end } = createProgressDisplay(stream, { quiet, now: () => time });
  for (let done = 1; time < 5000 + milliseconds; done += 1) {
    time += 60;
    onProgress?.({ of: 'files', done, total: 100 });
  }
  end();
  return String(stream.read() ?? '');
}

test('says nothing in the first second, nor anywhere but on a terminal, nor with --quiet', () => {
  expect(shown(900)).toBe('');
  expect(shown(3000, { isTTY: false })).toBe('');
  expect(shown(3000, { quiet: true })).toBe('');
});

test('then updates one line at most ten times a second, and clears it', () => {
  const lines = shown(2000).split('\r\u001b[K');
  expect(lines[0]).toBe('');
  expect(lines.at(-1)).toBe('');
  expect(lines.length - 2).toBeGreaterThan(5);
  expect(lines.length - 2).toBeLessThanOrEqual(10);
  expect(lines[1]).toBe('reading files  17 of 100');
});
