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

/** Returns a prober with fixed results (default: free) that records the endpoints it gets. */
function createFakeProber(answers: Answers = {}, explanation: readonly Binding[] = []) {
  const [probed, explained] = [[] as string[], [] as string[]];
  const prober: Prober = {
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
  return { prober, probed, explained };
}

describe('the endpoints to probe', () => {
  test.each([
    [
      'are those of each family alone',
      ['8080:80'],
      hostWith(),
      ['0.0.0.0:8080/tcp', '[::]:8080/tcp'],
    ],
    ['are those of one address', ['127.0.0.1:53:53/udp'], hostWith(), ['127.0.0.1:53/udp']],
    [
      'include each port of a pool',
      ['[::1]:1-3:80'],
      hostWith(),
      ['[::1]:1/tcp', '[::1]:2/tcp', '[::1]:3/tcp'],
    ],
    ['are unique', ['[::1]:1:80', '[::1]:1:81'], hostWith(), ['[::1]:1/tcp']],
    ['exclude engine-chosen ports', ['80'], hostWith(), []],
    ['exclude held endpoints', ['8080:80'], hostWith(held('0.0.0.0:8080', web)), ['[::]:8080/tcp']],
    ['exclude privileged ports', ['80:80'], hostWith([], { firstPort: 1024 }), []],
    [
      'exclude endpoints that the engine does not bind',
      ['8080:80', '8080:80/sctp'],
      hostWith([], { rules: rulesOf({ kind: 'podman', version: '4.3.1' }) }),
      ['0.0.0.0:8080/tcp'],
    ],
  ])('%s', async (_name, specs, host, expected) => {
    const { prober, probed, explained } = createFakeProber();
    const summary = await probePublishes(publishes(...specs), host, prober);

    expect(probed).toEqual(expected);
    expect(explained).toEqual([]);
    expect(summary).toEqual({ host, conflicts: [], denied: [], untried: [] });
  });

  test('are the first 1024 of a large pool', async () => {
    const { prober, probed } = createFakeProber();
    await probePublishes(publishes('127.0.0.1:1024-65535:80'), hostWith(), prober);

    expect(probed).toHaveLength(1024);
  });
});

describe('a failed bind adds', () => {
  test('an unseen holder', async () => {
    const { prober } = createFakeProber({ '127.0.0.1:8080/tcp': 'taken' });
    const wanted = publishes('127.0.0.1:8080:80');
    const { host } = await probePublishes(wanted, hostWith(), prober);

    expect(findHostConflicts(wanted, host)).toMatchObject([
      { code: 'port-in-use', certainty: 'certain', binding: { holder: { kind: 'unseen' } } },
    ]);
  });

  test('a connection that findHolders returns', async () => {
    const connection = held('127.0.0.1:8080', undefined, { state: 'connected' });
    const { prober, explained } = createFakeProber({ '0.0.0.0:8080/tcp': 'taken' }, connection);
    const wanted = publishes('8080:80');
    const { host } = await probePublishes(wanted, hostWith(), prober);

    expect(explained).toEqual(['0.0.0.0:8080/tcp']);
    expect(findHostConflicts(wanted, host)).toMatchObject([
      { certainty: 'certain', binding: { state: 'connected', holder: { pid: 7 } } },
    ]);
  });

  test('no connection of the other family', async () => {
    const connection = held('[::1]:8080', undefined, { state: 'connected' });
    const { prober } = createFakeProber({ '0.0.0.0:8080/tcp': 'taken' }, connection);
    const wanted = publishes('8080:80');
    const { host } = await probePublishes(wanted, hostWith(), prober);

    expect(findHostConflicts(wanted, host)).toMatchObject([
      { binding: { holder: { kind: 'unseen' } } },
    ]);
  });

  test('a conflict for an address of another host', async () => {
    const { prober } = createFakeProber({
      '192.0.2.7:8080/tcp': 'not-local',
      '192.0.2.7:8081/tcp': 'not-local',
    });
    const { conflicts } = await probePublishes(
      publishes('192.0.2.7:8080-8081:80'),
      hostWith(),
      prober,
    );

    expect(conflicts).toMatchObject([
      { code: 'address-not-local', endpoint: { address: '192.0.2.7' } },
    ]);
  });

  test('a conflict for an address of another host with an engine-chosen port', async () => {
    const ephemeral = range(32_768, 60_999);
    const { prober, probed } = createFakeProber({
      '192.0.2.7:32768/tcp': 'not-local',
      '127.0.0.1:32768/udp': 'taken',
    });
    const wanted = publishes('192.0.2.7::80', '127.0.0.1::80/udp', '80');
    const host = hostWith([], { ephemeral });
    const summary = await probePublishes(wanted, host, prober);

    expect(probed).toEqual(['192.0.2.7:32768/tcp', '127.0.0.1:32768/udp']);
    expect(summary).toMatchObject({
      host,
      conflicts: [{ code: 'address-not-local', publish: wanted[0] }],
    });
    expect(summary.conflicts).toHaveLength(1);
  });

  test('no conflict if permission is denied or the result is unknown', async () => {
    const { prober } = createFakeProber({
      '127.0.0.1:80/tcp': 'denied',
      '127.0.0.1:81/tcp': 'unknown',
    });
    const wanted = publishes('127.0.0.1:80:80', '127.0.0.1:81:81');
    const { host, denied, untried } = await probePublishes(wanted, hostWith(), prober);

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
    ['is no conflict if it does', 'free', []],
    ['is a conflict if it does not', 'taken', ['certain']],
    ['is a possible conflict if the bind is denied', 'denied', ['possible']],
  ] as const)('%s', async (_name, answer, expected) => {
    const { prober, explained } = createFakeProber({ '127.0.0.1:5353/udp': answer });
    const summary = await probePublishes(wanted, host, prober);
    const found = findHostConflicts(wanted, summary.host);

    expect(found.map(({ certainty }) => certainty)).toEqual(expected);
    expect(explained).toEqual([]);
  });
});
