import { describe, expect, test } from '@jest/globals';
import { findOwners } from '../../../../src/scanner/sockets/linux/socket-owners.ts';
import { makeUpFolder } from '../made-up-folder.ts';

/** Processes by pid: their parent, and the inodes of the sockets behind their descriptors. */
type Processes = Readonly<
  Record<number, { parent?: number; fds: Readonly<Record<number, number>> }>
>;

function makeUpProcesses(processes: Processes) {
  const files: Record<string, string> = { version: 'not a process', 'self/fd/3': '-> socket:[1]' };
  for (const [pid, { parent = 1, fds }] of Object.entries(processes)) {
    files[`${pid}/stat`] = `${pid} (a (strange) name) S ${parent} ${'1 '.repeat(30)}`;
    files[`${pid}/fd/0`] = '-> /dev/null';
    for (const [fd, inode] of Object.entries(fds))
      files[`${pid}/fd/${fd}`] = `-> socket:[${inode}]`;
  }
  return makeUpFolder(files);
}

describe('the holder of a socket', () => {
  test.each<readonly [string, Processes, number]>([
    ['on a usual descriptor', { 10: { fds: { 3: 500 } }, 11: { fds: { 3: 501 } } }, 10],
    ['as its standard input', { 10: { fds: { 1: 500 } } }, 10],
    ['below 100', { 10: { fds: { 57: 500 } } }, 10],
    ['above', { 10: { fds: { 1023: 500 } }, 11: { fds: {} } }, 10],
    ['an old process beside newer ones', { 2: { fds: { 9: 500 } }, 30000: { fds: { 3: 7 } } }, 2],
    [
      'the master, not its workers',
      {
        10: { fds: { 6: 500 } },
        11: { parent: 10, fds: { 6: 500 } },
        12: { parent: 10, fds: { 6: 500 } },
      },
      10,
    ],
    [
      'a worker whose master has closed it',
      { 10: { fds: { 6: 9 } }, 11: { parent: 10, fds: { 6: 500 } } },
      11,
    ],
    [
      'a service, not systemd which keeps it under another number',
      { 1: { parent: 0, fds: { 77: 500 } }, 11: { parent: 1, fds: { 3: 500 } } },
      11,
    ],
    [
      'the first process, which inherits it',
      { 1: { parent: 0, fds: { 3: 500 } }, 11: { parent: 1, fds: { 3: 500 } } },
      1,
    ],
  ])('%s', async (_, processes, expected) => {
    await using folder = await makeUpProcesses(processes);
    const { owners, complete } = findOwners([500], { root: folder.root });
    expect([...owners]).toEqual([[500, expected]]);
    expect(complete).toBe(true);
  });
});

describe('a search', () => {
  test('finds several sockets of one process and of many', async () => {
    await using folder = await makeUpProcesses({
      10: { fds: { 3: 500, 4: 501, 120: 502 } },
      11: { fds: { 40: 503 } },
    });
    const { owners } = findOwners([503, 502, 501, 500], { root: folder.root });
    expect(new Map(owners)).toEqual(
      new Map([
        [500, 10],
        [501, 10],
        [502, 10],
        [503, 11],
      ]),
    );
  });

  test('is complete for a socket without a process', async () => {
    await using folder = await makeUpProcesses({ 10: { fds: { 3: 500, 120: 501 } } });
    const { owners, complete } = findOwners([999], { root: folder.root });
    expect(owners.size).toBe(0);
    expect(complete).toBe(true);
  });

  test('ends at its time limit and reports that', async () => {
    await using folder = await makeUpProcesses({
      10: { fds: { 3: 500 } },
      11: { fds: { 3: 501 } },
    });
    let clock = 0;
    const now = () => {
      clock += 10;
      return clock;
    };
    expect(findOwners([500], { root: folder.root, budgetMs: 25, now })).toMatchObject({
      complete: false,
    });
    expect(findOwners([500], { root: folder.root, budgetMs: 1000, now })).toMatchObject({
      complete: true,
    });
  });

  test('keeps the owners that it found before its time limit', async () => {
    await using folder = await makeUpProcesses({
      10: { fds: { 3: 500 } },
      11: { fds: { 3: 501 } },
    });
    let clock = 0;
    const now = () => {
      clock += 1;
      return clock;
    };
    const { owners, complete } = findOwners([500, 501], { root: folder.root, budgetMs: 2, now });
    expect([...owners]).toEqual([[501, 11]]);
    expect(complete).toBe(false);
  });

  test('reads no process if no socket is requested', () => {
    expect(findOwners([], { root: '/does/not/exist' })).toEqual({
      owners: new Map(),
      complete: true,
    });
  });

  test('skips processes that end during the search, and other folders', async () => {
    await using folder = await makeUpFolder({
      '10/stat': '10 (gone) Z 1',
      '11/fd/3': '-> socket:[500]',
      '11/stat': 'garbage',
      '12': 'a file',
      '13/fd': 'a file too',
      '14/fd/3': '-> pipe:[500]',
      '15/fd/3': 'a file instead of a link',
    });
    const { owners } = findOwners([500], { root: folder.root });
    expect([...owners]).toEqual([[500, 11]]);
  });

  test('finds no owner without processes', () => {
    const { owners } = findOwners([500], { root: '/does/not/exist' });
    expect(owners.size).toBe(0);
  });
});
