import { expect, test } from '@jest/globals';
import { parsePasswd, readUsers } from '../../../../src/scanner/sockets/linux/process.ts';

test('returns the first name of each number and skips invalid lines', () => {
  const text =
    'root:x:0:0::/root:/bin/sh\ntoor:x:0:0::/:\n# note\n+::::::\nbad:x:abc:0\n\nwww-data:x:33:33';
  expect([...parsePasswd(text)]).toEqual([
    [0, 'root'],
    [33, 'www-data'],
  ]);
});

test('returns no names for a missing file', () => {
  expect(readUsers('/does/not/exist').size).toBe(0);
});
