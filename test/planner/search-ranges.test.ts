import { describe, expect, test } from '@jest/globals';
import type { Publish } from '../../src/model/ports/publish.ts';
import { preferredPort, searchRanges } from '../../src/planner/search-ranges.ts';
import { hostWith, publishes, range } from './host.ts';

const facts = hostWith([], { ephemeral: range(32_768, 60_999) }).ports;

test.each([
  ['an ordinary port is itself', 8080, 8080],
  ['a low one is 8000 above', 80, 8080],
  ['the first of the ordinary ones', 1024, 1024],
  ['one that connections draw', 50_000, 58_000],
  ['one that has no place 8000 above', 60_000, 8000],
])('friendly port: %s', (_name, target, expected) => {
  expect(preferredPort(target, facts)).toBe(expected);
});

describe('stretches', () => {
  const pool = ['9000-9005 last'];
  test.each([
    ['from the friendly port, and round', '443', undefined, ['8443-65535', '8000-8442']],
    ['nothing to go round to', '8000', undefined, ['8000-65535']],
    ['below 8000', '5432', undefined, ['5432-65535']],
    ['a fixed port is no pool', '9000:80', undefined, ['8080-65535', '8000-8079']],
    ['within a range', '80', range(8000, 8100), ['8080-8100', '8000-8079']],
    ['outside of the friendly port', '80', range(9000, 9100), ['9000-9100']],
    ['a pool comes first', '9000-9005:80', undefined, ['8080-65535', '8000-8079'], pool],
  ])('%s', (_name, spec, within, each, before: readonly string[] = []) => {
    const [publish] = publishes(spec);
    const stretches = [...searchRanges(publish as Publish, facts, within)];

    expect(
      stretches.map(({ first, last, suitability }) => `${first}-${last} ${suitability}`),
    ).toEqual([
      ...before,
      ...each.map((ports) => `${ports} good`),
      ...each.map((ports) => `${ports} last`),
    ]);
  });
});
