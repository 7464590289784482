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

test.each(vectors)('%s: %j', (_id, template, { env, result, error, compose240 }) => {
  const fill = () => interpolate(template, (name) => env[name]);
  if (error !== undefined) expect(errorOf(fill).reason).toBe(error);
  else expect(fill()).toMatchObject({ text: result, rejectedByOlder: compose240 !== undefined });
});

describe('which variables a text depends on', () => {
  test.each([
    ['plain', `$A:\${B}`, {}, ['A', 'B'], ['A', 'B']],
    ['a default is a value', `\${A:-1}:80`, {}, ['A'], []],
    ['a default that is unset itself', `\${A:-$B}`, {}, ['A', 'B'], ['B']],
    ['an unused default does not count', `\${A:-$B}`, { A: '1' }, ['A'], []],
    ['an alternative of an unset variable', `\${A:+1}`, {}, ['A'], []],
    ['set to nothing is set', '$A', { A: '' }, ['A'], []],
    ['none', 'a$$b', {}, [], []],
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

test('nesting has an end', () => {
  const template = `${`\${A:-`.repeat(50_000)}${'}'.repeat(50_000)}`;
  expect(errorOf(() => interpolate(template, () => undefined)).reason).toBe('invalid-template');
});
