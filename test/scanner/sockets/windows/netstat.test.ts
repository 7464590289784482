import { expect, test } from '@jest/globals';
import { parseWindowsNetstat } from '../../../../src/scanner/sockets/windows/netstat.ts';
import { readRecording } from '../../fixture.ts';
import { showSocket } from '../show-socket.ts';

test.each([
  [
    'windows-netstat-ano.txt',
    [
      'tcp 0.0.0.0 135 listening 1712',
      'tcp 0.0.0.0 443 listening 9396',
      'tcp 0.0.0.0 445 listening 4',
      'tcp 127.0.0.1 1031 connected 10644',
      'tcp 127.0.0.1 1310 listening 9328',
      'tcp 172.17.96.1 139 listening 4',
      'tcp :: 135 listening dual-stack:no 1712',
      'tcp :: 443 listening dual-stack:no 9396',
      'tcp :: 2179 listening dual-stack:no 4032',
      'tcp ::1 8307 listening 9396',
      'udp 0.0.0.0 53 bound 4808',
      'udp 0.0.0.0 5353 bound 14156',
      'udp 0.0.0.0 5353 bound 27696',
      'udp :: 5353 bound dual-stack:no 3404',
      'udp ::1 1900 bound 8844',
      'udp fe80::2c1a:99ff:fe01:2 1900 bound 8844',
    ],
  ],
  [
    'windows-netstat-ano-zh.txt',
    [
      'tcp 127.0.0.1 8411 time-wait',
      'tcp 127.0.0.1 8411 time-wait',
      'tcp 0.0.0.0 8411 listening 6120',
    ],
  ],
  [
    'windows-netstat-ano-de.txt',
    [
      'tcp 0.0.0.0 135 listening 1064',
      'tcp 127.0.0.1 5432 connected 5528',
      'tcp 127.0.0.1 50211 time-wait',
      'tcp :: 135 listening dual-stack:no 1064',
      'udp 0.0.0.0 5353 bound 3404',
    ],
  ],
])('%s', (file, expected) => {
  expect(parseWindowsNetstat(readRecording(file)).map(showSocket)).toEqual(expected);
});

test.each([
  ['nothing', ''],
  ['a message', 'The requested operation requires elevation.\r\n'],
  ['port 0', '  TCP    0.0.0.0:0   0.0.0.0:0   LISTENING   4'],
  ['no process', '  TCP    0.0.0.0:80   0.0.0.0:0   LISTENING'],
  ['an address that is none', '  TCP    here:80   0.0.0.0:0   LISTENING   4'],
])('%s has no sockets', (_, text) => {
  expect(parseWindowsNetstat(text)).toEqual([]);
});
