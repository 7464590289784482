import { describe, expect, test } from '@jest/globals';
import { parseEngineAddress } from '../../../src/engine/connect/address.ts';
import { resolvePublishHost } from '../../../src/engine/connect/publish-host.ts';

const facts = {
  hostName: 'here',
  kernel: '6.1.0',
  system: 'Debian GNU/Linux 12',
  rootless: false,
  swarmManager: false,
};
const unixTable = (path: string, flags = '00010000'): string =>
  `Num       RefCount Protocol Flags    Type St Inode Path\n0000000000000000: 00000002 00000000 ${flags} 0001 01 31337 ${path}\n`;
const from = {
  platform: 'linux',
  kernel: '6.1.0',
  hostName: 'here',
  readUnixSockets: async () => unixTable('/var/run/docker.sock'),
  realPath: async (path: string) => path.replace('/var/run/', '/run/'),
};

interface Case {
  readonly address?: string;
  readonly facts?: Partial<typeof facts>;
  readonly from?: Partial<typeof from>;
  readonly kind?: 'docker' | 'podman';
}

describe('resolvePublishHost', () => {
  test.each<readonly [string, Case, object]>([
    ['a socket of this namespace', {}, { kind: 'host' }],
    [
      'a socket under its other path',
      { from: { readUnixSockets: async () => unixTable('/run/docker.sock') } },
      { kind: 'host' },
    ],
    [
      'a socket of another namespace',
      { from: { readUnixSockets: async () => unixTable('/elsewhere.sock') } },
      { kind: 'other-host', where: 'another network namespace of this host' },
    ],
    [
      'a socket that does not listen',
      { from: { readUnixSockets: async () => unixTable('/var/run/docker.sock', '00000000') } },
      { kind: 'other-host' },
    ],
    [
      'an unreadable table of sockets',
      {
        from: {
          readUnixSockets: async () => {
            throw new Error('EACCES');
          },
        },
      },
      { kind: 'unsure' },
    ],
    ['ssh', { address: 'ssh://far' }, { kind: 'other-host', hostName: 'far' }],
    ['tcp to another host', { address: 'tcp://10.0.0.9:2375' }, { kind: 'other-host' }],
    ['tcp to this host', { address: 'tcp://127.0.0.1:2375' }, { kind: 'unsure' }],
    ['another kernel', { facts: { kernel: '5.10.0' } }, { kind: 'other-host' }],
    [
      'another host name',
      { facts: { hostName: 'there' } },
      { kind: 'other-host', hostName: 'there' },
    ],
    ['rootless docker', { facts: { rootless: true } }, { kind: 'host' }],
    [
      'Docker Desktop',
      { facts: { system: 'Docker Desktop' } },
      { kind: 'forwarded', by: 'Docker Desktop' },
    ],
    ['OrbStack', { facts: { system: 'OrbStack' } }, { kind: 'forwarded-silently', by: 'OrbStack' }],
    [
      'Colima',
      { facts: { hostName: 'colima' }, from: { platform: 'darwin' } },
      { kind: 'forwarded-silently', by: 'Colima' },
    ],
    [
      'a podman machine',
      { from: { platform: 'darwin' }, kind: 'podman' },
      { kind: 'forwarded-silently', by: 'Podman machine' },
    ],
  ])('%s', async (_name, changed, expected) => {
    const engine = {
      address: parseEngineAddress(changed.address ?? 'unix:///var/run/docker.sock'),
      facts: { ...facts, ...changed.facts },
      kind: changed.kind ?? 'docker',
    };

    expect(await resolvePublishHost(engine, { ...from, ...changed.from })).toMatchObject(expected);
  });
});
