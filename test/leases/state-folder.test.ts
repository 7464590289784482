import { stat } from 'node:fs/promises';
import { describe, expect, test } from '@jest/globals';
import { findHomeProblem, stateFolderOf } from '../../src/leases/state-folder.ts';
import { tempFolder } from '../rig/temp.ts';

test.each([
  ['linux', {}, '/home/ann/.local/state/portplan'],
  ['linux', { XDG_STATE_HOME: '/state' }, '/state/portplan'],
  ['linux', { XDG_STATE_HOME: 'state' }, '/home/ann/.local/state/portplan'],
  ['linux', { XDG_STATE_HOME: '' }, '/home/ann/.local/state/portplan'],
  ['linux', { XDG_STATE_HOME: '/state', PORTPLAN_STATE_DIR: '/srv/ports' }, '/srv/ports'],
  ['darwin', {}, '/home/ann/Library/Application Support/portplan'],
  ['darwin', { XDG_STATE_HOME: '/state' }, '/state/portplan'],
  ['win32', { LOCALAPPDATA: 'C:\\Local' }, 'C:\\Local\\portplan'],
  ['win32', { PORTPLAN_STATE_DIR: 'D:\\ports' }, 'D:\\ports'],
])('%s with %j: %s', (platform, env, expected) => {
  expect(stateFolderOf({ platform, env, home: '/home/ann' })).toBe(expected);
});

test('a relative folder would be another one everywhere', () => {
  const place = { platform: 'linux', env: { PORTPLAN_STATE_DIR: 'ports' }, home: '/home/ann' };
  expect(() => stateFolderOf(place)).toThrow(
    expect.objectContaining({ code: 'invalid-usage', hint: expect.stringContaining('/var/lib') }),
  );
});

describe('a user without a home folder', () => {
  test('has no leases below it', async () => {
    await using folder = await tempFolder();
    const home = `${folder.path}/none`;
    expect(findHomeProblem(`${home}/.local/state/portplan`, home)).toBe(
      `the home folder ${home} does not exist`,
    );
  });

  test('has leases in a folder that is not below the home', () => {
    expect(findHomeProblem('/srv/portplan', '/nonexistent', 54_321)).toBeUndefined();
  });

  test('of another user: root makes nothing in it', async () => {
    await using home = await tempFolder();
    const { uid } = await stat(home.path);
    const folder = `${home.path}/.local/state/portplan`;
    expect(findHomeProblem(folder, home.path, uid)).toBeUndefined();
    expect(findHomeProblem(folder, home.path, uid + 1)).toBe(
      `the home folder ${home.path} belongs to another user (uid ${uid})`,
    );
  });
});
