import { expect, test } from '@jest/globals';
import { defaultRules, type Rules } from '../../src/model/host/engine-traits.ts';
import { formatPublish } from '../../src/model/ports/publish.ts';
import { findRequestConflicts } from '../../src/planner/request-conflicts.ts';
import { publishes, rulesOf } from './host.ts';

const old = rulesOf({ kind: 'docker', version: '20.10.24' });
const podman = rulesOf({ kind: 'podman', version: '4.3.1' });

test.each<[name: string, specs: string[], expected: string[], rules?: Rules]>([
  ['no publishes', [], []],
  ['different ports', ['8080:80', '8081:81'], []],
  ['a port twice', ['8080:80', '8080:81'], ['published-twice 8080:81']],
  [
    'a port three times',
    ['8080:80', '8080:81', '8080:82'],
    ['published-twice 8080:81', 'published-twice 8080:82'],
  ],
  ['two protocols', ['8080:80', '8080:80/udp'], []],
  ['two addresses', ['127.0.0.1:8080:80', '127.0.0.2:8080:80'], []],
  [
    'a wildcard and an address',
    ['0.0.0.0:8080:80', '127.0.0.1:8080:80'],
    ['published-twice 127.0.0.1:8080:80'],
  ],
  ['the same publish twice', ['8080:80', '8080:80'], ['published-twice 8080:80']],
  ['the same on podman, which merges them', ['8080:80', '8080:80', '8080:80'], [], podman],
  [
    'the same publish in another notation',
    ['8080:80', '0.0.0.0:8080:80'],
    ['published-twice 0.0.0.0:8080:80'],
    podman,
  ],
  ['a port twice for two targets', ['8080:80', '8080:81'], ['published-twice 8080:81'], podman],
  ['two families', ['0.0.0.0:8080:80', '[::]:8080:80'], []],
  ['both families and one', ['8080:80', '[::1]:8080:80'], ['published-twice [::1]:8080:80']],
  [
    'both families and one on podman, which binds only IPv4',
    ['8080:80', '[::1]:8080:80'],
    [],
    podman,
  ],
  ['ranges that overlap', ['8080-8081:80-81', '8081-8082:80-81'], ['published-twice 8081:80']],
  ['a pool beside a port of it', ['8080:80', '8080-8081:81'], []],
  [
    'a pool whose ports are all taken',
    ['8080-8081:80-81', '8080-8081:82'],
    ['pool-exhausted 8080-8081:82'],
  ],
  ['pools that can share', ['8080-8082:80', '8080-8080:81', '8081-8082:82'], []],
  [
    'three pools on two ports',
    ['8080-8081:80', '8080-8081:81', '8080-8081:82'],
    ['pool-exhausted 8080-8081:82'],
  ],
  [
    'an engine-chosen port twice for one target',
    ['80', '80'],
    ['published-twice 80'],
    rulesOf({ kind: 'docker', version: '28.5.2' }),
  ],
  ['the same on an old engine', ['80', '80'], [], old],
  ['engine-chosen ports of two targets', ['80', '81'], []],
])('%s', (_name, specs, expected, rules = defaultRules) => {
  const found = findRequestConflicts(publishes(...specs), rules);

  expect(
    found.map(
      (conflict) =>
        `${conflict.code} ${'publish' in conflict ? formatPublish(conflict.publish) : ''}`,
    ),
  ).toEqual(expected);
  expect(
    found.every(({ certainty, severity }) => certainty === 'certain' && severity === 'error'),
  ).toBe(true);
});

const new28 = rulesOf({ kind: 'docker', version: '28.5.2' });

// Each result was verified by a start on that engine.
test.each<[name: string, specs: string[], rules: Rules, expected: string[]]>([
  ['a pool twice', ['8000-8002:80', '8000-8002:80'], new28, ['certain 8000-8002:80']],
  [
    'a pool on one address and on all',
    ['0.0.0.0:8000-8002:80', '10.0.0.1:8000-8002:80'],
    new28,
    ['certain 10.0.0.1:8000-8002:80'],
  ],
  ['a pool on two addresses', ['127.0.0.1:8000-8002:80', '10.0.0.1:8000-8002:80'], new28, []],
  ['a pool on two families', ['0.0.0.0:8000-8002:80', '[::]:8000-8002:80'], new28, []],
  ['a pool for two targets', ['0.0.0.0:8000-8002:80', '10.0.0.1:8000-8002:81'], new28, []],
  ['any port on all addresses and on IPv4', ['80', '0.0.0.0::80'], new28, ['certain 0.0.0.0::80']],
  ['any port on two addresses', ['127.0.0.1::80', '10.0.0.1::80'], new28, []],
  ['a pool twice on an old engine', ['8000-8002:80', '8000-8002:80'], old, []],
  [
    'a pool on one address and on all',
    ['0.0.0.0:8000-8002:80', '10.0.0.1:8000-8002:80'],
    old,
    ['possible 10.0.0.1:8000-8002:80'],
  ],
  [
    'a pool for two targets',
    ['0.0.0.0:8000-8002:80', '10.0.0.1:8000-8002:81'],
    old,
    ['possible 10.0.0.1:8000-8002:81'],
  ],
  [
    'a pool around a port of another address',
    ['127.0.0.1:8001:80', '8000-8002:80'],
    old,
    ['possible 8000-8002:80'],
  ],
  ['a pool on two addresses', ['127.0.0.1:8000-8002:80', '10.0.0.1:8000-8002:80'], old, []],
  ['any port on all addresses and on IPv4', ['80', '0.0.0.0::80'], old, []],
])('engine-allocated ports: %s %j', (_name, specs, rules, expected) => {
  const found = findRequestConflicts(publishes(...specs), rules);

  expect(
    found.map(
      (conflict) =>
        `${conflict.certainty} ${'publish' in conflict ? formatPublish(conflict.publish) : ''}`,
    ),
  ).toEqual(expected);
});

test('a conflict names the earlier publish and the port', () => {
  const [first, second] = publishes('127.0.0.1:8080:80', '127.0.0.1:8080:81');

  expect(
    findRequestConflicts(publishes('127.0.0.1:8080:80', '127.0.0.1:8080:81'), defaultRules),
  ).toMatchObject([
    {
      publish: second,
      other: first,
      endpoint: { address: '127.0.0.1', port: 8080, protocol: 'tcp' },
    },
  ]);
});
