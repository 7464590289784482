import { describe, expect, test } from '@jest/globals';
import { parseDotenv } from '../../../src/compose/variables/dotenv.ts';
import { errorOf } from '../fixture.ts';

const outer = (name: string) => (name === 'OUT' ? 'outer' : undefined);

test.each([
  ['plain values', 'A=1\nB=2', { A: '1', B: '2' }],
  ['spaces around the equals sign', ' A = 1 \n', { A: '1' }],
  ['a colon', 'A: 1', { A: '1' }],
  ['export', 'export A=1\nexport\tB=2\nexportC=3', { A: '1', B: '2', exportC: '3' }],
  ['comments', '# c\nA=1 # c\nB=2#x\nC=#x\nD=3\t#x', { A: '1', B: '2#x', C: '#x', D: '3\t#x' }],
  ['a byte order mark and Windows line ends', '\uFEFFA=1\r\nB="2"\r\n', { A: '1', B: '2' }],
  ['single quotes', `A='$OUT \\n it\\'s' # c`, { A: `$OUT \\n it's` }],
  ['double quotes', `A="a\\tb\\$x \\x \\"q\\" $OUT"`, { A: 'a\tb$x \\x "q" outer' }],
  ['a value over several lines', 'A="1\n2"\nB=3', { A: '1\n2', B: '3' }],
  ['variables', `A=1\nB=\${A}\${X:-2}$$A`, { A: '1', B: '12$A' }],
  [
    'variables in values, preferring the environment',
    'OUT=own\nA=$OUT',
    { OUT: 'own', A: 'outer' },
  ],
  ['duplicate keys, keeping the last', 'A=1\nA=2', { A: '2' }],
  ['a bare key, inheriting its value', 'OUT\nNONE\nA=1', { OUT: 'outer', A: '1' }],
  ['names with dots, hyphens and brackets', 'A.B-C[0]=1', { 'A.B-C[0]': '1' }],
  ['octal escapes', 'A="\\0061\\08"', { A: '1\\08' }],
  ['an empty file', '', {}],
  ['an empty value', 'A=\nB=1', { A: '', B: '1' }],
])('parses %s', (_name, text, expected) => {
  expect(Object.fromEntries(parseDotenv(text, '.env', outer))).toEqual(expected);
});

describe('rejects', () => {
  test.each([
    ['a space in a name', 'A=1\nB C=1', 2, 1],
    ['an invalid character in a name', 'A=1\n!B=1', 2, 1],
    ['an unclosed quote', 'A=1\nB="1', 2, 3],
    ['an invalid variable', 'A=$' + '{B', 1, 3],
    ['a missing required variable', `A=\${B:?set it}`, 1, 3],
  ])('%s', (_name, text, line, column) => {
    expect(errorOf(() => parseDotenv(text, '.env'))).toMatchObject({
      reason: 'invalid-env-file',
      location: { file: '.env', line, column },
    });
  });
});

test('parses 50,000 lines within 3 seconds', () => {
  const text = 'KEY=value # comment\n'.repeat(50_000);
  const started = performance.now();
  expect(parseDotenv(text, '.env').size).toBe(1);
  expect(performance.now() - started).toBeLessThan(3_000);
});
