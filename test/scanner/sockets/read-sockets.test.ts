import { expect, test } from '@jest/globals';
import {
  identifyProcesses,
  readConnections,
  readProcesses,
} from '../../../src/scanner/sockets/read-sockets.ts';
import { makeUpFolder } from './made-up-folder.ts';

const row = (port: string, inode: number) =>
  `   0: 0100007F:${port} 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 ${inode} 1`;

test('describes the source in one line', async () => {
  await using folder = await makeUpFolder({ 'net/tcp': row('1F90', 7), 'net/udp': '' });
  const { source } = await readProcesses({ platform: 'linux', root: folder.root });
  expect(source).toEqual({
    name: 'processes',
    status: 'read',
    detail: `1 socket of this host, ${folder.root}/net`,
  });
});

test('reports an unreadable table as a gap with its name', async () => {
  await using folder = await makeUpFolder({ 'net/tcp': row('1F90', 7) });
  const { sockets, source } = await readProcesses({ platform: 'linux', root: folder.root });
  expect(sockets).toHaveLength(1);
  expect(source).toMatchObject({
    status: 'gap',
    detail: `not all sockets of this host could be read: ${folder.root}/net/udp: ENOENT`,
  });
});

test('reports an unsupported system as absent', async () => {
  const platform = 'freebsd';
  expect(await readProcesses({ platform })).toEqual({
    sockets: [],
    source: {
      name: 'processes',
      status: 'absent',
      detail: 'the sockets of freebsd cannot be listed',
    },
  });
  expect(await readConnections(new Set([80]), { platform })).toEqual([]);
  expect(await identifyProcesses([], { platform })).toEqual({ sockets: [], complete: true });
});

const id = '6b'.repeat(32);

test("holders are processes, containers behind a helper, and containers on the host's network", async () => {
  await using folder = await makeUpFolder({
    'net/tcp': [
      row('0050', 500),
      row('0051', 501),
      row('0052', 502),
      row('0053', 503),
      row('0054', 504),
    ].join('\n'),
    'net/udp': '',
    stat: 'btime 1760000000\n',
    passwd: 'root:x:0:0::/:\n',
    '10/fd/4': '-> socket:[500]',
    '10/comm': 'docker-proxy\n',
    '10/cmdline':
      '/usr/bin/docker-proxy\0-proto\0tcp\0-host-ip\x000.0.0.0\0-host-port\x0080\0-container-ip\x00172.17.0.2\0-container-port\x008080\0',
    '10/status': 'Uid:\t0\t0\t0\t0\n',
    '11/fd/5': '-> socket:[501]',
    '11/comm': 'conmon\n',
    '11/cmdline': `/usr/bin/conmon\0--api-version\x001\0-c\0${id}\0`,
    '12/fd/3': '-> socket:[502]',
    '12/comm': 'redis-server\n',
    '12/cgroup': `0::/system.slice/docker-${id}.scope\n`,
    '13/fd/12': '-> socket:[503]',
    '13/comm': 'dockerd\n',
    '13/cmdline': '/usr/bin/dockerd\0-H\0fd://\0',
    '13/cgroup': '0::/system.slice/docker.service\n',
  });
  const options = {
    platform: 'linux',
    root: folder.root,
    passwd: `${folder.root}/passwd`,
  } as const;
  const { sockets } = await readProcesses(options);
  const named = (await identifyProcesses(sockets, options)).sockets;
  expect(named.map(({ port, holder }) => ({ port, ...holder }))).toEqual([
    { port: 80, kind: 'container', forwarder: 'docker-proxy', pid: 10, user: 'root' },
    { port: 81, kind: 'container', id, forwarder: 'conmon', pid: 11 },
    { port: 82, kind: 'container', id, hostNetwork: true, pid: 12 },
    {
      port: 83,
      kind: 'process',
      pid: 13,
      name: 'dockerd',
      command: '/usr/bin/dockerd -H fd://',
      unit: 'docker.service',
    },
    { port: 84, kind: 'process', user: 'root' },
  ]);
  expect(named.map(({ forwarder }) => forwarder?.program)).toEqual([
    'docker-proxy',
    'conmon',
    undefined,
    'dockerd',
    undefined,
  ]);
  expect(named[0]?.forwarder?.publish).toEqual({
    protocol: 'tcp',
    hostAddress: '0.0.0.0',
    hostPort: 80,
    containerAddress: '172.17.0.2',
    containerPort: 8080,
  });
});
