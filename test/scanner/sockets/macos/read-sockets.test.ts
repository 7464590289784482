import { describe, expect, test } from '@jest/globals';
import {
  identifyProcesses,
  type RunTool,
  readConnections,
  readProcesses,
} from '../../../../src/scanner/sockets/read-sockets.ts';
import { readRecording } from '../../fixture.ts';
import { showSocket } from '../show-socket.ts';

/** A Mac that answers some commands; every other one is not installed. */
function mac(answers: Readonly<Record<string, string>>): RunTool {
  return (file, args) => {
    const command = [file, ...args].join(' ');
    const found = Object.keys(answers).find((start) => command.startsWith(start));
    if (found !== undefined) return Promise.resolve(readRecording(answers[found] ?? ''));
    return Promise.reject(Object.assign(new Error('not found'), { code: 'ENOENT' }));
  };
}

const tcp = '/usr/sbin/netstat -anvW -p tcp';
const udp = '/usr/sbin/netstat -anvW -p udp';
const lsof = '/usr/sbin/lsof -nP -iTCP -iUDP -F pcLutPnT';
const details = '/bin/ps -ww -o pid=,user=,lstart=,command= -p ';
const names = '/bin/ps -ww -o pid=,comm= -p ';

const platform = 'darwin';

describe('the sockets of a Mac', () => {
  test('come from netstat, which knows all users and their processes', async () => {
    const run = mac({ [tcp]: 'macos-26-netstat-tcp.txt', [udp]: 'macos-26-netstat-udp.txt' });
    const { sockets, source } = await readProcesses({ platform, run });
    expect(sockets.map(({ port }) => port)).toEqual([
      51836, 3283, 49615, 88, 65193, 3000, 8080, 5353,
    ]);
    expect(source).toEqual({
      name: 'processes',
      status: 'read',
      detail: '8 sockets of this host, netstat',
    });
  });

  test('get their processes from lsof where netstat does not show them', async () => {
    const run = mac({
      [tcp]: 'macos-netstat-an.txt',
      [udp]: 'macos-26-netstat-udp.txt',
      [lsof]: 'macos-lsof.txt',
    });
    const withoutOwners: RunTool = async (file, args) =>
      (await run(file, args)).replaceAll('mDNSResponder:390', '').replaceAll('process:pid', '');
    const { sockets, source } = await readProcesses({ platform, run: withoutOwners });
    expect(sockets.filter(({ port }) => port === 5000).map(showSocket)).toEqual([
      'tcp 0.0.0.0 5000 listening 514 ControlCenter mira',
      'tcp :: 5000 listening dual-stack:no 514 ControlCenter mira',
    ]);
    expect(sockets.find(({ port }) => port === 7265)?.holder).toEqual({ kind: 'process' });
    expect(sockets.filter(({ port }) => port === 3306)).toHaveLength(3);
    expect(source).toMatchObject({ status: 'read' });
  });

  test('are those of this user only without netstat, which is a gap', async () => {
    const { sockets, source } = await readProcesses({
      platform,
      run: mac({ [lsof]: 'macos-lsof.txt' }),
    });
    expect(sockets).toHaveLength(7);
    expect(source).toMatchObject({
      status: 'gap',
      detail:
        'not all sockets of this host could be read: netstat -p tcp: ENOENT; netstat -p udp: ENOENT',
    });
  });

  test('are a gap if no tool runs', async () => {
    const { sockets, source } = await readProcesses({ platform, run: mac({}) });
    expect(sockets).toEqual([]);
    expect(source.status).toBe('gap');
  });

  test('include the connections of the requested ports', async () => {
    const run = mac({ [tcp]: 'macos-26-netstat-tcp.txt', [udp]: 'macos-26-netstat-udp.txt' });
    const found = await readConnections(new Set([22, 64810, 3000]), { platform, run });
    expect(found.map(showSocket)).toEqual([
      'tcp 100.64.48.2 22 connected 4976 sshd-session',
      'tcp 127.0.0.1 64810 time-wait 7187 Brave Browser He',
    ]);
  });
});

describe('their holders', () => {
  test('have user, command and start from ps, and are identified as engines', async () => {
    const run = mac({
      [lsof]: 'macos-lsof.txt',
      [details]: 'macos-ps.txt',
      [names]: 'macos-ps-names.txt',
    });
    const { sockets } = await readProcesses({ platform, run });
    const { sockets: named } = await identifyProcesses(sockets, { platform, run });
    expect(named.find(({ port }) => port === 5000)?.holder).toEqual({
      kind: 'process',
      pid: 514,
      name: 'ControlCenter',
      user: 'mira',
      command: '/System/Library/CoreServices/ControlCenter.app/Contents/MacOS/ControlCenter',
      startedAt: new Date(2025, 9, 6, 9, 0, 1).toISOString(),
    });
    expect(named.find(({ port }) => port === 3306)).toMatchObject({
      holder: { kind: 'process', name: 'OrbStack Helper' },
      forwarder: { program: 'OrbStack', onlyContainers: false },
    });
    expect(named.find(({ port }) => port === 43123)?.holder).toMatchObject({
      pid: 832,
      name: 'python3.11',
    });
  });

  test('stay as they are without ps', async () => {
    const run = mac({ [lsof]: 'macos-lsof.txt' });
    const { sockets } = await readProcesses({ platform, run });
    expect(await identifyProcesses(sockets, { platform, run })).toEqual({
      sockets,
      complete: true,
    });
  });
});
