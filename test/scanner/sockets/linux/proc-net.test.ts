import { describe, expect, test } from '@jest/globals';
import {
  parseSocketRow,
  parseSocketTable,
  toHostSocket,
} from '../../../../src/scanner/sockets/linux/proc-net.ts';
import { readRecording } from '../../fixture.ts';
import { showSocket } from '../show-socket.ts';

const tcp = { protocol: 'tcp', family: 4 } as const;
const tcp6 = { protocol: 'tcp', family: 6 } as const;
const udp = { protocol: 'udp', family: 4 } as const;

describe('reads a recorded table', () => {
  test.each([
    [
      'tcp',
      tcp,
      [
        'tcp 127.0.0.1 5432 listening',
        'tcp 0.0.0.0 22 listening',
        'tcp 192.168.7.20 8080 listening',
        'tcp 127.0.0.1 5432 connected',
        'tcp 192.168.7.20 8080 connected',
        'tcp 127.0.0.1 40004 connected',
        'tcp 127.0.0.1 40001 connected',
        'tcp 192.168.7.20 40002 connected',
        'tcp 127.0.0.1 40005 time-wait',
      ],
    ],
    [
      'tcp6',
      tcp6,
      [
        'tcp ::1 631 listening',
        'tcp * 5432 listening dual-stack:unknown',
        'tcp * 22 listening dual-stack:unknown',
        'tcp * 3000 listening dual-stack:unknown',
        'tcp fd00:7::20 8443 listening',
        'tcp 127.0.0.1 9000 listening',
        'tcp 127.0.0.1 3000 connected',
        'tcp ::1 631 connected',
        'tcp ::1 40003 connected',
      ],
    ],
    ['udp', udp, ['udp 127.0.0.53 53 bound', 'udp 0.0.0.0 68 bound']],
    [
      'udp6',
      { protocol: 'udp', family: 6 } as const,
      ['udp fd00:7::20 546 bound', 'udp * 5353 bound dual-stack:unknown'],
    ],
  ])('%s', (file, table, expected) => {
    const text = readRecording(`linux-6.18/net/${file}`);
    expect(parseSocketTable(text, table, 'LE').map(showSocket)).toEqual(expected);
  });
});

const tail = '00000000:00000000 00:00000000 00000000  1000        0 4242 1 0000000000000000 100 0';

describe('a row', () => {
  test.each([
    // The second row is one of a SPARC machine, which an issue of psutil shows.
    ['little-endian IPv4', tcp, 'LE', '0100007F', '127.0.0.1'],
    ['big-endian IPv4', tcp, 'BE', '7F000001', '127.0.0.1'],
    [
      'little-endian IPv6',
      tcp6,
      'LE',
      '000080FE00000000FF57A6705DC771FE',
      'fe80::70a6:57ff:fe71:c75d',
    ],
    [
      'big-endian IPv6',
      tcp6,
      'BE',
      'FE8000000000000070A657FFFE71C75D',
      'fe80::70a6:57ff:fe71:c75d',
    ],
    ['IPv4-mapped', tcp6, 'LE', '0000000000000000FFFF00000100007F', '127.0.0.1'],
    ['IPv4-mapped wildcard', tcp6, 'LE', '0000000000000000FFFF000000000000', '0.0.0.0'],
    ['lower case', tcp, 'LE', '0100007f', '127.0.0.1'],
  ] as const)('%s', (_, table, order, address, expected) => {
    const remote = '0'.repeat(address.length);
    const row = parseSocketRow(`   2: ${address}:1F90 ${remote}:0000 0A ${tail}`, table.family);
    expect(row && toHostSocket(row, table, order)).toEqual({
      address: expected,
      port: 8080,
      protocol: 'tcp',
      state: 'listening',
      holder: { kind: 'process' },
      uid: 1000,
      inode: 4242,
    });
  });

  test.each([
    ['01', 'connected'],
    ['02', 'connected'],
    ['03', 'connected'],
    ['04', 'connected'],
    ['05', 'connected'],
    ['06', 'time-wait'],
    ['08', 'connected'],
    ['09', 'connected'],
    ['0A', 'listening'],
    ['0B', 'connected'],
  ])('state %s is %s', (state, expected) => {
    const line = `   2: 0100007F:1F90 00000000:0000 ${state} ${tail}`;
    expect(parseSocketTable(line, tcp, 'LE')).toMatchObject([{ state: expected }]);
  });

  test('of a UDP client has a peer and still holds its port', () => {
    const line = `  72: 0100007F:D431 0100007F:0035 01 ${tail}`;
    expect(parseSocketTable(line, udp, 'LE').map(showSocket)).toEqual([
      'udp 127.0.0.1 54321 bound peer',
    ]);
  });

  test('without a socket has neither inode nor user', () => {
    const line =
      '   8: 0100007F:9C45 0100007F:1B58 06 00000000:00000000 03:0000175B 00000000     0        0 0 3 0';
    const [socket] = parseSocketTable(line, tcp, 'LE');
    expect(socket).not.toHaveProperty('inode');
    expect(socket).not.toHaveProperty('uid');
  });
});

describe('skips an invalid row', () => {
  test.each([
    ['nothing', ''],
    [
      'the header',
      '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid',
    ],
    ['text', 'Permission denied'],
    ['a cut row', '   0: 0100007F:1F90 0000'],
    ['a row of the other family', `   0: ${'0'.repeat(32)}:1F90 ${'0'.repeat(32)}:0000 0A ${tail}`],
    ['an address that is none', `   0: 0100ZZ7F:1F90 00000000:0000 0A ${tail}`],
    ['port 0', `   0: 0100007F:0000 00000000:0000 0A ${tail}`],
    ['a port that is none', `   0: 0100007F:XXXX 00000000:0000 0A ${tail}`],
  ])('%s', (_, line) => {
    const sound = `   1: 0100007F:1F90 00000000:0000 0A ${tail}`;
    expect(parseSocketTable(`${line}\n${sound}\n`, tcp, 'LE')).toHaveLength(1);
  });

  test('keeps a socket without a readable owner', () => {
    const line = '   1: 0100007F:1F90 00000000:0000 0A';
    expect(parseSocketTable(line, tcp, 'LE').map(showSocket)).toEqual([
      'tcp 127.0.0.1 8080 listening',
    ]);
  });
});
