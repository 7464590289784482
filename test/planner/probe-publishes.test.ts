import { describe, expect, test } from '@jest/globals';
import type { Binding, Endpoint } from '../../src/model/host/binding.ts';
import { formatEndpoint } from '../../src/model/host/binding.ts';
import { findHostConflicts } from '../../src/planner/host-conflicts.ts';
import {
  type ProbeResult,
  type Prober,
  probePublishes,
} from '../../src/planner/probe-publishes.ts';
import { held, hostWith, publishes, range, rulesOf, web } from './host.ts';

type Answers = Readonly<Record<string, ProbeResult['kind']>>;

/** A host that answers binds as it is told, free where nothing is said, and remembers what was asked. */
function fakeLook(answers: Answers = {}, explanation: readonly Binding[] = []) {
  const [probed, explained] = [[] as string[], [] as string[]];
  const look: Prober = {
    async probe(endpoints: readonly Endpoint[]) {
      probed.push(...endpoints.map(formatEndpoint));
      return endpoints.map((endpoint) => ({
        kind: answers[formatEndpoint(endpoint)] ?? 'free',
        reason: 'no reason',
      }));
    },
    async findHolders(endpoints) {
      explained.push(...endpoints.map(formatEndpoint));
      return explanation;
    },
  };
  return { look, probed, explained };
}

describe('what is tried', () => {
  test.each([
    ['each family alone', ['8080:80'], hostWith(), ['0.0.0.0:8080/tcp', '[::]:8080/tcp']],
    ['one address', ['127.0.0.1:53:53/udp'], hostWith(), ['127.0.0.1:53/udp']],
    [
      'each port of a pool',
      ['[::1]:1-3:80'],
      hostWith(),
      ['[::1]:1/tcp', '[::1]:2/tcp', '[::1]:3/tcp'],
    ],
    ['the same once', ['[::1]:1:80', '[::1]:1:81'], hostWith(), ['[::1]:1/tcp']],
    ['not what the engine chooses', ['80'], hostWith(), []],
    ['not what is held', ['8080:80'], hostWith(held('0.0.0.0:8080', web)), ['[::]:8080/tcp']],
    ['not what the engine may not open', ['80:80'], hostWith([], { firstPort: 1024 }), []],
    [
      'not what the engine does not open',
      ['8080:80', '8080:80/sctp'],
      hostWith([], { rules: rulesOf({ kind: 'podman', version: '4.3.1' }) }),
      ['0.0.0.0:8080/tcp'],
    ],
  ])('%s', async (_name, specs, host, expected) => {
    const { look, probed, explained } = fakeLook();
    const confirmation = await probePublishes(publishes(...specs), host, look);

    expect(probed).toEqual(expected);
    expect(explained).toEqual([]);
    expect(confirmation).toEqual({ host, conflicts: [], denied: [], untried: [] });
  });

  test('a pool of very many ports in its first ones only', async () => {
    const { look, probed } = fakeLook();
    await probePublishes(publishes('127.0.0.1:1024-65535:80'), hostWith(), look);

    expect(probed).toHaveLength(1024);
  });
});

describe('what a bind shows', () => {
  test('a holder that nobody sees', async () => {
    const { look } = fakeLook({ '127.0.0.1:8080/tcp': 'taken' });
    const wanted = publishes('127.0.0.1:8080:80');
    const { host } = await probePublishes(wanted, hostWith(), look);

    expect(findHostConflicts(wanted, host)).toMatchObject([
      { code: 'port-in-use', certainty: 'certain', binding: { holder: { kind: 'unseen' } } },
    ]);
  });

  test('a connection, once it is looked for', async () => {
    const connection = held('127.0.0.1:8080', undefined, { state: 'connected' });
    const { look, explained } = fakeLook({ '0.0.0.0:8080/tcp': 'taken' }, connection);
    const wanted = publishes('8080:80');
    const { host } = await probePublishes(wanted, hostWith(), look);

    expect(explained).toEqual(['0.0.0.0:8080/tcp']);
    expect(findHostConflicts(wanted, host)).toMatchObject([
      { certainty: 'certain', binding: { state: 'connected', holder: { pid: 7 } } },
    ]);
  });

  test('not one of another family', async () => {
    const connection = held('[::1]:8080', undefined, { state: 'connected' });
    const { look } = fakeLook({ '0.0.0.0:8080/tcp': 'taken' }, connection);
    const wanted = publishes('8080:80');
    const { host } = await probePublishes(wanted, hostWith(), look);

    expect(findHostConflicts(wanted, host)).toMatchObject([
      { binding: { holder: { kind: 'unseen' } } },
    ]);
  });

  test('an address of another host', async () => {
    const { look } = fakeLook({
      '192.0.2.7:8080/tcp': 'not-local',
      '192.0.2.7:8081/tcp': 'not-local',
    });
    const { conflicts } = await probePublishes(
      publishes('192.0.2.7:8080-8081:80'),
      hostWith(),
      look,
    );

    expect(conflicts).toMatchObject([
      { code: 'address-not-local', endpoint: { address: '192.0.2.7' } },
    ]);
  });

  test('an address of another host, where the engine chooses the port', async () => {
    const drawn = range(32_768, 60_999);
    const { look, probed } = fakeLook({
      '192.0.2.7:32768/tcp': 'not-local',
      '127.0.0.1:32768/udp': 'taken',
    });
    const wanted = publishes('192.0.2.7::80', '127.0.0.1::80/udp', '80');
    const host = hostWith([], { ephemeral: drawn });
    const confirmed = await probePublishes(wanted, host, look);

    expect(probed).toEqual(['192.0.2.7:32768/tcp', '127.0.0.1:32768/udp']);
    expect(confirmed).toMatchObject({
      host,
      conflicts: [{ code: 'address-not-local', publish: wanted[0] }],
    });
    expect(confirmed.conflicts).toHaveLength(1);
  });

  test('nothing, without the right or the means', async () => {
    const { look } = fakeLook({ '127.0.0.1:80/tcp': 'denied', '127.0.0.1:81/tcp': 'unknown' });
    const wanted = publishes('127.0.0.1:80:80', '127.0.0.1:81:81');
    const { host, denied, untried } = await probePublishes(wanted, hostWith(), look);

    expect(findHostConflicts(wanted, host)).toEqual([]);
    expect(denied.map(formatEndpoint)).toEqual(['127.0.0.1:80/tcp']);
    expect(untried).toMatchObject([{ endpoint: { port: 81 }, why: 'no reason' }]);
  });
});

describe('a UDP socket that may share its port', () => {
  const rules = rulesOf({ kind: 'docker', version: '28.5.2' });
  const wanted = publishes('127.0.0.1:5353:53/udp');
  const host = hostWith(held('127.0.0.1:5353', undefined, { protocol: 'udp', state: 'bound' }), {
    rules,
  });

  test.each([
    ['does', 'free', []],
    ['does not', 'taken', ['certain']],
    ['keeps it to itself what it does', 'denied', ['possible']],
  ] as const)('%s', async (_name, answer, expected) => {
    const { look, explained } = fakeLook({ '127.0.0.1:5353/udp': answer });
    const confirmed = await probePublishes(wanted, host, look);
    const found = findHostConflicts(wanted, confirmed.host);

    expect(found.map(({ certainty }) => certainty)).toEqual(expected);
    expect(explained).toEqual([]);
  });
});
