import { expect, test } from '@jest/globals';
import { suitabilityOf } from '../../src/planner/reserved-ports.ts';
import { hostWith, range } from './host.ts';

const linux = hostWith([], {
  ephemeral: range(32_768, 60_999),
  reserved: [range(9_000, 9_009)],
  firstPort: 1024,
}).ports;
const macos = hostWith([], { platform: 'darwin' }).ports;
const windows = hostWith([], { platform: 'win32', excluded: [range(50_000, 50_099)] }).ports;

test.each([
  ['an ordinary port', 8080, 'tcp', linux, 'good'],
  ['a port that browsers block', 6000, 'tcp', linux, 'never'],
  ['the same port with UDP, which browsers do not block', 6000, 'udp', linux, 'good'],
  ['a privileged port', 1023, 'tcp', linux, 'never'],
  ['the first unprivileged port', 1024, 'tcp', linux, 'good'],
  ['an ephemeral port', 32_768, 'tcp', linux, 'last'],
  ['a port above the ephemeral range', 61_000, 'tcp', linux, 'good'],
  ['a reserved port', 9_009, 'tcp', linux, 'last'],
  ['AirPlay on macOS', 7000, 'tcp', macos, 'never'],
  ['AirPlay elsewhere', 7000, 'tcp', linux, 'good'],
  ['excluded by Windows', 50_050, 'tcp', windows, 'never'],
])('%s: %d/%s', (_name, port, protocol, facts, expected) => {
  expect(suitabilityOf(port, protocol, facts)).toBe(expected);
});
