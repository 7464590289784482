import { expect, test } from '@jest/globals';
import {
  array,
  assert,
  constantFrom,
  integer,
  oneof,
  option,
  property,
  string,
  tuple,
} from 'fast-check';
import { layOutPlain } from '../../src/output/ascii-table.ts';
import { colorStyle, plainStyle } from '../../src/output/style.ts';
import { layOut, renderTable } from '../../src/output/table.ts';

const cell = oneof(
  { weight: 8, arbitrary: constantFrom('8080/tcp', '127.0.0.1', 'web (nginx:1.25)', 'a  b', '-') },
  { weight: 2, arbitrary: string({ minLength: 1, maxLength: 30 }) },
  {
    weight: 1,
    arbitrary: constantFrom('', ' ', 'é', '日本', 'x '.repeat(30), 'a\nb', '\u001b[1mx'),
  },
);
const table = integer({ min: 1, max: 5 }).chain((columns) =>
  tuple(
    array(constantFrom('PORT', 'HELD BY', 'WHY'), { minLength: columns, maxLength: columns }),
    array(array(cell, { minLength: columns, maxLength: columns }), { maxLength: 6 }),
    option(integer({ min: 20, max: 120 }), { nil: undefined }),
    constantFrom(plainStyle, colorStyle),
  ),
);

test('returns the same table as cli-table3', async () => {
  let laidOut = 0;
  await assert(
    property(table, ([head, rows, width, style]) => {
      const textOptions = { width, style };
      const safe = rows.map((row) => row.map((text) => text.replace(/[^ -~]/g, '?')));
      if (layOutPlain(head, safe, style.dim) !== undefined) laidOut += 1;
      expect(renderTable(head, safe, textOptions)).toBe(layOut(head, safe, textOptions));
    }),
    { numRuns: 600 },
  );
  expect(laidOut).toBeGreaterThan(60);
});

test.each([['é'], ['日本'], ['a\nb'], [''], [' a'], ['a ']])('leaves %j to cli-table3', (text) => {
  expect(layOutPlain(['A'], [[text]], (head) => head)).toBeUndefined();
});
