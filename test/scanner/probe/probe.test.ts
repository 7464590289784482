import { describe, expect, test } from '@jest/globals';
import type { Endpoint } from '../../../src/model/host/binding.ts';
import { toHostAddress } from '../../../src/model/ports/address.ts';
import { type Protocol, toPort } from '../../../src/model/ports/port.ts';
import { readHostFacts } from '../../../src/scanner/host-facts.ts';
import { probeEndpoint, probeEndpoints } from '../../../src/scanner/probe/probe.ts';
import { hasIPv6, holdBoundSocket, holdSockets, type WantedSocket } from '../sockets/holders.ts';

const onLinux = process.platform === 'linux' ? describe : describe.skip;
const withIPv6 = hasIPv6 ? test : test.skip;
const isRoot = process.getuid?.() === 0;
/** Other tries would only take time: nobody else is probing here. */
const pause = () => Promise.resolve();

function endpoint(address: string, port: number, protocol: Protocol = 'tcp'): Endpoint {
  return { address: toHostAddress(address), port: toPort(port), protocol };
}

/** A port that nobody holds now. */
async function freePort(): Promise<number> {
  const holder = await holdSockets([{ protocol: 'tcp', host: '127.0.0.1' }]);
  await holder[Symbol.asyncDispose]();
  return holder.ports[0] ?? 0;
}

/** What each held socket blocks, as dockerd found it on the same kernel. */
onLinux('what a held socket blocks', () => {
  const v4 = (host: string): WantedSocket => ({ protocol: 'tcp', host });
  const v6only: WantedSocket = { protocol: 'tcp', host: '::', ipv6Only: true };
  const cases: readonly (readonly [string, WantedSocket, Readonly<Record<string, string>>])[] = [
    [
      '0.0.0.0',
      v4('0.0.0.0'),
      {
        '*': 'taken',
        '0.0.0.0': 'taken',
        '127.0.0.1': 'taken',
        '127.0.0.2': 'taken',
        '::': 'free',
        '::1': 'free',
      },
    ],
    [
      '127.0.0.1',
      v4('127.0.0.1'),
      {
        '*': 'taken',
        '0.0.0.0': 'taken',
        '127.0.0.1': 'taken',
        '127.0.0.2': 'free',
        '::': 'free',
        '::1': 'free',
      },
    ],
    [
      ':: of both families',
      v4('::'),
      { '*': 'taken', '0.0.0.0': 'taken', '127.0.0.1': 'taken', '::': 'taken', '::1': 'taken' },
    ],
    [
      ':: of IPv6 only',
      v6only,
      { '*': 'taken', '0.0.0.0': 'free', '127.0.0.1': 'free', '::': 'taken', '::1': 'taken' },
    ],
    [
      '::1',
      v4('::1'),
      { '*': 'taken', '0.0.0.0': 'free', '127.0.0.1': 'free', '::': 'taken', '::1': 'taken' },
    ],
    [
      '::ffff:127.0.0.1',
      v4('::ffff:127.0.0.1'),
      {
        '*': 'taken',
        '0.0.0.0': 'taken',
        '127.0.0.1': 'taken',
        '127.0.0.2': 'free',
        '::': 'free',
        '::1': 'free',
      },
    ],
  ];

  for (const protocol of ['tcp', 'udp'] as const) {
    const rows = cases.filter(([, { host }]) => protocol === 'tcp' || host !== '::ffff:127.0.0.1');
    (hasIPv6 ? test.each(rows) : test.skip.each(rows))(
      `${protocol} %s`,
      async (_, wanted, expected) => {
        await using holder = await holdSockets([{ ...wanted, protocol }]);
        const port = holder.ports[0] ?? 0;
        const answers: Record<string, string> = {};
        for (const address of Object.keys(expected)) {
          answers[address] = (
            await probeEndpoint(endpoint(address, port, protocol), { pause })
          ).kind;
        }
        expect(answers).toEqual(expected);
        const other = protocol === 'tcp' ? 'udp' : 'tcp';
        expect(await probeEndpoint(endpoint('127.0.0.1', port, other), { pause })).toEqual({
          kind: 'free',
        });
      },
    );
  }

  test.each([
    ['bound, not listening', { reuse: false }, 'taken'],
    ['bound with SO_REUSEADDR, not listening', { reuse: true }, 'free'],
  ])('tcp %s', async (_, options, expected) => {
    await using holder = await holdBoundSocket(options);
    expect((await probeEndpoint(endpoint('127.0.0.1', holder.ports[0] ?? 0), { pause })).kind).toBe(
      expected,
    );
  });

  test('reports the local port of an outgoing connection as taken', async () => {
    await using server = await holdSockets([{ protocol: 'tcp', host: '127.0.0.1' }]);
    await using client = await holdBoundSocket({ connectTo: server.ports[0] ?? 0 });
    const port = client.ports[0] ?? 0;
    expect(await probeEndpoint(endpoint('127.0.0.1', port), { pause })).toEqual({ kind: 'taken' });
    expect(await probeEndpoint(endpoint('0.0.0.0', port), { pause })).toEqual({ kind: 'taken' });
    expect(await probeEndpoint(endpoint('127.0.0.2', port), { pause })).toEqual({ kind: 'free' });
  });

  test('shares a UDP port with SO_REUSEADDR only for engines that set it too', async () => {
    await using holder = await holdSockets([{ protocol: 'udp', host: '0.0.0.0', reuseAddr: true }]);
    const shared = endpoint('0.0.0.0', holder.ports[0] ?? 0, 'udp');
    expect(await probeEndpoint(shared, { pause })).toEqual({ kind: 'taken' });
    expect(await probeEndpoint(shared, { pause, reuseUdp: true })).toEqual({ kind: 'free' });
  });
});

/** Both wildcards of a port are tried with one socket first: the answers must be those of each alone. */
onLinux('both wildcards of a port', () => {
  const both = (port: number) => [endpoint('0.0.0.0', port), endpoint('::', port)];

  withIPv6.each<readonly [string, WantedSocket | undefined]>([
    ['0.0.0.0', { protocol: 'tcp', host: '0.0.0.0' }],
    ['127.0.0.1', { protocol: 'tcp', host: '127.0.0.1' }],
    ['::', { protocol: 'tcp', host: '::' }],
    [':: without IPv4', { protocol: 'tcp', host: '::', ipv6Only: true }],
    ['::1', { protocol: 'tcp', host: '::1' }],
    ['nobody', undefined],
  ])('finds a port beside %s free or taken, as the kernel does', async (_name, wanted) => {
    await using holder = await holdSockets(wanted === undefined ? [] : [wanted]);
    const port = holder.ports[0] ?? (await freePort());
    const alone: unknown[] = [];
    for (const one of both(port)) alone.push(await probeEndpoint(one, { pause }));
    expect(await probeEndpoints(both(port), { pause })).toEqual(alone);
  });

  test.each([{}, { reuse: true }])(
    'finds the port of a bound UDP socket taken, %j',
    async (options) => {
      await using holder = await holdBoundSocket(options);
      const port = holder.ports[0] ?? 0;
      const alone: unknown[] = [];
      for (const one of both(port)) alone.push(await probeEndpoint(one, { pause }));
      expect(await probeEndpoints(both(port), { pause })).toEqual(alone);
    },
  );
});

describe('a probe', () => {
  test.each(['tcp', 'udp'] as const)(
    'of %s leaves the port free for the next',
    async (protocol) => {
      const free = endpoint('127.0.0.1', await freePort(), protocol);
      for (let round = 0; round < 20; round += 1) {
        expect(
          await probeEndpoint(free, { pause: () => Promise.reject(new Error('taken')) }),
        ).toEqual({ kind: 'free' });
      }
    },
  );

  test('releases the port before it returns', async () => {
    const port = await freePort();
    await probeEndpoint(endpoint('127.0.0.1', port), { pause });
    await using holder = await holdSockets([{ protocol: 'tcp', host: '127.0.0.1', port }]);
    expect(holder.ports).toEqual([port]);
  });

  test('retries a taken port, because another probe may hold it for an instant', async () => {
    const holder = await holdSockets([{ protocol: 'tcp', host: '127.0.0.1' }]);
    await using _ = holder;
    const waits: number[] = [];
    const answer = await probeEndpoint(endpoint('127.0.0.1', holder.ports[0] ?? 0), {
      pause: async (ms) => {
        waits.push(ms);
        if (waits.length === 2) await holder[Symbol.asyncDispose]();
      },
    });
    expect(answer).toEqual({ kind: 'free' });
    expect(waits).toHaveLength(2);
  });

  test('gives up after three retries in about 200 ms', async () => {
    await using holder = await holdSockets([{ protocol: 'tcp', host: '127.0.0.1' }]);
    const waits: number[] = [];
    const answer = await probeEndpoint(endpoint('127.0.0.1', holder.ports[0] ?? 0), {
      pause: (ms) => Promise.resolve(waits.push(ms)),
    });
    expect(answer).toEqual({ kind: 'taken' });
    expect(waits).toHaveLength(3);
    expect(waits.reduce((a, b) => a + b)).toBeGreaterThanOrEqual(100);
    expect(waits.reduce((a, b) => a + b)).toBeLessThanOrEqual(300);
    expect(new Set(waits).size).toBe(3);
  });

  test.each([
    ['tcp', '192.0.2.1'],
    ['udp', '192.0.2.1'],
  ] as const)('of %s on an address of another host', async (protocol, address) => {
    expect(await probeEndpoint(endpoint(address, await freePort(), protocol), { pause })).toEqual({
      kind: 'not-local',
    });
  });

  withIPv6.each(['tcp', 'udp'] as const)(
    'of %s on an IPv6 address of another host',
    async (protocol) => {
      const foreign = endpoint('2001:db8::1', await freePort(), protocol);
      expect(await probeEndpoint(foreign, { pause })).toEqual({ kind: 'not-local' });
    },
  );

  withIPv6('of an address that needs a zone cannot tell', async () => {
    const answer = await probeEndpoint(endpoint('fe80::1', await freePort()), { pause });
    expect(['unknown', 'not-local']).toContain(answer.kind);
  });

  test('reports a port that this user may not bind as denied', async () => {
    const { unprivilegedStart } = await readHostFacts();
    if (process.platform !== 'linux' || unprivilegedStart === 1) return;
    if (isRoot) process.seteuid?.(65534);
    try {
      const answers = await probeEndpoints(
        [endpoint('127.0.0.1', 1), endpoint('127.0.0.1', 1, 'udp'), endpoint('*', 1)],
        { pause },
      );
      expect(answers.map(({ kind }) => kind)).toEqual(['denied', 'denied', 'denied']);
    } finally {
      if (isRoot) process.seteuid?.(0);
    }
  });

  test('cannot bind SCTP', async () => {
    const answer = await probeEndpoint(endpoint('127.0.0.1', 9000, 'sctp'));
    expect(answer).toEqual({ kind: 'unknown', reason: 'Node.js cannot bind SCTP ports' });
  });

  test.each([
    ['darwin', '*'],
    ['darwin', '0.0.0.0'],
    ['win32', '::'],
  ] as const)('on %s does not bind %s', async (platform, address) => {
    const answer = await probeEndpoint(endpoint(address, 9000), { platform });
    expect(answer).toMatchObject({ kind: 'unknown', reason: expect.stringContaining('firewall') });
  });

  test.each(['darwin', 'win32'] as const)('on %s binds loopback only', async (platform) => {
    const free = endpoint('127.0.0.1', await freePort());
    expect(await probeEndpoint(free, { platform, pause })).toEqual({ kind: 'free' });
  });
});

describe('many probes', () => {
  test("answer in the order of the endpoints, and not in each other's way", async () => {
    await using holder = await holdSockets([{ protocol: 'tcp', host: '127.0.0.1' }]);
    const free = await freePort();
    const taken = holder.ports[0] ?? 0;
    const endpoints = Array.from({ length: 200 }, (_, index) =>
      index % 10 === 7
        ? endpoint('127.0.0.1', taken)
        : endpoint(
            index % 2 === 0 ? '127.0.0.1' : '0.0.0.0',
            free,
            index % 3 === 0 ? 'udp' : 'tcp',
          ),
    );
    const answers = await probeEndpoints(endpoints, { pause, platform: 'linux' });
    expect(answers.map(({ kind }) => kind)).toEqual(
      endpoints.map(({ port }) => (port === taken ? 'taken' : 'free')),
    );
  });

  test('return an empty list for an empty list', async () => {
    expect(await probeEndpoints([])).toEqual([]);
  });
});
