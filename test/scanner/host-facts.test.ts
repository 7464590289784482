import { createServer } from 'node:net';
import { describe, expect, test } from '@jest/globals';
import { parsePortList, parsePortPair, readHostFacts } from '../../src/scanner/host-facts.ts';
import type { RunTool } from '../../src/scanner/sockets/run-tool.ts';
import { readRecording } from './fixture.ts';
import { makeUpFolder } from './sockets/made-up-folder.ts';

describe('a Linux host', () => {
  const settings = {
    'proc/sys/net/ipv4/ip_local_port_range': '15000\t61000\n',
    'proc/sys/net/ipv4/ip_local_reserved_ports': '8080,9148-9150\n',
    'proc/sys/net/ipv4/ip_unprivileged_port_start': '80\n',
    'proc/sys/net/ipv4/ip_nonlocal_bind': '1\n',
    'proc/net/if_inet6': '00000000000000000000000000000001 01 80 10 80       lo\n',
    'proc/sys/kernel/osrelease': '6.18.44\n',
  };
  const read = async (files: Readonly<Record<string, string>>) => {
    await using folder = await makeUpFolder(files);
    return readHostFacts({ platform: 'linux', root: folder.root });
  };

  test('has the facts of its settings', async () => {
    expect(await read(settings)).toEqual({
      platform: 'linux',
      ephemeral: { first: 15000, last: 61000 },
      reserved: [
        { first: 8080, last: 8080 },
        { first: 9148, last: 9150 },
      ],
      excluded: [],
      unprivilegedStart: 80,
      nonlocalBind: true,
      ipv6: true,
      insideContainer: false,
      wsl: false,
    });
  });

  test('without readable settings has the defaults of the kernel', async () => {
    expect(await read({})).toMatchObject({
      ephemeral: { first: 32768, last: 60999 },
      reserved: [],
      unprivilegedStart: 1024,
      nonlocalBind: false,
      ipv6: false,
    });
  });

  test.each([
    [
      'without IPv6 on loopback',
      { 'proc/net/if_inet6': 'fe800000000000000000000000000001 02 40 20 80 eth0\n' },
      { ipv6: false },
    ],
    [
      'with another IPv6 address first',
      {
        'proc/net/if_inet6': `fe800000000000000000000000000001 02 40 20 80 eth0\n${settings['proc/net/if_inet6']}`,
      },
      { ipv6: true },
    ],
    [
      'where every port may be bound',
      { 'proc/sys/net/ipv4/ip_unprivileged_port_start': '0\n' },
      { unprivilegedStart: 1 },
    ],
    [
      'with garbage in its settings',
      {
        'proc/sys/net/ipv4/ip_local_port_range': 'what',
        'proc/sys/net/ipv4/ip_unprivileged_port_start': '',
      },
      { ephemeral: { first: 32768, last: 60999 }, unprivilegedStart: 1024 },
    ],
    ['inside a docker container', { '.dockerenv': '' }, { insideContainer: true }],
    ['inside a podman container', { 'run/.containerenv': '' }, { insideContainer: true }],
    [
      'inside Windows',
      { 'proc/sys/kernel/osrelease': '5.15.123.1-microsoft-standard-WSL2\n' },
      { wsl: true },
    ],
    [
      'inside Windows, version 1',
      { 'proc/sys/kernel/osrelease': '4.4.0-19041-Microsoft\n' },
      { wsl: true },
    ],
  ])('%s', async (_, files, expected) => {
    expect(await read({ ...settings, ...files })).toMatchObject(expected);
  });
});

describe('this host', () => {
  test('has IPv6 if and only if [::1] can be bound', async () => {
    const bound = await new Promise<boolean>((resolve) => {
      const server = createServer().once('error', () => resolve(false));
      server.listen({ host: '::1', port: 0 }, () => server.close(() => resolve(true)));
    });
    expect((await readHostFacts()).ipv6).toBe(bound);
  });
});

function tools(answers: Readonly<Record<string, string>>): RunTool {
  return (file, args) => {
    const answer = answers[[file.split(/[/\\]/).at(-1), ...args].join(' ')];
    return answer === undefined
      ? Promise.reject(new Error('no such tool'))
      : Promise.resolve(answer);
  };
}

describe('a Mac', () => {
  const sysctl = 'sysctl -n net.inet.ip.portrange.first net.inet.ip.portrange.last';

  test.each([
    ['as it was set', { [sysctl]: '10000\n65535\n' }, { first: 10000, last: 65535 }],
    ['that does not answer', {}, { first: 49152, last: 65535 }],
  ])('%s', async (_, answers, ephemeral) => {
    const facts = await readHostFacts({
      platform: 'darwin',
      run: tools(answers),
      addresses: () => ['127.0.0.1'],
    });
    expect(facts).toEqual({
      platform: 'darwin',
      ephemeral,
      reserved: [],
      excluded: [],
      unprivilegedStart: 1024,
      nonlocalBind: false,
      ipv6: false,
      insideContainer: false,
      wsl: false,
    });
  });
});

describe('a Windows host', () => {
  test('has excluded ranges and a range of its own', async () => {
    const run = tools({
      'netsh.exe interface ipv4 show dynamicport tcp': readRecording('windows-dynamic-ports.txt'),
      'netsh.exe interface ipv4 show excludedportrange protocol=tcp':
        readRecording('windows-excluded-zh.txt'),
      'netsh.exe interface ipv4 show excludedportrange protocol=udp': '',
    });
    const facts = await readHostFacts({ platform: 'win32', run, addresses: () => ['::1'] });
    expect(facts).toMatchObject({
      ephemeral: { first: 1024, last: 65534 },
      unprivilegedStart: 1,
      ipv6: true,
    });
    expect(facts.excluded).toEqual([
      { first: 1607, last: 1706, protocol: 'tcp' },
      { first: 5357, last: 5357, protocol: 'tcp' },
      { first: 50000, last: 50059, protocol: 'tcp' },
      { first: 54235, last: 54235, protocol: 'tcp' },
    ]);
  });

  test('whose tools fail has the defaults', async () => {
    const facts = await readHostFacts({ platform: 'win32', run: tools({}), addresses: () => [] });
    expect(facts).toMatchObject({ ephemeral: { first: 49152, last: 65535 }, excluded: [] });
  });
});

test('an unsupported system has the defaults', async () => {
  const facts = await readHostFacts({ platform: 'freebsd', addresses: () => ['::1'] });
  expect(facts).toMatchObject({ ephemeral: { first: 49152, last: 65535 }, ipv6: true });
});

test.each([
  ['32768\t60999\n', { first: 32768, last: 60999 }],
  ['1 1', { first: 1, last: 1 }],
  ['60999 32768', undefined],
  ['0 5', undefined],
  ['', undefined],
])('reads the pair %j', (text, expected) => {
  expect(parsePortPair(text)).toEqual(expected);
});

test.each([
  ['\n', []],
  ['8080\n', [{ first: 8080, last: 8080 }]],
  [
    '1,3-4, 70000,x',
    [
      { first: 1, last: 1 },
      { first: 3, last: 4 },
    ],
  ],
])('reads the list %j', (text, expected) => {
  expect(parsePortList(text)).toEqual(expected);
});
