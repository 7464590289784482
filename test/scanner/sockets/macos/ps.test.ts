import { expect, test } from '@jest/globals';
import { parsePs, parsePsNames } from '../../../../src/scanner/sockets/macos/ps.ts';
import { readRecording } from '../../fixture.ts';

test('reads processes with user, start and command line', () => {
  const processes = parsePs(readRecording('macos-ps.txt'));
  expect([...processes.keys()]).toEqual([514, 1232, 69861]);
  expect(processes.get(514)).toEqual({
    user: 'mira',
    startedAt: new Date(2025, 9, 6, 9, 0, 1).toISOString(),
    command: '/System/Library/CoreServices/ControlCenter.app/Contents/MacOS/ControlCenter',
  });
  expect(processes.get(1232)?.command).toMatch(/-v {2}--port 49615$/);
});

test('reads names of programs with blanks', () => {
  expect([...parsePsNames(readRecording('macos-ps-names.txt'))]).toEqual([
    [514, 'ControlCenter'],
    [1232, 'io.example.network-extension'],
    [69861, 'OrbStack Helper'],
  ]);
});

test.each(['', 'ps: illegal option', '  12 root', 'PID USER STARTED COMMAND'])(
  'no process: %j',
  (text) => {
    expect(parsePs(text).size).toBe(0);
  },
);
