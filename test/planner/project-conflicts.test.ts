import { describe, expect, test } from '@jest/globals';
import { defaultRules } from '../../src/model/host/engine-traits.ts';
import { parsePublish } from '../../src/model/ports/parse-publish.ts';
import { formatPublish } from '../../src/model/ports/publish.ts';
import {
  findProjectConflicts,
  type PublishingService,
} from '../../src/planner/project-conflicts.ts';

type Wanted = Partial<PublishingService> & { readonly ports: readonly string[] };

function services(wanted: Readonly<Record<string, Wanted>>): readonly PublishingService[] {
  return Object.entries(wanted).map(([name, { ports, ...rest }]) => ({
    name,
    enabled: (rest.profiles ?? []).length === 0,
    profiles: [],
    replicas: 1,
    publishes: ports.flatMap((text) =>
      parsePublish(text, { origin: { kind: 'image', image: name } }),
    ),
    ...rest,
  }));
}

/** Returns each finding as a line: severity, code, publishes, profiles. */
function findings(wanted: Readonly<Record<string, Wanted>>): readonly string[] {
  return findProjectConflicts(services(wanted), defaultRules).map((conflict) => {
    const publishes = [
      'publish' in conflict ? formatPublish(conflict.publish) : '',
      'other' in conflict && conflict.code === 'published-twice'
        ? formatPublish(conflict.other)
        : '',
    ];
    return [conflict.severity, conflict.code, ...publishes, ...(conflict.profiles ?? [])]
      .filter(Boolean)
      .join(' ');
  });
}

describe('finds the conflicts of a project with', () => {
  test.each<[name: string, wanted: Record<string, Wanted>, expected: string[]]>([
    ['different ports', { a: { ports: ['8080:80'] }, b: { ports: ['8081:80'] } }, []],
    [
      'one port twice',
      { a: { ports: ['8080:80'] }, b: { ports: ['8080:81'] } },
      ['error published-twice 8080:81 8080:80'],
    ],
    [
      'one port three times, as three pairs',
      { a: { ports: ['1:1'] }, b: { ports: ['1:2'] }, c: { ports: ['1:3'] } },
      [
        'error published-twice 1:2 1:1',
        'error published-twice 1:3 1:1',
        'error published-twice 1:3 1:2',
      ],
    ],
    [
      'one port twice in one service',
      { a: { ports: ['8080:80', '8080:81'] } },
      ['error published-twice 8080:81 8080:80'],
    ],
    [
      'a conflict that needs one profile',
      { a: { ports: ['1:1'] }, b: { ports: ['1:2'], profiles: ['x'] } },
      ['warning published-twice 1:2 1:1 x'],
    ],
    [
      'a shared profile, named once',
      { a: { ports: ['1:1'], profiles: ['x', 'z'] }, b: { ports: ['1:2'], profiles: ['y', 'z'] } },
      ['warning published-twice 1:2 1:1 z'],
    ],
    [
      'a conflict that needs two profiles',
      { a: { ports: ['1:1'], profiles: ['x'] }, b: { ports: ['1:2'], profiles: ['y'] } },
      ['warning published-twice 1:2 1:1 x y'],
    ],
    [
      'an active profile',
      { a: { ports: ['1:1'], profiles: ['x'], enabled: true }, b: { ports: ['1:2'] } },
      ['error published-twice 1:2 1:1'],
    ],
    [
      'replicas of a fixed port',
      { a: { ports: ['1:1'], replicas: 2 } },
      ['error replicas-share-port 1:1'],
    ],
    ['replicas of a pool', { a: { ports: ['1-3:1'], replicas: 3 } }, []],
    [
      'more replicas than ports in the pool',
      { a: { ports: ['1-3:1'], replicas: 4 } },
      ['error pool-exhausted 1-3:1'],
    ],
    ['replicas of a port that the engine chooses', { a: { ports: ['1'], replicas: 9 } }, []],
    ['no replicas', { a: { ports: ['1:1'], replicas: 0 }, b: { ports: ['1:1'] } }, []],
    ['an unknown number of replicas', { a: { ports: ['1:1'], replicas: undefined } }, []],
    [
      'a fixed port in a pool',
      { a: { ports: ['1-3:1'] }, b: { ports: ['2:1'] } },
      ['warning published-twice 2:1 1-3:1'],
    ],
    ['two pools with a port each', { a: { ports: ['1-2:1'] }, b: { ports: ['1-2:1'] } }, []],
    [
      'pools with too few ports between them',
      { a: { ports: ['1-2:1'], replicas: 2 }, b: { ports: ['1-2:1'] } },
      ['error pool-exhausted 1-2:1'],
    ],
    ['two address families', { a: { ports: ['0.0.0.0:1:1'] }, b: { ports: ['[::]:1:1'] } }, []],
    ['two protocols', { a: { ports: ['1:1'] }, b: { ports: ['1:1/udp'] } }, []],
  ])('%s', (_name, wanted, expected) => expect(findings(wanted)).toEqual(expected));
});

test('checks ten thousand services within the time limit of a test', () => {
  const many = Object.fromEntries(
    Array.from({ length: 10_000 }, (_, index) => [
      `s${index}`,
      { ports: [`${1 + index}:80`, `${30_000 + (index % 5000)}:81`] },
    ]),
  );
  expect(findings(many)).toHaveLength(5000);
});
