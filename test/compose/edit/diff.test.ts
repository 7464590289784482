import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { formatDiff } from '../../../src/compose/edit/diff.ts';

const numbers = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => `${from + index}\n`).join('');
const nine = numbers(1, 9);

test.each([
  ['a line', 'a\nb\nc\n', 'a\nx\nc\n', '@@ -1,3 +1,3 @@\n a\n-b\n+x\n c\n'],
  [
    'three lines of context',
    nine,
    nine.replace('5', 'x'),
    `@@ -2,7 +2,7 @@\n 2\n 3\n 4\n-5\n+x\n 6\n 7\n 8\n`,
  ],
  [
    'one line',
    'a',
    'b',
    '@@ -1 +1 @@\n-a\n\\ No newline at end of file\n+b\n\\ No newline at end of file\n',
  ],
  ['an added line end', 'a', 'a\n', '@@ -1 +1 @@\n-a\n\\ No newline at end of file\n+a\n'],
  ['an added line', 'a\n', 'a\nb\n', '@@ -1 +1,2 @@\n a\n+b\n'],
  [
    'two hunks',
    numbers(1, 20),
    numbers(1, 20).replace('2\n', 'x\n').replace('18\n', 'y\n'),
    '@@ -1,5 +1,5 @@\n 1\n-2\n+x\n 3\n 4\n 5\n@@ -15,6 +15,6 @@\n 15\n 16\n 17\n-18\n+y\n 19\n 20\n',
  ],
  ['Windows line ends without carriage returns', 'a\r\n', 'b\r\n', '@@ -1 +1 @@\n-a\n+b\n'],
  ['control characters as escapes', 'a\n', '\tb\u001b[2J\n', '@@ -1 +1 @@\n-a\n+\tb\\u{1b}[2J\n'],
])('shows %s', (_name, before, after, hunks) => {
  const edits = [{ path: '/p/sub/a.yaml', before, after }];
  expect(formatDiff(edits, '/p')).toBe(`--- a/sub/a.yaml\n+++ b/sub/a.yaml\n${hunks}`);
});

test.each([
  ['created', undefined, 'a\n', '--- /dev/null\n+++ b/x\n@@ -0,0 +1 @@\n+a\n'],
  ['deleted', 'a\n', undefined, '--- a/x\n+++ /dev/null\n@@ -1 +0,0 @@\n-a\n'],
  ['unchanged', 'a\n', 'a\n', ''],
])('shows a file that is %s', (_name, before, after, expected) => {
  expect(formatDiff([{ path: '/p/x', before, after }], '/p')).toBe(expected);
});

test('shows a diff that applies, with as few lines as possible', () => {
  const lines = fc.array(fc.constantFrom('a\n', 'b\n', 'c\n'), { maxLength: 12 });
  fc.assert(
    fc.property(lines, lines, (before, after) => {
      const diff = formatDiff(
        [{ path: '/p/x', before: before.join(''), after: after.join('') }],
        '/p',
      );
      expect(applyPatch(before, diff)).toEqual(after);
      const changed = diff.split('\n').filter((line) => /^[-+](?![-+])/.test(line)).length;
      expect(changed).toBe(before.length + after.length - 2 * longestCommon(before, after));
    }),
    { numRuns: 500 },
  );
});

/** Applies a unified diff as `patch` does, and checks its context and removed lines. */
function applyPatch(before: readonly string[], diff: string): readonly string[] {
  const after: string[] = [];
  let index = 0;
  for (const line of diff.split(/(?<=\n)/).slice(2)) {
    const [, start, count] = /^@@ -(\d+)(?:,(\d+))? /.exec(line) ?? [];
    const text = line.slice(1);
    if (start !== undefined) {
      const first = Number(start) - (count === '0' ? 0 : 1);
      after.push(...before.slice(index, first));
      index = first;
    } else if (line.startsWith('+')) after.push(text);
    else {
      expect(text).toBe(before[index]);
      if (line.startsWith(' ')) after.push(text);
      index += 1;
    }
  }
  return [...after, ...before.slice(index)];
}

function longestCommon(one: readonly string[], other: readonly string[]): number {
  let row = new Array<number>(other.length + 1).fill(0);
  for (const line of one) {
    const next = [0];
    other.forEach((text, index) => {
      next.push(
        line === text ? (row[index] ?? 0) + 1 : Math.max(row[index + 1] ?? 0, next[index] ?? 0),
      );
    });
    row = next;
  }
  return row.at(-1) ?? 0;
}

test('replaces a text without common lines as a whole, within a second', () => {
  const text = (name: string) => Array.from({ length: 3000 }, (_, index) => `${name}${index}\n`);
  const [before, after] = [text('a'), text('b')];
  const started = performance.now();
  const diff = formatDiff([{ path: '/p/x', before: before.join(''), after: after.join('') }], '/p');
  expect(performance.now() - started).toBeLessThan(1000);
  expect(diff).toContain('@@ -1,3000 +1,3000 @@');
  expect(applyPatch(before, diff)).toEqual(after);
});
