import { describe, expect, test } from '@jest/globals';
import { findNearest } from '../../../../src/model/text/did-you-mean.ts';
import { parseAddHost } from '../../../../src/runner/docker-flags/values/add-host.ts';
import { parseCsv } from '../../../../src/runner/docker-flags/values/csv.ts';
import { parseDevice } from '../../../../src/runner/docker-flags/values/device.ts';
import { parseDuration } from '../../../../src/runner/docker-flags/values/duration.ts';
import { parseExpose } from '../../../../src/runner/docker-flags/values/expose.ts';
import { parseGpus } from '../../../../src/runner/docker-flags/values/gpus.ts';
import { parseKeyValueFile } from '../../../../src/runner/docker-flags/values/key-value-file.ts';
import { parseMount } from '../../../../src/runner/docker-flags/values/mount.ts';
import { parseRestart } from '../../../../src/runner/docker-flags/values/restart.ts';
import { parseSize } from '../../../../src/runner/docker-flags/values/size.ts';
import { parseUlimit } from '../../../../src/runner/docker-flags/values/ulimit.ts';
import { parseVolume } from '../../../../src/runner/docker-flags/values/volume.ts';

/** See recorded-requests.test.ts too: the requests that docker itself sends. */
function refusal(code: string, message: string) {
  return expect.objectContaining({
    code,
    message: expect.stringContaining(message),
    hint: expect.any(String),
  });
}

test.each([
  ['64', 64],
  ['64b', 64],
  ['1k', 1024],
  ['1KB', 1024],
  ['1KiB', 1024],
  ['64m', 67_108_864],
  ['64 m', 67_108_864],
  ['1.5GB', 1_610_612_736],
  ['.5k', 512],
  ['1.k', 1024],
  ['1t', 1024 ** 4],
  ['0', 0],
  ['1.9', 1],
  ['', undefined],
  ['m', undefined],
  ['-1', undefined],
  ['1ib', undefined],
  ['1e', undefined],
  ['1 000', undefined],
  ['1mm', undefined],
  [' 1m', undefined],
  ['1.2.3', undefined],
])('size %s', (text, expected) => {
  expect(parseSize(text)).toBe(expected);
});

test.each([
  ['0', 0],
  ['1s', 1e9],
  ['500ms', 5e8],
  ['1m30s', 90e9],
  ['1.5h', 5400e9],
  ['2us', 2000],
  ['2µs', 2000],
  ['3ns', 3],
  ['-1s', -1e9],
  ['.5s', 5e8],
  ['', undefined],
  ['5', undefined],
  ['5 s', undefined],
  ['1d', undefined],
  ['s', undefined],
])('duration %s', (text, expected) => {
  expect(parseDuration(text)).toBe(expected);
});

test.each([
  ['a,b', ['a', 'b']],
  ['', ['']],
  ['a,', ['a', '']],
  ['"a,b",c', ['a,b', 'c']],
  ['"a""b"', ['a"b']],
  ['""', ['']],
  ['a"b', undefined],
  ['"a', undefined],
  ['"a"b,c', undefined],
])('csv %s', (text, expected) => {
  expect(parseCsv(text)).toEqual(expected);
});

test.each([
  ['publsih', 'publish'],
  ['publish', 'publish'],
  ['pubish', 'publish'],
  ['nmae', 'name'],
  ['xyzzy', undefined],
  ['a'.repeat(100_000), undefined],
  ['', undefined],
])('suggestion for %.20s', (word, expected) => {
  expect(findNearest(word, ['publish', 'name', 'network'])).toBe(expected);
});

describe('parseKeyValueFile', () => {
  const env = (name: string) => (name === 'HERE' ? 'here' : undefined);
  test.each([
    ['a value', 'A=1', ['A=1']],
    ['no value here', 'GONE', []],
    ['a value from here', 'HERE', ['HERE=here']],
    ['an empty value', 'HERE=', ['HERE=']],
    ['quotes stay', `A="x y" `, ['A="x y" ']],
    ['a comment', '  # A=1\n\n#', []],
    ['a comment sign in a value', 'A=1 # 2', ['A=1 # 2']],
    ['blanks before a name', ' \tA=1', ['A=1']],
    ['Windows line ends', 'A=1\r\nB=2\r\n', ['A=1', 'B=2']],
    ['more than one =', 'A=b=c', ['A=b=c']],
    ['twice the same', 'A=1\nA=2', ['A=1', 'A=2']],
    ['nothing', '', []],
  ])('%s', (_, text, expected) => {
    expect(parseKeyValueFile(text, 'f', env)).toEqual(expected);
  });

  test.each([
    ['no name', 'A=1\n=2', 'x.env:2: the name before "=" is missing', 2],
    ['a blank in the name', '#\n\nA B=1', 'x.env:3: the name contains a blank', 3],
    ['export', 'export A=1', 'x.env:1: the name contains a blank', 1],
  ])('rejects %s', (_, text, message, line) => {
    const refuse = () => parseKeyValueFile(text, 'x.env', env);
    expect(refuse).toThrow(refusal('invalid-input', message));
    expect(refuse).toThrow(
      expect.objectContaining({ location: { file: 'x.env', line, column: 1 } }),
    );
  });
});

// Paths of this platform: the base folder has a drive letter on Windows.
const describeOnUnix = process.platform === 'win32' ? describe.skip : describe;

describeOnUnix('--volume', () => {
  const bind = (text: string) => ({ kind: 'bind', bind: text });
  test.each([
    ['/a:/b', bind('/a:/b')],
    ['name:/b:ro,z', bind('name:/b:ro,z')],
    ['./a:/b', bind('/srv/app/a:/b')],
    ['.:/b', bind('/srv/app:/b')],
    ['../a:/b', bind('/srv/a:/b')],
    ['.hidden:/b', bind('/srv/app/.hidden:/b')],
    ['/anon', { kind: 'anonymous', target: '/anon' }],
    ['C:\\a:/b', bind('C:\\a:/b')],
    ['C:\\a:D:\\b:ro', bind('C:\\a:D:\\b:ro')],
  ])('%s', (text, expected) => {
    expect(parseVolume(text, '/srv/app')).toEqual(expected);
  });

  test.each([
    ['', 'a part is empty'],
    [':/b', 'a part is empty'],
    ['/a:', 'a part is empty'],
    ['/a::ro', 'a part is empty'],
    ['/a:/b:ro:z', 'at most three parts'],
    ['name:b', '"b", is not absolute'],
    ['data', '"data", is not absolute'],
    ['~/a:/b', 'the shell did not expand "~"'],
  ])('rejects %s', (text, message) => {
    expect(() => parseVolume(text, '/srv')).toThrow(refusal('invalid-usage', message));
  });
});

describeOnUnix('--mount', () => {
  test('resolves a relative source against cwd', () => {
    expect(parseMount('type=bind,src=../x,dst=/b', '/srv/app').Source).toBe('/srv/x');
    expect(parseMount('type=volume,src=x,dst=/b', '/srv/app').Source).toBe('x');
  });

  test.each([
    ['type=bind,src=/a', 'the target is missing'],
    ['type=bind,dst=/a', 'type=bind requires a source'],
    ['type=,dst=/a', 'the type is empty'],
    ['dst=/a,colour=red', 'unknown key "colour"'],
    ['dst=/a,constructor=x', 'unknown key "constructor"'],
    ['dst=/a,source', 'expected KEY=VALUE, got "source"'],
    ['dst=/a,readonly=maybe', 'invalid readonly "maybe"'],
    ['type=tmpfs,dst=/a,tmpfs-size=much', 'invalid tmpfs-size "much"'],
    ['type=tmpfs,dst=/a,tmpfs-mode=999', 'invalid tmpfs-mode "999"'],
    ['type=bind,src=/a,dst=/b,bind-recursive=x', 'invalid bind-recursive "x"'],
    ['type=bind,src=/a,dst=/b,bind-recursive=constructor', 'invalid bind-recursive "constructor"'],
    [
      'type=bind,src=/a,dst=/b,volume-nocopy',
      'volume-… options require type=volume, got type=bind',
    ],
    [
      'type=volume,dst=/b,bind-propagation=shared',
      'bind-… options require type=bind, got type=volume',
    ],
    ['type=bind,src=/a,dst=/b,bind-recursive=writable', 'requires readonly'],
    ['type=bind,src=/a,dst=/b,ro,bind-recursive=readonly', 'requires bind-propagation=rprivate'],
    ['"type=bind', 'the quotes do not match'],
  ])('rejects %s', (text, message) => {
    expect(() => parseMount(text, '/srv')).toThrow(refusal('invalid-usage', message));
  });
});

test.each([
  ['device=0,capabilities', 'invalid count "capabilities"'],
  ['all,count=2', 'duplicate key count'],
  ['x', 'invalid count "x"'],
  ['brand=nvidia', 'unknown key "brand"'],
  ['"all', 'the quotes do not match'],
])('--gpus rejects %s', (text, message) => {
  expect(() => parseGpus(text)).toThrow(refusal('invalid-usage', message));
});

test.each([
  ['', 'not a device'],
  ['/dev/a:/dev/b:r:w', 'not a device'],
  ['/dev/a:/dev/b:rx', 'invalid mode "rx"'],
  ['/dev/a:/dev/b:rr', 'invalid mode "rr"'],
  ['/dev/a:b', '"b" is not an absolute path'],
  ['fuse', '"fuse" is not an absolute path'],
])('--device rejects %s', (text, message) => {
  expect(() => parseDevice(text)).toThrow(refusal('invalid-usage', message));
});

test.each([
  ['nofile', 'not a limit'],
  ['files=1', 'unknown limit "files"'],
  ['nofile=1:2:3', 'not a limit'],
  ['nofile=a', 'invalid limit "a"'],
  ['nofile=2:1', 'the soft limit is above'],
  ['nofile=-1:1', 'the soft limit is above'],
  ['nofile=', 'invalid limit ""'],
])('--ulimit rejects %s', (text, message) => {
  expect(() => parseUlimit(text)).toThrow(refusal('invalid-usage', message));
});

test.each([
  ['', undefined],
  ['no', { Name: 'no' }],
  ['on-failure:0', { Name: 'on-failure' }],
  ['on-failure:', { Name: 'on-failure' }],
  ['on-failure:5', { Name: 'on-failure', MaximumRetryCount: 5 }],
])('--restart %s', (text, expected) => {
  expect(parseRestart(text)).toEqual(expected);
});

test.each([
  ['sometimes', 'not a restart policy'],
  ['always:3', 'always does not accept a number'],
  ['on-failure:x', 'not a restart policy'],
  [':3', 'not a restart policy'],
])('--restart rejects %s', (text, message) => {
  expect(() => parseRestart(text)).toThrow(refusal('invalid-usage', message));
});

test.each([
  ['box', 'the host name is missing'],
  [':1.2.3.4', 'the host name is missing'],
  ['box:localhost', '"localhost" is not an IP address'],
  ['box:', '"" is not an IP address'],
  ['a:b=::1', '"b=::1" is not an IP address'],
])('--add-host rejects %s', (text, message) => {
  expect(() => parseAddHost(text)).toThrow(refusal('invalid-usage', message));
});

test.each([
  ['80', [{ target: 80, protocol: 'tcp' }]],
  ['53/udp', [{ target: 53, protocol: 'udp' }]],
  ['53/', [{ target: 53, protocol: 'tcp' }]],
  ['53/UDP', [{ target: 53, protocol: 'udp' }]],
  [
    '80-81',
    [
      { target: 80, protocol: 'tcp' },
      { target: 81, protocol: 'tcp' },
    ],
  ],
])('--expose %s', (text, expected) => {
  expect(parseExpose(text)).toEqual(expected);
});

test.each([[''], ['80:80'], ['81-80'], ['65536'], ['80/icmp'], ['a'], ['80-']])(
  '--expose rejects %s',
  (text) => {
    expect(() => parseExpose(text)).toThrow(refusal('invalid-usage', 'not a port'));
  },
);
