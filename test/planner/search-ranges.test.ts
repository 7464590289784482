import { describe, expect, test } from '@jest/globals';
import type { Publish } from '../../src/model/ports/publish.ts';
import { preferredPort, searchRanges } from '../../src/planner/search-ranges.ts';
import { hostWith, publishes, range } from './host.ts';

const facts = hostWith([], { ephemeral: range(32_768, 60_999) }).ports;

test.each([
  ['an unprivileged port stays', 8080, 8080],
  ['a privileged port moves up by 8000', 80, 8080],
  ['the first unprivileged port stays', 1024, 1024],
  ['an ephemeral port moves up by 8000', 50_000, 58_000],
  ['an ephemeral port near the end becomes 8000', 60_000, 8000],
])('preferred port: %s', (_name, target, expected) => {
  expect(preferredPort(target, facts)).toBe(expected);
});

describe('search ranges', () => {
  const pool = ['9000-9005 last'];
  test.each([
    ['from the preferred port, then from 8000', '443', undefined, ['8443-65535', '8000-8442']],
    ['one range from 8000', '8000', undefined, ['8000-65535']],
    ['one range from a preferred port below 8000', '5432', undefined, ['5432-65535']],
    ['a fixed port is no pool', '9000:80', undefined, ['8080-65535', '8000-8079']],
    [
      'the preferred port within a given range',
      '80',
      range(8000, 8100),
      ['8080-8100', '8000-8079'],
    ],
    ['a given range without the preferred port', '80', range(9000, 9100), ['9000-9100']],
    ['a pool comes first', '9000-9005:80', undefined, ['8080-65535', '8000-8079'], pool],
  ])('%s', (_name, spec, within, each, before: readonly string[] = []) => {
    const [publish] = publishes(spec);
    const ranges = [...searchRanges(publish as Publish, facts, within)];

    expect(ranges.map(({ first, last, suitability }) => `${first}-${last} ${suitability}`)).toEqual(
      [...before, ...each.map((ports) => `${ports} good`), ...each.map((ports) => `${ports} last`)],
    );
  });
});
