import { expect, test } from '@jest/globals';
import { parseSctpEndpoints } from '../../../../src/scanner/sockets/linux/sctp.ts';
import { readRecording } from '../../fixture.ts';
import { showSocket } from '../show-socket.ts';

test('reads recorded endpoints, one of them with two addresses', () => {
  const sockets = parseSctpEndpoints(readRecording('linux-sctp-eps.txt'));
  expect(sockets.map(showSocket)).toEqual([
    'sctp 192.168.60.142 36412 listening',
    'sctp 192.168.60.142 38412 listening',
    'sctp 10.0.2.15 38412 listening',
  ]);
  expect(sockets[0]).toMatchObject({ uid: 0, inode: 465001933 });
});

test.each([
  [
    'every IPv6 address',
    '0000:0000:0000:0000:0000:0000:0000:0000',
    ['sctp * 38412 listening dual-stack:unknown'],
  ],
  ['every IPv4 address', '0.0.0.0', ['sctp 0.0.0.0 38412 listening']],
  ['IPv6', 'fd00:0007:0000:0000:0000:0000:0000:0020', ['sctp fd00:7::20 38412 listening']],
  ['no address', '', []],
  ['no address that can be read', 'here', []],
])('reads an endpoint on %s', (_, address, expected) => {
  const line = `0 0 2 10 9 38412 0 465001933 ${address}`;
  expect(parseSctpEndpoints(line).map(showSocket)).toEqual(expected);
});

test('skips an endpoint that does not listen', () => {
  expect(parseSctpEndpoints('0 0 2 7 9 38412 0 465001933 10.0.0.1')).toMatchObject([
    { state: 'bound' },
  ]);
});
