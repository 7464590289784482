import { expect, test } from '@jest/globals';
import { stateFolderOf } from '../../src/leases/state-folder.ts';

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
