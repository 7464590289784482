import { describe, expect, test } from '@jest/globals';
import { interpolate } from '../../../src/compose/variables/interpolate.ts';
import { errorOf, readVectors, type Vector } from '../fixture.ts';

interface InterpolationVector extends Vector {
  readonly template: string;
  readonly env: Readonly<Record<string, string>>;
  readonly result?: string;
  readonly compose240?: { readonly error?: string };
}

const vectors = readVectors<InterpolationVector>('interpolation').map(
  (vector) => [vector.id, vector.template, vector] as const,
);

test.each(vectors)('interpolates %s: %j', (_id, template, { env, result, error, compose240 }) => {
  const fill = () => interpolate(template, (name) => env[name]);
  if (error !== undefined) expect(errorOf(fill).reason).toBe(error);
  else expect(fill()).toMatchObject({ text: result, rejectedByOlder: compose240 !== undefined });
});

describe('lists the variables of a template:', () => {
  test.each([
    ['plain variables', `$A:\${B}`, {}, ['A', 'B'], ['A', 'B']],
    ['a default counts as a value', `\${A:-1}:80`, {}, ['A'], []],
    ['a default with an unset variable', `\${A:-$B}`, {}, ['A', 'B'], ['B']],
    ['an unused default does not count', `\${A:-$B}`, { A: '1' }, ['A'], []],
    ['an alternative of an unset variable', `\${A:+1}`, {}, ['A'], []],
    ['an empty variable counts as set', '$A', { A: '' }, ['A'], []],
    ['an escaped dollar sign', 'a$$b', {}, [], []],
  ])('%s', (_name, template, env: Record<string, string>, variables, unset) => {
    expect(interpolate(template, (name) => env[name])).toMatchObject({ variables, unset });
  });
});

test.each([
  ['{} opens without closing', `\${A:-{}x}y}`, '{}x}y'],
  ['braces in pairs', `\${A:-{b}}c}`, '{b}c}'],
  ['the last brace of the line closes', `\${A:-{}`, '{'],
])('braces in a default: %s', (_name, template, text) => {
  expect(interpolate(template, () => undefined).text).toBe(text);
});

test('rejects 50,000 nested variables', () => {
  const template = `${`\${A:-`.repeat(50_000)}${'}'.repeat(50_000)}`;
  expect(errorOf(() => interpolate(template, () => undefined)).reason).toBe('invalid-template');
});
