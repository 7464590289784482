import { describe, expect, test } from '@jest/globals';
import {
  errorOf,
  loadFiles,
  readVectors,
  type Vector,
  type VectorPort,
  vectorPortsOf,
} from '../fixture.ts';

interface MergeVector extends Vector {
  readonly base: string;
  readonly override: string;
  readonly expect?: readonly VectorPort[];
}

const vectors = readVectors<MergeVector>('merge-ports').map(
  (vector) => [vector.id, vector.base, vector.override, vector] as const,
);

test.each(vectors)('merges %s: %s under %s', (_id, base, override, { expect: expected, error }) => {
  const load = () =>
    loadFiles({
      'compose.yaml': `services:\n  web:\n    image: a\n    ports: ${base}\n`,
      'compose.override.yaml': `services:\n  web:\n    ports: ${override}\n`,
    });
  if (error !== undefined) {
    expect(errorOf(load)).toMatchObject({
      reason: error,
      location: { file: 'compose.override.yaml' },
    });
  } else expect(vectorPortsOf(load().services[0])).toEqual(expected);
});

describe('applies a tag', () => {
  const load = (base: string, override: string) =>
    loadFiles({ 'compose.yaml': base, 'compose.override.yaml': override }).services;

  test.each([
    ['that replaces a service', '{services: {web: !override {image: b, ports: ["2:2"]}}}', [2]],
    ['that replaces all services', '{services: !override {web: {image: b, ports: ["3:3"]}}}', [3]],
    ['of an alias', '{x-p: &p !override ["4:4"], services: {web: {ports: *p}}}', [4]],
    ['of a merge key', '{x-b: &b {ports: !override ["5:5"]}, services: {web: {<<: *b}}}', [5]],
    ['that resets by a merge key', '{x-b: &b {ports: !reset []}, services: {web: {<<: *b}}}', []],
    [
      'below an explicit value',
      '{x-b: &b {ports: !reset []}, services: {web: {<<: *b, ports: ["6:6"]}}}',
      [6],
    ],
  ])('%s', (_name, override, targets) => {
    const [web] = load('{services: {web: {image: a, ports: ["1:1"]}}}', override);
    expect(web?.publishes.map(({ target }) => target)).toEqual(targets);
  });
});
