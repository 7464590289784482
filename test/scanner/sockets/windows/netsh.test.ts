import { expect, test } from '@jest/globals';
import {
  parseDynamicPorts,
  parseExcludedRanges,
} from '../../../../src/scanner/sockets/windows/netsh.ts';
import { readRecording } from '../../fixture.ts';

test.each([
  ['windows-excluded-en.txt', '5985-5985 47001-47001 49673-49772 50000-50059 53386-53485'],
  ['windows-excluded-es.txt', '1025-1124 5357-5357 25313-25412 50000-50059'],
  ['windows-excluded-zh.txt', '1607-1706 5357-5357 50000-50059 54235-54235'],
])('reads excluded ranges: %s', (file, expected) => {
  const ranges = parseExcludedRanges(readRecording(file));
  expect(ranges.map(({ first, last }) => `${first}-${last}`).join(' ')).toBe(expected);
});

test.each([
  ['nothing', ''],
  ['an empty table', 'Start Port    End Port\r\n----------    --------\r\n\r\n'],
  ['ports that are none', '      0   70000\r\n   90   80\r\n'],
])('reads no excluded range: %s', (_, text) => {
  expect(parseExcludedRanges(text)).toEqual([]);
});

test.each([
  ['recorded', readRecording('windows-dynamic-ports.txt'), { first: 1024, last: 65534 }],
  [
    'the default',
    'Start Port      : 49152\r\nNumber of Ports : 16384\r\n',
    { first: 49152, last: 65535 },
  ],
  [
    'in another language',
    'Startport        : 49152\r\nAnzahl von Ports : 16384\r\n',
    { first: 49152, last: 65535 },
  ],
  ['too many ports', 'Start Port : 49152\nNumber of Ports : 99999\n', undefined],
  ['nothing', '', undefined],
])('reads dynamic ports: %s', (_, text, expected) => {
  expect(parseDynamicPorts(text)).toEqual(expected);
});
