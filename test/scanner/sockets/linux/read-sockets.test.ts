import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import {
  readConnectedSockets,
  readListeningSockets,
} from '../../../../src/scanner/sockets/linux/read-sockets.ts';
import { readRecording, recordings } from '../../fixture.ts';
import { makeUpFolder } from '../made-up-folder.ts';
import { showSocket } from '../show-socket.ts';

const recorded = join(recordings, 'linux-6.18');

describe('a recorded host', () => {
  test('has the sockets that ss shows', async () => {
    const { sockets, unread } = await readListeningSockets(recorded);
    expect(
      sockets.map(({ address, port, protocol }) => `${protocol} ${address} ${port}`).sort(),
    ).toEqual(listeningOf(readRecording('linux-6.18/ss.txt')));
    expect(unread).toEqual([]);
  });

  test('has an IPv6-only socket on :: where IPv4 has a socket of its own', async () => {
    const { sockets } = await readListeningSockets(recorded);
    expect(sockets.filter(({ dualStack }) => dualStack).map(showSocket)).toEqual([
      'tcp :: 5432 listening dual-stack:no',
      'tcp :: 22 listening dual-stack:no',
      'tcp * 3000 listening dual-stack:unknown',
      'udp * 5353 bound dual-stack:unknown',
    ]);
  });

  test('has the connections of the requested ports', async () => {
    const { sockets } = await readConnectedSockets(new Set([3000, 40002, 40005, 22]), recorded);
    expect(sockets.map(showSocket)).toEqual([
      'tcp 192.168.7.20 40002 connected',
      'tcp 127.0.0.1 40005 time-wait',
      'tcp 127.0.0.1 3000 connected',
    ]);
  });
});

describe('the end of a table', () => {
  const header =
    '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode';
  const rows = (count: number, state: string) =>
    Array.from({ length: count }, (_, index) => {
      const port = (index + 1).toString(16).toUpperCase().padStart(4, '0');
      return `${String(index).padStart(4)}: 0100007F:${port} 00000000:0000 ${state} 00000000:00000000 00:00000000 00000000     0        0 ${9000 + index} 1`;
    });

  test('is read from a table of many pages', async () => {
    const text = [header, ...rows(5000, '0A')].join('\n');
    await using folder = await makeUpFolder({ 'net/tcp': `${text}\n`, 'net/udp': header });
    const { sockets } = await readListeningSockets(folder.root);
    expect(sockets.map(({ port }) => port)).toEqual(Array.from({ length: 5000 }, (_, i) => i + 1));
  });

  test('may lack a line end', async () => {
    const text = [header, ...rows(2, '0A')].join('\n');
    await using folder = await makeUpFolder({ 'net/tcp': text, 'net/udp': header });
    expect((await readListeningSockets(folder.root)).sockets).toHaveLength(2);
  });

  test('is not reached: listeners stand before all connections', async () => {
    const text = [header, ...rows(2, '0A'), ...rows(3, '01'), ...rows(1, '0A')].join('\n');
    await using folder = await makeUpFolder({ 'net/tcp': text, 'net/udp': header });
    expect((await readListeningSockets(folder.root)).sockets).toHaveLength(2);
  });

  test('has many connections of one address, which are returned once', async () => {
    const one = rows(1, '01')[0] ?? '';
    const orphan = one.replace(' 9000 ', ' 0 ');
    const text = [header, orphan, ...Array.from({ length: 2000 }, () => one)].join('\n');
    await using folder = await makeUpFolder({ 'net/tcp': text });
    const { sockets } = await readConnectedSockets(new Set([1]), folder.root);
    expect(sockets).toHaveLength(2);
    expect(sockets.map(({ inode }) => inode)).toEqual([undefined, 9000]);
  });
});

describe('tables that cannot be read', () => {
  test('may be those of IPv6 and SCTP', async () => {
    await using folder = await makeUpFolder({ 'net/tcp': '', 'net/udp': '' });
    expect(await readListeningSockets(folder.root)).toMatchObject({ sockets: [], unread: [] });
  });

  test('may not be those of IPv4', async () => {
    await using folder = await makeUpFolder({ 'net/tcp6': '', 'net/udp': '' });
    const { unread } = await readListeningSockets(folder.root);
    expect(unread).toEqual([`${join(folder.root, 'net/tcp')}: ENOENT`]);
  });

  test('are reported with their error, and the others are read', async () => {
    const tcp = readRecording('linux-6.18/net/tcp');
    await using folder = await makeUpFolder({ 'net/tcp': tcp, 'net/tcp6/x': '', 'net/udp': '' });
    const { sockets, unread } = await readListeningSockets(folder.root);
    expect(sockets).toHaveLength(3);
    expect(unread).toEqual([`${join(folder.root, 'net/tcp6')}: EISDIR`]);
  });

  test('do not include SCTP where the kernel has it', async () => {
    const eps = readRecording('linux-sctp-eps.txt');
    await using folder = await makeUpFolder({ 'net/tcp': '', 'net/udp': '', 'net/sctp/eps': eps });
    const { sockets } = await readListeningSockets(folder.root);
    expect(sockets.map(({ protocol }) => protocol)).toEqual(['sctp', 'sctp', 'sctp']);
  });
});

/** The listening sockets of `ss -Htuan`, with its addresses in our form. */
function listeningOf(text: string): readonly string[] {
  const rows = text.matchAll(/^(tcp|udp) +(?:LISTEN|UNCONN) +\d+ +\d+ +(\S+):(\d+) /gm);
  const plain = (address: string) => address.replace(/^\[|\]$/g, '').replace(/^::ffff:/, '');
  return [...rows]
    .map(([, protocol, address = '', port]) => `${protocol} ${plain(address)} ${port}`)
    .sort();
}
