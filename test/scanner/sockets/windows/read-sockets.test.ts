import { expect, test } from '@jest/globals';
import {
  identifyProcesses,
  type RunTool,
  readConnections,
  readProcesses,
} from '../../../../src/scanner/sockets/read-sockets.ts';
import { readRecording } from '../../fixture.ts';

const run: RunTool = (file, args) => {
  const command = [file.split('\\').at(-1), ...args].join(' ');
  if (command === 'netstat.exe -ano')
    return Promise.resolve(readRecording('windows-netstat-ano.txt'));
  if (command === 'tasklist.exe /svc /fo csv /nh') {
    return Promise.resolve(readRecording('windows-tasklist-svc.csv'));
  }
  return Promise.reject(Object.assign(new Error('not found'), { code: 'ENOENT' }));
};
const platform = 'win32';

test('returns the sockets of a Windows host that hold ports', async () => {
  const { sockets, source } = await readProcesses({ platform, run });
  expect(sockets).toHaveLength(15);
  expect(source).toEqual({
    name: 'processes',
    status: 'read',
    detail: '15 sockets of this host, netstat',
  });
});

test('identifies programs, services and the helpers of engines', async () => {
  const { sockets } = await readProcesses({ platform, run });
  const { sockets: named } = await identifyProcesses(sockets, { platform, run });
  const holderOf = (port: number) => named.find((socket) => socket.port === port);
  expect(holderOf(135)?.holder).toEqual({
    kind: 'process',
    pid: 1712,
    name: 'svchost.exe',
    unit: 'RpcEptMapper,RpcSs',
  });
  expect(holderOf(445)?.holder).toEqual({ kind: 'process', pid: 4, name: 'System' });
  expect(holderOf(443)).toMatchObject({
    holder: { name: 'com.docker.backend.exe' },
    forwarder: { program: 'Docker Desktop' },
  });
  expect(holderOf(1310)).toMatchObject({ forwarder: { program: 'wslrelay' } });
  expect(holderOf(53)?.holder).toEqual({ kind: 'process', pid: 4808 });
});

test('returns the connections of the requested ports', async () => {
  expect(await readConnections(new Set([1031, 135]), { platform, run })).toMatchObject([
    { port: 1031, state: 'connected' },
  ]);
});

test('reports a gap without netstat, and no names without tasklist', async () => {
  const broken: RunTool = () => Promise.reject(new Error('no such tool'));
  const { sockets, source } = await readProcesses({ platform, run: broken });
  expect(sockets).toEqual([]);
  expect(source).toMatchObject({
    status: 'gap',
    detail: expect.stringContaining('netstat -ano: no such tool'),
  });
  const read = await readProcesses({ platform, run });
  expect(await identifyProcesses(read.sockets, { platform, run: broken })).toEqual({
    sockets: read.sockets,
    complete: true,
  });
});
