import { describe, expect, test } from '@jest/globals';
import {
  compareVersions,
  evidenceOf,
  traitChanges,
  traitsOf,
} from '../../../src/model/host/engine-traits.ts';

describe('traits of an engine version', () => {
  test.each([
    [
      'docker',
      '20.10.24+dfsg1',
      { poolRetries: 0, allocatesSeparately: true, udpReuseAddress: false },
    ],
    ['docker', '26.1.0', { poolRetries: 0, sameNumberInBothFamilies: false }],
    [
      'docker',
      '27.0.3',
      { poolRetries: 10, sameNumberInBothFamilies: true, udpReuseAddress: false },
    ],
    [
      'docker',
      '28.5.2+dfsg4',
      { udpReuseAddress: true, allocatesSeparately: false, zeroTarget: true },
    ],
    ['docker', '29.0.0', { udpReuseAddress: false, zeroTarget: true }],
    ['docker', '29.2.1', { zeroTarget: false }],
    ['podman', '4.3.1', { pools: false, anyAddresses: ['0.0.0.0'] }],
    ['podman', '5.6.0', { pools: false, anyAddresses: ['0.0.0.0'] }],
    ['podman', '6.0.0-dev', { anyAddresses: ['0.0.0.0', '::'] }],
  ] as const)('%s %s has the expected traits', (kind, version, traits) => {
    expect(traitsOf({ kind, version })).toMatchObject(traits);
  });

  test('an engine without a version has the traits of the newest version', () => {
    expect(traitsOf({ kind: 'docker' })).toEqual(traitsOf({ kind: 'docker', version: '99' }));
  });

  test.each([
    ['docker', '20.10.24', 'measured'],
    ['docker', '28.5.2', 'measured'],
    ['docker', '27.1', 'source'],
    ['docker', '29.7', 'source'],
    ['podman', '4.3.1', 'measured'],
    ['podman', '6.1', 'source'],
  ] as const)('the evidence for %s %s is %s', (kind, version, evidence) => {
    expect(evidenceOf({ kind, version })).toBe(evidence);
  });

  test('the trait changes of each engine are in ascending order and have a reason', () => {
    for (const kind of ['docker', 'podman']) {
      const versions = traitChanges
        .filter(({ engine }) => engine === kind)
        .map(({ since }) => since);
      expect(versions).toEqual([...versions].sort(compareVersions));
    }
    expect(traitChanges.every(({ reason }) => reason.length > 10)).toBe(true);
  });
});
