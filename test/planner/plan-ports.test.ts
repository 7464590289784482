import { describe, expect, test } from '@jest/globals';
import { describeConflict } from '../../src/model/findings/describe-conflict.ts';
import { planPorts } from '../../src/planner/plan-ports.ts';
import { held, hostWith, publishes, range, rulesOf, web } from './host.ts';

const linux = { ephemeral: range(32_768, 60_999) };

describe('each publish gets a port', () => {
  test.each([
    ['a requested port that is free', ['8080:80'], [], ['8080 as-requested: 8080 free']],
    [
      'the next free port above a held one',
      ['8080:80'],
      held('8080'),
      ['8081 moved: 8080 held by node (pid 7); 8081 free'],
    ],
    [
      'the preferred port',
      ['80', '5432'],
      [],
      ['8080 chosen: 8080 free', '5432 chosen: 5432 free'],
    ],
    [
      'a port that is held only on another address',
      ['127.0.0.1:8080:80'],
      held('127.0.0.2:8080'),
      ['8080 as-requested: 8080 free'],
    ],
    [
      'requested ports before automatic ones',
      ['80', '8080:81'],
      [],
      ['8081 chosen: 8081 free', '8080 as-requested: 8080 free'],
    ],
    [
      'different ports for two publishes of one port',
      ['8080:80', '8080:81'],
      [],
      ['8080 as-requested: 8080 free', '8081 moved: 8080 planned for another publish; 8081 free'],
    ],
    ['the first free port of a pool', ['9000-9002:80'], held('9000'), ['9001 chosen: 9001 free']],
    [
      'a port outside a full pool',
      ['9000-9001:80'],
      [...held('9000'), ...held('9001')],
      ['8080 moved: no port of 9000-9001 free; 8080 free'],
    ],
    [
      'no port that a stopped container will claim',
      ['80'],
      held('8080', web, { state: 'stopped' }),
      ['8081 chosen: 8081 free'],
    ],
    [
      'the port of a stopped container on request',
      ['8080:80'],
      held('8080', web, { state: 'stopped' }),
      ['8080 as-requested: 8080 free'],
    ],
    [
      'the same port for two protocols',
      ['53', '53/udp'],
      [],
      ['8053 chosen: 8053 free', '8053 chosen: 8053 free'],
    ],
  ])('%s', (_name, specs, bindings, expected) => {
    const { assignments, conflicts } = planPorts(publishes(...specs), hostWith(bindings, linux));

    expect(assignments.map(({ port, choice, reason }) => `${port} ${choice}: ${reason}`)).toEqual(
      expected,
    );
    expect(conflicts).toEqual([]);
  });
});

describe('options', () => {
  const portsOf = (...args: Parameters<typeof planPorts>) =>
    planPorts(...args).assignments.map(({ port }) => port);

  test('chooses ports only from the range', () => {
    const options = { range: range(9000, 9001) };
    const { assignments, conflicts } = planPorts(publishes('80', '81', '82'), hostWith(), options);

    expect(assignments.map(({ port }) => port)).toEqual([9000, 9001]);
    expect(conflicts).toMatchObject([{ code: 'pool-exhausted', publish: { target: 82 } }]);
    expect(conflicts.map(describeConflict)).toEqual(['no free port in 9000-9001/tcp']);
  });

  test('chooses no port to avoid, but assigns it on request', () => {
    const avoid = [range(8080, 8089)];

    expect(portsOf(publishes('80', '8085:81'), hostWith(), { avoid })).toEqual([8090, 8085]);
  });

  test('with onConflict fail, a held requested port is a conflict', () => {
    const [publish] = publishes('8080:80');
    const plan = planPorts(publishes('8080:80'), hostWith(held('8080')), { onConflict: 'fail' });

    expect(plan.assignments).toEqual([]);
    expect(plan.conflicts).toMatchObject([
      { code: 'port-in-use', publish, binding: { holder: { pid: 7 } } },
    ]);
  });

  test('with onConflict fail, a port of another publish is a conflict', () => {
    const wanted = publishes('8080:80', '8080:81');
    const plan = planPorts(wanted, hostWith(), { onConflict: 'fail' });

    expect(plan.conflicts).toMatchObject([
      { code: 'published-twice', publish: wanted[1], other: wanted[0] },
    ]);
  });
});

test('chooses ephemeral ports only if no other port is left', () => {
  const options = { range: range(32_760, 32_770) };
  const busy = Array.from({ length: 8 }, (_, index) => held(`${32_760 + index}`)).flat();
  const { assignments } = planPorts(publishes('80'), hostWith(busy, linux), options);

  expect(assignments).toMatchObject([
    { port: 32_768, reason: expect.stringContaining('nothing else is left') },
  ]);
});

test('podman ignores holders of IPv6 addresses', () => {
  const rules = rulesOf({ kind: 'podman', version: '4.3.1' });
  const host = hostWith(held('[::1]:8080'), { rules });

  expect(planPorts(publishes('8080:80'), host).assignments).toMatchObject([{ port: 8080 }]);
});

test('the same input has the same plan', () => {
  const wanted = publishes('80', '443', '8443:1', '9000-9100:2');
  const host = hostWith([...held('8080'), ...held('8443'), ...held('9000', web)], linux);

  expect(planPorts(wanted, host)).toEqual(planPorts(wanted, host));
});

test('a thousand publishes get different ports', () => {
  const wanted = publishes(...Array.from({ length: 1000 }, () => '80'));
  const ports = planPorts(wanted, hostWith(held('8100'), linux)).assignments.map(
    ({ port }) => port,
  );

  expect(new Set(ports).size).toBe(1000);
  expect(ports).not.toContain(8100);
});
