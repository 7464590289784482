import { expect, test } from '@jest/globals';
import { describeConflict } from '../../src/model/findings/describe-conflict.ts';
import { findConflicts } from '../../src/planner/host-conflicts.ts';
import { held, hostWith, node, publishes, rulesOf, web } from './host.ts';

const podman = hostWith([], { rules: rulesOf({ kind: 'podman', version: '4.3.1' }) });
const stopped = {
  state: 'stopped',
  holder: { ...web, kind: 'container', restart: 'always' },
} as const;

test.each([
  ['a free port', ['8080:80'], hostWith(held('8081')), []],
  ['a held port', ['8080:80'], hostWith(held('8080')), ['error: 8080/tcp is held by node (pid 7)']],
  [
    'two sockets of one holder',
    ['8080:80'],
    hostWith([...held('0.0.0.0:8080', web), ...held('[::]:8080', web)]),
    ['error: 8080/tcp is held by web-1'],
  ],
  [
    'two holders',
    ['8080:80'],
    hostWith([...held('0.0.0.0:8080', web), ...held('[::1]:8080', node)]),
    ['error: 8080/tcp is held by web-1', 'error: 8080/tcp is held by node (pid 7)'],
  ],
  [
    'a stopped container that restarts with the engine',
    ['8080:80'],
    hostWith(held('8080', web, stopped)),
    ['warning: 8080/tcp is free now, but web-1 will claim it'],
  ],
  [
    'a stopped container without a restart policy',
    ['8080:80'],
    hostWith(held('8080', web, { state: 'stopped' })),
    [],
  ],
  [
    'a port that an engine without root may not open',
    ['80:80'],
    hostWith([], { firstPort: 1024 }),
    ['error: *:80/tcp is below 1024, and the engine runs without root'],
  ],
  [
    'a pool whose ports are all held',
    ['8080-8081:80'],
    hostWith([...held('8080'), ...held('8081', web)]),
    ['error: all ports of 8080-8081/tcp are taken'],
  ],
  [
    'a pool whose last port the same container takes',
    ['8080-8081:80', '127.0.0.1:8080:81'],
    hostWith(held('8081', web)),
    ['error: all ports of 8080-8081/tcp are taken'],
  ],
  [
    'a pool that others hold completely is reported once',
    ['8080-8081:80', '127.0.0.1:8080:81'],
    hostWith([...held('[::1]:8080'), ...held('8081', web)]),
    ['error: all ports of 8080-8081/tcp are taken'],
  ],
  [
    'a pool with a port for each family, on an old engine',
    ['8080-8081:80', '127.0.0.1:8080:81'],
    hostWith(held('[::]:8081', web), { rules: rulesOf({ kind: 'docker', version: '20.10.24' }) }),
    [
      'warning: some ports of 8080-8081 are held, and this engine fails if it tries one of them first',
    ],
  ],
  [
    'a pool on podman',
    ['8080-8081:80'],
    podman,
    [
      'error: the engine rejects 8080-8081:80: it takes no range of host ports for one container port',
    ],
  ],
  [
    'an IPv4 address as IPv6 on podman',
    ['[::ffff:127.0.0.1]:8080:80'],
    podman,
    [
      'error: the engine rejects 127.0.0.1:8080:80: it takes no IPv4 address written as IPv6; write 127.0.0.1',
    ],
  ],
  ['the same on docker', ['[::ffff:127.0.0.1]:8080:80'], hostWith(), []],
  ['an IPv6 address on podman', ['[::1]:8080:80'], podman, []],
])('%s', (_name, specs, host, expected) => {
  const found = findConflicts(publishes(...specs), host);

  expect(found.map((conflict) => `${conflict.severity}: ${describeConflict(conflict)}`)).toEqual(
    expected,
  );
});
