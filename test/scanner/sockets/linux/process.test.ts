import { describe, expect, test } from '@jest/globals';
import {
  describeProcess,
  openProcessTree,
  parseCommandLine,
  programName,
} from '../../../../src/scanner/sockets/linux/process.ts';
import { makeUpFolder } from '../made-up-folder.ts';

const containerId = 'ab'.repeat(32);
const stat = (pid: number, startTicks: number) =>
  `${pid} (my (odd) name) S 1 ${pid} ${pid} 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 ${startTicks} 1000 10`;

const tree = {
  stat: 'cpu 1 2 3\nintr 1 2\nbtime 1760000000\nprocesses 5\n',
  passwd: 'root:x:0:0:root:/root:/bin/sh\npostgres:x:70:70::/var/lib/postgresql:/bin/sh\n',
  '42/comm': 'postgres\n',
  '42/cmdline': '/usr/lib/postgresql/bin/postgres\0-D\0/var/lib/my data\0',
  '42/stat': stat(42, 12_345),
  '42/status': 'Name:\tpostgres\nUid:\t0\t70\t70\t70\nGid:\t70\t70\t70\t70\n',
  '42/cgroup': '0::/system.slice/postgresql@16-main.service\n',
};

async function describe42(files: Readonly<Record<string, string>>) {
  await using folder = await makeUpFolder(files);
  return describeProcess(42, openProcessTree(folder.root, `${folder.root}/passwd`));
}

describe('a process', () => {
  test('is identified by its entry in /proc', async () => {
    expect(await describe42(tree)).toEqual({
      pid: 42,
      name: 'postgres',
      user: 'postgres',
      argv: ['/usr/lib/postgresql/bin/postgres', '-D', '/var/lib/my data'],
      unit: 'postgresql@16-main.service',
      containerId: undefined,
      startedAt: '2025-10-09T08:55:23.000Z',
    });
  });

  test('of a user without a name has the number of the user', async () => {
    expect(await describe42({ ...tree, passwd: '' })).toMatchObject({ user: '70' });
  });

  test('in a container has the id of the container', async () => {
    const cgroup = `0::/system.slice/docker-${containerId}.scope\n`;
    expect(await describe42({ ...tree, '42/cgroup': cgroup })).toMatchObject({ containerId });
  });

  test('in the same container as portplan has no container id', async () => {
    const cgroup = `0::/docker/${containerId}\n`;
    const files = { ...tree, '42/cgroup': cgroup, 'self/cgroup': cgroup };
    expect((await describe42(files))?.containerId).toBeUndefined();
  });

  test('that shows only its name is identified by the name', async () => {
    expect(await describe42({ '42/comm': 'sshd\n' })).toEqual({ pid: 42, name: 'sshd', argv: [] });
  });

  test('that has ended is undefined', async () => {
    expect(await describe42({ '43/comm': 'other\n' })).toBeUndefined();
  });

  test('cannot have an endless command line', async () => {
    const cmdline = `java\0${'-Dx=ü\0'.repeat(100_000)}`;
    const argv = (await describe42({ ...tree, '42/cmdline': cmdline }))?.argv.join(' ') ?? '';
    expect(Buffer.byteLength(argv)).toBeLessThanOrEqual(4096);
    expect(argv).not.toContain('�');
  });
});

test.each([
  ['plain', 'node\0server.js\0', ['node', 'server.js']],
  ['with empty arguments', 'sh\0-c\0\0x\0', ['sh', '-c', '', 'x']],
  [
    'a title over the arguments',
    'nginx: master process /usr/sbin/nginx',
    ['nginx: master process /usr/sbin/nginx'],
  ],
  ['padded with NUL', 'postgres: writer\0\0\0\0', ['postgres: writer']],
  ['of a kernel thread', '', []],
])('reads a command line: %s', (_, text, expected) => {
  expect(parseCommandLine(Buffer.from(text))).toEqual(expected);
});

test.each([
  ['as it is', 'nginx', ['/usr/sbin/nginx'], 'nginx'],
  [
    'cut at 15 bytes',
    'containerd-shim',
    ['/usr/bin/containerd-shim-runc-v2', '-id'],
    'containerd-shim-runc-v2',
  ],
  ['15 bytes that are not a beginning', 'kworker/0:1-eve', ['other'], 'kworker/0:1-eve'],
  ['a renamed main thread', 'MainThread', ['/usr/bin/node', 'x.js'], 'node'],
  ['a renamed main thread of Node 24', 'node-MainThread', ['/usr/bin/node', 'x.js'], 'node'],
  ['started anew', 'exe', ['containers-rootlessport'], 'containers-rootlessport'],
  ['a title', 'gunicorn', ['gunicorn: master [app]'], 'gunicorn'],
  ['without arguments', 'kthreadd', [], 'kthreadd'],
])('finds the name of a program: %s', (_, comm, argv, expected) => {
  expect(programName(comm, argv)).toBe(expected);
});
