import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { userInfo } from 'node:os';
import { promisify } from 'node:util';
import { describe, expect, test } from '@jest/globals';
import { toPort } from '../../../../src/model/ports/port.ts';
import { probeEndpoint } from '../../../../src/scanner/probe/probe.ts';
import {
  type HostSocket,
  identifyProcesses,
  readConnections,
  readProcesses,
  resolveUnknownDualStack,
} from '../../../../src/scanner/sockets/read-sockets.ts';
import { hasIPv6, holdBoundSocket, holdSockets, type SocketHolder } from '../holders.ts';
import { showSocket } from '../show-socket.ts';

const onLinux = process.platform === 'linux' ? describe : describe.skip;
const isRoot = process.getuid?.() === 0;
const asRoot = isRoot ? test : test.skip;
const withIPv6 = hasIPv6 ? test : test.skip;
const nobody = 65534;

async function socketsOf({ ports }: SocketHolder): Promise<readonly HostSocket[]> {
  const { sockets, source } = await readProcesses();
  expect(source.status).toBe('read');
  return ports.flatMap((port) => sockets.filter((socket) => socket.port === port));
}

onLinux('sockets of a process of this host', () => {
  test('are listed as they were opened', async () => {
    await using holder = await holdSockets([
      { protocol: 'tcp', host: '127.0.0.1' },
      { protocol: 'tcp', host: '127.0.0.2' },
      { protocol: 'tcp', host: '0.0.0.0' },
      { protocol: 'udp', host: '127.0.0.1' },
      { protocol: 'udp', host: '0.0.0.0' },
    ]);
    const [a, b, c, d, e] = holder.ports;
    expect((await socketsOf(holder)).map(showSocket)).toEqual([
      `tcp 127.0.0.1 ${a} listening`,
      `tcp 127.0.0.2 ${b} listening`,
      `tcp 0.0.0.0 ${c} listening`,
      `udp 127.0.0.1 ${d} bound`,
      `udp 0.0.0.0 ${e} bound`,
    ]);
  });

  withIPv6('are seen as they were opened, IPv6', async () => {
    await using holder = await holdSockets([
      { protocol: 'tcp', host: '::1' },
      { protocol: 'tcp', host: '::ffff:127.0.0.1' },
      { protocol: 'udp', host: '::1' },
    ]);
    const [a, b, c] = holder.ports;
    expect((await socketsOf(holder)).map(showSocket)).toEqual([
      `tcp ::1 ${a} listening`,
      `tcp 127.0.0.1 ${b} listening`,
      `udp ::1 ${c} bound`,
    ]);
  });

  withIPv6('on :: are told apart by a bind on loopback', async () => {
    await using holder = await holdSockets([
      { protocol: 'tcp', host: '::' },
      { protocol: 'tcp', host: '::', ipv6Only: true },
      { protocol: 'udp', host: '::' },
      { protocol: 'udp', host: '::', ipv6Only: true },
    ]);
    const seen = await socketsOf(holder);
    expect(seen.map(({ address, dualStack }) => `${address} ${dualStack}`)).toEqual(
      Array(4).fill('* unknown'),
    );
    const settled = await resolveUnknownDualStack(seen, (endpoint) => probeEndpoint(endpoint));
    expect(settled.map(({ address, dualStack }) => `${address} ${dualStack}`)).toEqual([
      '* yes',
      ':: no',
      '* yes',
      ':: no',
    ]);
  });

  withIPv6('are IPv6 only on :: where the port has an IPv4 socket too', async () => {
    await using first = await holdSockets([{ protocol: 'tcp', host: '127.0.0.1' }]);
    const port = first.ports[0] ?? 0;
    await using second = await holdSockets([{ protocol: 'tcp', host: '::', port, ipv6Only: true }]);
    expect((await socketsOf(second)).map(showSocket)).toEqual([
      `tcp 127.0.0.1 ${port} listening`,
      `tcp :: ${port} listening dual-stack:no`,
    ]);
  });

  test('that are bound and do not listen are not listed', async () => {
    await using holder = await holdBoundSocket();
    expect(await socketsOf(holder)).toEqual([]);
    expect(await readConnections(new Set(holder.ports))).toEqual([]);
  });

  test('of outgoing connections are read on request, with their process', async () => {
    await using server = await holdSockets([{ protocol: 'tcp', host: '127.0.0.1' }]);
    const [connectTo = 0] = server.ports;
    await using client = await holdBoundSocket({ connectTo });
    expect(await socketsOf(client)).toEqual([]);
    const found = await readConnections(new Set(client.ports));
    expect(found.map(showSocket)).toEqual([`tcp 127.0.0.1 ${client.ports[0]} connected`]);
    const { sockets } = await identifyProcesses(found, { budgetMs: 5000 });
    expect(sockets[0]?.holder).toMatchObject({ kind: 'process', pid: client.pid, name: 'perl' });
  });

  test('in TIME_WAIT are read on request', async () => {
    await using server = await holdSockets([{ protocol: 'tcp', host: '127.0.0.1' }]);
    const port = await connectAndClose(server.ports[0] ?? 0);
    const found = await readConnections(new Set([port]));
    expect(found.map(showSocket)).toEqual([`tcp 127.0.0.1 ${port} time-wait`]);
    expect((await identifyProcesses(found)).sockets).toEqual(found);
  });

  withIPv6('are those that ss lists', async () => {
    if (!hasSs()) return;
    await using holder = await holdSockets([
      { protocol: 'tcp', host: '::' },
      { protocol: 'tcp', host: '::', ipv6Only: true },
      { protocol: 'udp', host: '127.0.0.1' },
    ]);
    const own = await resolveUnknownDualStack(await socketsOf(holder), (endpoint) =>
      probeEndpoint(endpoint),
    );
    const listed = await listBySs();
    expect(listed).toEqual(expect.arrayContaining(own.map(showEndpoint)));
    // Other programs open and close sockets between the two looks, so they may need more than one try to agree.
    for (let attempt = 0; attempt < 20; attempt += 1) {
      const [before, sockets, after] = [await listBySs(), await listByUs(), await listBySs()];
      if (isSame(before, after) && isSame(before, sockets)) return;
    }
    expect(await listByUs()).toEqual((await listBySs()).map(ignoreFamily).sort());
  });
});

onLinux('the holder of a socket of this host', () => {
  test('is identified', async () => {
    await using holder = await holdSockets([{ protocol: 'tcp', host: '127.0.0.1' }], {
      args: ['an argument', '--flag'],
    });
    const before = Date.now();
    const { sockets, complete } = await identifyProcesses(await socketsOf(holder), {
      budgetMs: 5000,
    });
    expect(complete).toBe(true);
    const [found] = sockets.map((socket) => socket.holder);
    expect(found).toMatchObject({
      kind: 'process',
      pid: holder.pid,
      name: 'node',
      user: userInfo().username,
      command: expect.stringMatching(/an argument --flag$/),
    });
    const startedAt = found?.kind === 'process' ? Date.parse(found.startedAt ?? '') : Number.NaN;
    expect(Math.abs(startedAt - before)).toBeLessThan(30_000);
  });

  test('may end before it is identified', async () => {
    const holder = await holdSockets([{ protocol: 'tcp', host: '127.0.0.1' }]);
    const seen = await socketsOf(holder);
    await holder[Symbol.asyncDispose]();
    const { sockets } = await identifyProcesses(seen, { budgetMs: 5000 });
    expect(sockets.map((socket) => socket.holder)).toEqual([
      { kind: 'process', user: userInfo().username },
    ]);
  });

  asRoot('is seen by root whoever it is', async () => {
    await using holder = await holdSockets([{ protocol: 'tcp', host: '127.0.0.1' }], {
      uid: nobody,
    });
    const { sockets } = await identifyProcesses(await socketsOf(holder), { budgetMs: 5000 });
    expect(sockets[0]?.holder).toMatchObject({ pid: holder.pid, user: 'nobody' });
  });

  asRoot('is only a user to others than root', async () => {
    await using holder = await holdSockets([
      { protocol: 'tcp', host: '127.0.0.1' },
      { protocol: 'udp', host: '127.0.0.1' },
    ]);
    const { sockets, complete } = await asUser(nobody, async () =>
      identifyProcesses(await socketsOf(holder), { budgetMs: 5000 }),
    );
    expect(complete).toBe(true);
    expect(sockets.map((socket) => socket.holder)).toEqual(
      Array(2).fill({ kind: 'process', user: 'root' }),
    );
  });

  asRoot('is found by a user who owns it', async () => {
    await using holder = await holdSockets([{ protocol: 'tcp', host: '127.0.0.1' }], {
      uid: nobody,
    });
    const { sockets } = await asUser(nobody, async () =>
      identifyProcesses(await socketsOf(holder), { budgetMs: 5000 }),
    );
    expect(sockets[0]?.holder).toMatchObject({ user: 'nobody' });
  });
});

/** Does something with the rights of another user; only root may. */
async function asUser<Result>(uid: number, work: () => Promise<Result>): Promise<Result> {
  process.seteuid?.(uid);
  try {
    return await work();
  } finally {
    process.seteuid?.(0);
  }
}

/** Opens and closes a connection from this side first; resolves to the local port. */
async function connectAndClose(port: number): Promise<number> {
  const socket = await new Promise<Socket>((resolve, reject) => {
    const connection = connect({ host: '127.0.0.1', port }, () => resolve(connection));
    connection.once('error', reject);
  });
  const local = toPort(socket.localPort ?? 0);
  await new Promise<void>((resolve) =>
    socket
      .resume()
      .once('close', () => resolve())
      .end(),
  );
  return local;
}

function showEndpoint({ protocol, address, port }: HostSocket): string {
  return `${protocol} ${address} ${port}`;
}

/** Whether a socket on :: takes IPv4 too is not compared for those of others: we would have to bind their ports. */
function ignoreFamily(line: string): string {
  return line.replace(' :: ', ' * ');
}

function isSame(one: readonly string[], other: readonly string[]): boolean {
  const text = (lines: readonly string[]) => lines.map(ignoreFamily).sort().join('\n');
  return text(one) === text(other);
}

async function listByUs(): Promise<readonly string[]> {
  const { sockets } = await readProcesses();
  return sockets
    .filter(({ hasPeer }) => !hasPeer)
    .map(showEndpoint)
    .map(ignoreFamily)
    .sort();
}

function hasSs(): boolean {
  return (process.env.PATH ?? '').split(':').some((folder) => existsSync(`${folder}/ss`));
}

async function listBySs(): Promise<readonly string[]> {
  const { stdout } = await promisify(execFile)('ss', ['-Hltnu'], { timeout: 10_000 });
  const rows = stdout.matchAll(/^(tcp|udp) +\S+ +\d+ +\d+ +(\S+):(\d+) /gm);
  const plain = (address: string) =>
    address
      .replace(/^\[|\]$/g, '')
      .replace(/^::ffff:/, '')
      .replace(/%.*$/, '');
  return [...rows].map(
    ([, protocol, address = '', port]) => `${protocol} ${plain(address)} ${port}`,
  );
}
