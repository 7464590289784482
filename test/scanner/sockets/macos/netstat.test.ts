import { describe, expect, test } from '@jest/globals';
import { parseMacosNetstat } from '../../../../src/scanner/sockets/macos/netstat.ts';
import { readRecording } from '../../fixture.ts';
import { showSocket } from '../show-socket.ts';

describe('reads the output of a release', () => {
  test.each([
    [
      'macos-26-netstat-tcp.txt',
      [
        'tcp 100.64.48.2 22 connected 4976 sshd-session',
        'tcp 127.0.0.1 51836 listening 53082 node',
        'tcp * 3283 listening dual-stack:yes 1039 ARDAgent',
        'tcp :: 49615 listening dual-stack:no 1232 io.tailscale.ipn',
        'tcp :: 88 listening dual-stack:no 910 kdc',
        'tcp 0.0.0.0 65193 listening 27328 Python',
        'tcp ::1 3000 listening 13950 node',
        'tcp 192.168.1.147 8080 listening 777 Google Chrome H',
        'tcp 127.0.0.1 64810 time-wait 7187 Brave Browser He',
      ],
    ],
    ['macos-26-netstat-udp.txt', ['udp 0.0.0.0 5353 bound 390 mDNSResponder']],
    [
      'macos-15-netstat.txt',
      [
        'tcp 127.0.0.1 18970 listening 501',
        'tcp * 18970 listening dual-stack:yes 777',
        'tcp ::1 18970 listening 1',
        'tcp 127.0.0.1 18970 connected 502',
      ],
    ],
    [
      // The IPv6 addresses that this release cuts off are no addresses any more.
      'macos-early-netstat.txt',
      [
        'tcp 192.168.1.98 51741 connected 704',
        'tcp :: 50539 listening dual-stack:no 634',
        'tcp 0.0.0.0 50539 listening 634',
        'tcp 127.0.0.1 49399 listening 848',
        'tcp 0.0.0.0 631 listening 196',
        'tcp :: 631 listening dual-stack:no 196',
        'tcp 192.168.1.98 51746 time-wait 28786',
        'udp 0.0.0.0 65115 bound 56',
        'udp * 5353 bound dual-stack:yes 704',
        'udp :: 88 bound dual-stack:no 106',
        'udp 0.0.0.0 138 bound 25259',
      ],
    ],
    [
      'macos-netstat-an.txt',
      [
        'tcp 10.146.248.206 60710 connected',
        'tcp 127.0.0.1 7265 listening',
        'tcp 0.0.0.0 5000 listening',
        'tcp :: 5000 listening dual-stack:no',
        'tcp fe80::1 631 listening',
        'udp 0.0.0.0 5353 bound',
      ],
    ],
  ])('%s', (file, expected) => {
    expect(parseMacosNetstat(readRecording(file)).map(showSocket)).toEqual(expected);
  });
});

const header =
  'Proto Recv-Q Send-Q  Local Address  Foreign Address  (state)  rxbytes  txbytes  rhiwat  shiwat  process:pid  state';

describe('a row', () => {
  test.each([
    [
      'bound, not listening',
      'tcp4 0 0 127.0.0.1.5000 *.* CLOSED 0 0 1 1 node:7 00',
      ['tcp 127.0.0.1 5000 bound 7 node'],
    ],
    ['neither', 'tcp4 0 0 *.* *.* CLOSED 0 0 1 1 node:7 00', []],
    [
      'of a program with a digit first',
      'tcp4 0 0 *.80 *.* LISTEN 0 0 1 1 1Password:7 00',
      ['tcp 0.0.0.0 80 listening 7 1Password'],
    ],
    [
      'of a program with a colon',
      'tcp4 0 0 *.80 *.* LISTEN 0 0 1 1 a:b:7 00',
      ['tcp 0.0.0.0 80 listening 7 a:b'],
    ],
    [
      'of a UDP client',
      'udp4 0 0 192.0.2.7.50386 192.0.2.9.443 0 0 1 1 curl:7 00',
      ['udp 192.0.2.7 50386 bound peer 7 curl'],
    ],
    ['of the kernel', 'udp4 0 0 *.80 *.* 0 0 1 1 kernel_task:0 00', ['udp 0.0.0.0 80 bound']],
    ['of another protocol', 'icm4 0 0 *.80 *.* 0 0 1 1 ping:7 00', []],
    ['with a port that is none', 'tcp4 0 0 *.99999 *.* LISTEN 0 0 1 1 node:7 00', []],
    ['without columns', 'tcp4', []],
  ])('%s', (_, line, expected) => {
    expect(parseMacosNetstat(`${header}\n${line}\n`).map(showSocket)).toEqual(expected);
  });
});
