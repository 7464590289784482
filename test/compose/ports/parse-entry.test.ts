import { describe, expect, test } from '@jest/globals';
import {
  errorOf,
  loadFiles,
  readVectors,
  type Vector,
  type VectorPort,
  vectorPortsOf,
} from '../fixture.ts';

interface PortVector extends Vector {
  readonly context: 'long' | 'yaml-scalar';
  readonly input: unknown;
  readonly expect?: readonly VectorPort[];
}

const vectors = readVectors<PortVector>('ports').map((vector) => {
  const { context, input } = vector;
  const text = context === 'long' ? JSON.stringify(input) : String(input);
  return [vector.id, text, vector] as const;
});

test.each(vectors)('parses %s: %s', (_id, text, { expect: expected, error }) => {
  const load = () => loadFiles({ 'compose.yaml': serviceWith(text) });
  if (error !== undefined) {
    expect(errorOf(load)).toMatchObject({
      reason: error,
      location: { file: 'compose.yaml', line: 5 },
    });
  } else expect(vectorPortsOf(load().services[0])).toEqual(expected);
});

function serviceWith(item: string): string {
  return `services:\n  web:\n    image: a\n    ports:\n      - ${item}\n`;
}

describe('a port that only the engine rejects', () => {
  const text = `services: {web: {image: a, profiles: [p], ports: [{target: 80, published: abc}]}}`;

  test('is an error in an enabled service', () => {
    expect(errorOf(() => loadFiles({ 'compose.yaml': text }, { profiles: ['p'] })).reason).toBe(
      'invalid-host-port',
    );
  });

  test('is a warning in a service that is not enabled', () => {
    const { warnings } = loadFiles({ 'compose.yaml': text });
    expect(warnings).toMatchObject([{ code: 'not-startable' }]);
  });

  test('is accepted if an override file removes it', () => {
    const files = {
      'compose.yaml': 'services: {web: {image: a, ports: [{target: 80, published: abc}]}}',
      'compose.override.yaml': 'services: {web: {ports: !override ["1:1"]}}',
    };
    expect(loadFiles(files).services[0]?.publishes).toHaveLength(1);
  });
});

test('rejects a port that Compose rejects, even if an override file removes it', () => {
  const files = {
    'compose.yaml': 'services: {web: {image: a, ports: ["bad:80"]}}',
    'compose.override.yaml': 'services: {web: {ports: !reset []}}',
  };
  expect(errorOf(() => loadFiles(files)).reason).toBe('invalid-host-port');
});
