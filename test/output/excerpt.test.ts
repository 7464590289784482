import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type ExcerptPlace, renderExcerpt } from '../../src/output/excerpt.ts';
import { createLineOf } from '../../src/output/source-lines.ts';
import { plainStyle } from '../../src/output/style.ts';
import { displayWidth } from '../../src/output/wrap.ts';
import { at, hostileText } from './fixture.ts';

function excerpt(text: string, places: readonly ExcerptPlace[], width = 80): readonly string[] {
  const lineOf = createLineOf((file) => (file === 'compose.yaml' ? text : undefined));
  return renderExcerpt(places, {
    lineOf,
    width,
    style: plainStyle,
    paint: (mark) => mark,
  });
}

test('shows a place with its line and a mark', () => {
  expect(excerpt('ports:\n  - "8080:80" # web', [{ location: at(2, 5) }])).toEqual([
    ' --> compose.yaml:2:5',
    '2 |   - "8080:80" # web',
    '  |     ^^^^^^^^^',
  ]);
});

test('aligns two places with line numbers of different length', () => {
  const text = `a:\n  - 80:80\n${'\n'.repeat(8)}  - "80:81"`;
  const places = [
    { location: at(11, 5), label: 'service b' },
    { location: at(2, 5), label: 'service a' },
  ];
  expect(excerpt(text, places)).toEqual([
    '  --> compose.yaml:11:5',
    '11 |   - "80:81"',
    '   |     ^^^^^^^ service b',
    '  ::: compose.yaml:2:5',
    ' 2 |   - 80:80',
    '   |     ----- service a',
  ]);
});

test.each([
  ['an unknown file', at(3, 5, '-'), ' --> -:3:5 (service web)'],
  ['a line after the end of the file', at(9, 5), ' --> compose.yaml:9:5 (service web)'],
  ['a column after the end of the line', at(1, 50), ' --> compose.yaml:1:50 (service web)'],
])('shows only the name of %s', (_, location, expected) => {
  expect(excerpt('80:80', [{ location, label: 'service web' }])).toEqual([expected]);
});

describe('the mark is under the entry', () => {
  test.each([
    ['tabs', '\t- 80:80\t# a', '80:80', '        - 80:80'.length - '    - 80:80'.length + 2],
    ['wide characters', '表示: [80:80]', '80:80', '表示: ['.length + 2],
    ['emoji', '😀: [80:80]', '80:80', 5],
    ['combining characters', 'e\u0301: [80:80]', '80:80', 4],
    ['control characters', '\u001b[1m: [80:80]', '80:80', '\\u{1b}[1m: ['.length],
  ])('after %s', (_, line, entry, column) => {
    const [, shown = '', mark = ''] = excerpt(line, [{ location: at(1, line.indexOf(entry) + 1) }]);
    expect(mark).toBe(`  | ${' '.repeat(column)}^^^^^`);
    expect(displayWidth(shown.slice(0, shown.indexOf(entry)))).toBe(column + 4);
  });

  test('with wide characters', () => {
    expect(excerpt('- "表:80"', [{ location: at(1, 3) }])[2]).toBe('  |   ^^^^^^^');
  });
});

describe('a long line is cut around the entry', () => {
  test.each([
    ['at the start', 0, 60],
    ['in the middle', 100, 100],
    ['at the end', 100, 0],
  ])('%s', (_, before, behind) => {
    const line = `${'a'.repeat(before)}, 80:80, ${'a'.repeat(behind)}`;
    const [, shown = '', mark = ''] = excerpt(line, [{ location: at(1, before + 3) }], 30);
    expect(shown.length).toBeLessThanOrEqual(30);
    const start = mark.indexOf('^');
    expect(shown.slice(start, start + 5)).toBe('80:80');
    expect(shown.includes('…')).toBe(true);
  });

  test('reads only the part near the entry', () => {
    const line = `${'a'.repeat(5_000_000)}, 80:80`;
    const [, shown = ''] = excerpt(line, [{ location: at(1, 5_000_003) }], 40);
    expect(shown).toMatch(/^1 \| …a+, 80:80$/);
  });

  test('cuts a long entry too', () => {
    const [, shown = '', mark = ''] = excerpt(`"${'a'.repeat(300)}"`, [{ location: at(1, 1) }], 40);
    expect(shown).toMatch(/^1 \| "a+…$/);
    expect(mark).toMatch(/^ {2}\| \^+$/);
    expect(Math.max(shown.length, mark.length)).toBeLessThanOrEqual(40);
  });
});

test('a label that does not fit gets its own line', () => {
  const line = `${'a'.repeat(20)} "80:80"`;
  const places = [{ location: at(1, 22), label: 'service of-a-long-name' }];
  expect(excerpt(line, places, 40)).toEqual([
    ' --> compose.yaml:1:22',
    `1 | ${line}`,
    `  | ${' '.repeat(21)}^^^^^^^`,
    '  | service of-a-long-name',
  ]);
});

test('no file content makes a line too long or adds a character that a terminal interprets', () => {
  const place = fc.record({ column: fc.integer({ min: 1, max: 60 }), label: hostileText });
  fc.assert(
    fc.property(hostileText, hostileText, place, (before, after, { column, label }) => {
      const text = `${before}"80:80"${after}`;
      const lines = excerpt(text, [{ location: at(1, column), label }], 50);
      for (const line of lines.slice(1)) {
        expect(line).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/u);
        expect(displayWidth(line)).toBeLessThanOrEqual(50);
      }
    }),
  );
});
