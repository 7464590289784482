import { describe, expect, test } from '@jest/globals';
import { createLineOf, endColumnOf, entryLength } from '../../src/output/source-lines.ts';
import { at } from './fixture.ts';

describe('the entry that starts at a location', () => {
  test.each([
    ['double quotes', '      - "8080:80" # web', '"8080:80"'],
    ['an escaped quote', '      - "80\\"80" x', '"80\\"80"'],
    ['single quotes', "      - '80''80'", "'80''80'"],
    ['unclosed quotes', '      - "8080:80', '"8080:80'],
    ['a plain scalar', '      - 8080:80   # web', '8080:80'],
    ['a hash inside', '      - 8080#80', '8080#80'],
    ['a variable with a default', `      - \${PORT:-8080}:80`, `\${PORT:-8080}:80`],
    ['a comma in a variable', `      - \${A:-1,2}:80, 3`, `\${A:-1,2}:80`],
    ['an anchor', '      - &port "8080:80" # web', '&port "8080:80"'],
    ['a tag', '      - !!str 80', '!!str 80'],
    ['an alias', '      - *port # web', '*port'],
    ['a key', '      - web:', 'web'],
    ['a pair', '      - target: 80', 'target: 80'],
    [
      'a flow mapping',
      '      - {target: 80, published: "}"} # web',
      '{target: 80, published: "}"}',
    ],
    ['a flow mapping on several lines', '      - {target: 80, ', '{target: 80,'],
  ])('%s', (_, line, entry) => {
    const start = line.indexOf(entry);
    expect(line.slice(start, start + entryLength(line, start))).toBe(entry);
  });

  test.each([
    ['first', '"8080:80"'],
    ['in the middle', '81:81'],
    ['last', "'82:82'"],
    ['a mapping', '{target: 83}'],
    ['plain before the end', '84'],
  ])('in a flow list: %s', (_, entry) => {
    const line = `ports: ["8080:80", 81:81, '82:82', {target: 83}, 84]`;
    const start = line.indexOf(entry);
    expect(line.slice(start, start + entryLength(line, start))).toBe(entry);
  });

  test('has at least 1 and at most 1000 columns', () => {
    expect(entryLength('', 0)).toBe(1);
    expect(entryLength('   ', 1)).toBe(1);
    expect(entryLength(`"${'a'.repeat(9000)}"`, 0)).toBe(1000);
  });
});

describe('lines', () => {
  const texts = new Map([['compose.yaml', 'one\r\n  two\nthree']]);
  const lineOf = createLineOf((file) => texts.get(file));

  test.each([
    ['with CRLF', at(1, 1), 'one', 4],
    ['with LF', at(2, 3), '  two', 6],
    ['without an end', at(3, 1), 'three', 6],
    ['a column after the end of the line', at(3, 9), 'three', undefined],
    ['a line after the end of the file', at(4, 1), undefined, undefined],
    ['an unknown file', at(1, 1, 'other.yaml'), undefined, undefined],
  ])('%s', (_, location, line, end) => {
    expect(lineOf(location)).toBe(line);
    expect(endColumnOf(location, lineOf)).toBe(end);
  });

  test('reads a file once', () => {
    const requested: string[] = [];
    const counting = createLineOf((file) => {
      requested.push(file);
      return undefined;
    });
    counting(at(1, 1));
    counting(at(2, 1));
    expect(requested).toEqual(['compose.yaml']);
  });
});
