import { expect, test } from '@jest/globals';
import { parseLsof } from '../../../../src/scanner/sockets/macos/lsof.ts';
import { readRecording } from '../../fixture.ts';
import { showSocket } from '../show-socket.ts';

test.each([
  [
    'macos-lsof.txt',
    [
      'tcp 0.0.0.0 5000 listening 514 ControlCenter mira',
      'tcp * 5000 listening dual-stack:unknown 514 ControlCenter mira',
      'tcp 0.0.0.0 3306 listening 69861 OrbStack Helper mira',
      'tcp * 3306 listening dual-stack:unknown 69861 OrbStack Helper mira',
      'tcp 127.0.0.1 3306 listening 69861 OrbStack Helper mira',
      'tcp 192.0.2.15 63194 connected 832 python3.11 mira',
      'tcp ::1 43123 listening 832 python3.11 mira',
      'udp 0.0.0.0 5353 bound 832 python3.11 mira',
    ],
  ],
  [
    'macos-lsof-short.txt',
    [
      'tcp 127.0.0.1 2022 listening 6835 VBoxHeadl',
      'udp 0.0.0.0 61197 bound 6835 VBoxHeadl',
      'tcp 192.168.1.66 51098 connected 2022 java',
      'tcp 0.0.0.0 22 listening 8708 sshd',
      'tcp * 22 listening dual-stack:unknown 8708 sshd',
      'udp fe80::8e70:5aff:fe66:6ebc 123 bound 24137 ntpd',
    ],
  ],
])('%s', (file, expected) => {
  expect(parseLsof(readRecording(file)).map(showSocket)).toEqual(expected);
});

test.each([
  ['nothing', ''],
  ['an error', 'lsof: WARNING: cannot stat() something\n'],
  ['a file that is no socket', 'p1\ncx\nf3\ntREG\nn/etc/passwd\n'],
  ['a socket of another kind', 'p1\nf3\ntunix\nn->0x12\n'],
])('%s has no sockets', (_, text) => {
  expect(parseLsof(text)).toEqual([]);
});
