import { describe, expect, test } from '@jest/globals';
import { toContainerSpec } from '../../../src/runner/docker-flags/create-request.ts';
import { parseRunArguments } from '../../../src/runner/docker-flags/run-arguments.ts';

function run(line: string) {
  const request = parseRunArguments(line.split(' '));
  if (request.kind !== 'run') throw new Error('not a run');
  return request;
}

const nowhere = { cwd: '/', env: {}, readFile: async () => Promise.reject(new Error('ENOENT')) };

test('parses flags and image, and passes the rest to the container', () => {
  expect(run('--rm -p 8080:80 nginx nginx -g x -p 1')).toMatchObject({
    image: 'nginx',
    command: ['nginx', '-g', 'x', '-p', '1'],
    publishes: [{ target: 80, protocol: 'tcp', hostPorts: { first: 8080, last: 8080 } }],
    detach: false,
    pull: 'missing',
    sigProxy: true,
  });
});

test('parses the long form of -p, and reports keys that docker ignores', () => {
  expect(run('-p published=8080,target=80,host_ip=127.0.0.1 i')).toMatchObject({
    publishes: [{ target: 80, hostIp: '' }],
    ignoredPublishKeys: ['host_ip'],
  });
});

test('exposes a port once', () => {
  expect(run('--expose 80-81 --expose 81/tcp --expose 81/udp i').exposed).toEqual([
    { target: 80, protocol: 'tcp' },
    { target: 81, protocol: 'tcp' },
    { target: 81, protocol: 'udp' },
  ]);
});

test('parses portplan’s own flags', () => {
  const own =
    '--host-ip 0.0.0.0 --range 8000-8100 --avoid 8080 --avoid 8081 --on-conflict fail --format json -d';
  const common = '--context c -H unix:///x --timeout 0.5 --color never --verbose -q';
  expect(run(`${own} ${common} i`)).toMatchObject({
    planning: {
      hostIp: '0.0.0.0',
      range: '8000-8100',
      avoid: ['8080', '8081'],
      onConflict: 'fail',
    },
    engine: { context: 'c', host: 'unix:///x', timeoutSeconds: 0.5 },
    output: { format: 'json', color: 'never', quiet: true, verbose: true },
  });
});

test.each([['--help'], ['-d --help i'], ['--help --rm']])('%s is help', (line) => {
  expect(parseRunArguments(line.split(' '))).toEqual({ kind: 'help' });
});

describe('rejects', () => {
  test.each([
    ['no image', '-d', 'invalid-usage', 'missing image'],
    ['a bad -p', '-p 99999:80 i', 'invalid-publish', '99999:80'],
    ['a bad --expose', '--expose x i', 'invalid-usage', '--expose "x"'],
    ['a bad --timeout', '--timeout 0 i', 'invalid-usage', '--timeout "0"'],
    ['json in the foreground', '--format json i', 'invalid-usage', '--format json requires -d'],
  ])('%s', (_, line, code, message) => {
    expect(() => run(line)).toThrow(
      expect.objectContaining({ code, message: expect.stringContaining(message) }),
    );
  });
});

describe('toContainerSpec rejects', () => {
  test.each([
    [
      '--rm with --restart',
      '--rm --restart always',
      '--rm cannot be combined with --restart always',
    ],
    ['-a with -d', '-d -a stdout', '-a cannot be combined with -d'],
    ['an unknown stream', '-a stdlog', '--attach "stdlog"'],
    ['a bad name', '--name a/b', '--name "a/b"'],
    ['a name of one letter', '--name a', '--name "a"'],
    ['a bad platform', '--platform a/b/c/d', '--platform "a/b/c/d"'],
    [
      '--no-healthcheck with another',
      '--no-healthcheck --health-cmd x',
      '--no-healthcheck cannot be combined',
    ],
    ['negative retries', '--health-retries -1', '--health-retries "-1"'],
    ['options for no log', '--log-driver none --log-opt a=b', '--log-opt cannot be combined'],
    ['a variable without a name', '-e =x', '--env "=x"'],
    ['a label without a key', '-l =x', '--label "=x"'],
    ['a bad tmpfs', '--tmpfs run', '--tmpfs "run"'],
    ['a bad name server', '--dns dns.test', '--dns "dns.test"'],
    ['a bad ip', '--network n --ip ::1', '--ip "::1": not an IPv4 address'],
    ['a bad ip6', '--network n --ip6 1.2.3.4', '--ip6 "1.2.3.4": not an IPv6 address'],
    ['a bad MAC', '--mac-address 1:2', '--mac-address "1:2"'],
    [
      'an alias on the default bridge',
      '--network-alias a',
      '--network-alias requires a user-defined network',
    ],
    [
      'an alias given twice',
      '--network name=n,alias=a --network-alias b',
      '--network-alias is set twice',
    ],
    ['an ip given twice', '--network name=n,ip=10.0.0.1 --ip 10.0.0.2', '--ip is set twice'],
    ['a network twice', '--network n --network n', 'duplicate --network "n"'],
    ['a mode and a network', '--network host --network n', '--network host cannot be combined'],
    ['a network without a name', '--network alias=x', 'the network name is missing'],
    ['an unknown key of a network', '--network name=n,speed=1', 'unknown key "speed"'],
    ['a bad link', '--link a:b:c', '--link "a:b:c"'],
    ['a bad userns', '--userns keep-id', '--userns "keep-id"'],
    ['a bad pid', '--pid container:', '--pid "container:"'],
    ['a bad cgroupns', '--cgroupns x', '--cgroupns "x"'],
    ['a bad number of processors', '--cpus two', '--cpus "two"'],
    ['too fine a number of processors', '--cpus 0.0000000001', '--cpus "0.0000000001"'],
    ['no processors', '--cpus .', '--cpus "."'],
    ['a bad swappiness', '--memory-swappiness 101', '--memory-swappiness "101"'],
    ['a bad weight', '--blkio-weight 5', '--blkio-weight "5"'],
    ['a bad rate', '--device-read-bps /dev/sda:x', 'invalid rate "x"'],
    ['a rate without a device', '--device-read-bps 1m', 'the device is missing'],
    ['a bad rule', '--device-cgroup-rule x', '--device-cgroup-rule "x"'],
    ['a bad option of security', '--security-opt x', '--security-opt "x"'],
    ['a sysctl without a value', '--sysctl net.x', '--sysctl "net.x"'],
    ['a storage option without a value', '--storage-opt size', '--storage-opt "size"'],
  ])('%s', async (_, line, message) => {
    await expect(toContainerSpec(run(`${line} i`), nowhere)).rejects.toMatchObject({
      code: 'invalid-usage',
      message: expect.stringContaining(message),
    });
  });

  test.each([
    ['--env-file gone.env', '--env-file: cannot read "gone.env"'],
    ['--label-file gone', '--label-file: cannot read "gone"'],
    ['--security-opt seccomp=gone.json', '--security-opt: cannot read "gone.json"'],
  ])('a missing file: %s', async (line, message) => {
    await expect(toContainerSpec(run(`${line} i`), nowhere)).rejects.toMatchObject({
      code: 'invalid-input',
      message: expect.stringContaining(message),
    });
  });

  test('a seccomp profile that is not valid JSON', async () => {
    const from = { ...nowhere, readFile: async () => '{' };
    const request = run('--security-opt seccomp=p.json i');
    await expect(toContainerSpec(request, from)).rejects.toMatchObject({
      message: expect.stringContaining('p.json is not valid JSON'),
    });
  });
});

describe('variables', () => {
  const env = async (line: string, from: Partial<Parameters<typeof toContainerSpec>[1]> = {}) =>
    (await toContainerSpec(run(`${line} i`), { ...nowhere, ...from })).body.Env;

  test('of -e override those of a file', async () => {
    const readFile = async () => 'A=file\nB=file';
    expect(await env('-e A=flag --env-file f', { readFile })).toEqual([
      'A=file',
      'B=file',
      'A=flag',
    ]);
  });

  test('without a value come from the environment, and are unset when it lacks them', async () => {
    expect(await env('-e A -e B', { env: { A: '' } })).toEqual(['A=', 'B']);
  });

  test('for proxies come from config.json, except those set with -e', async () => {
    const proxies = { httpProxy: 'http://p', noProxy: '*.test' };
    expect(await env('-e http_proxy=mine', { proxies })).toEqual([
      'http_proxy=mine',
      'HTTP_PROXY=http://p',
      'NO_PROXY=*.test',
      'no_proxy=*.test',
    ]);
  });
});

test.each([
  ['-it', { OpenStdin: true, StdinOnce: true, AttachStdin: true, AttachStdout: true, Tty: true }],
  ['-id', { OpenStdin: true, StdinOnce: false, AttachStdin: false, AttachStdout: false }],
  ['-a stdin', { OpenStdin: false, StdinOnce: false, AttachStdin: true, AttachStdout: false }],
])('%s attaches the expected streams', async (line, expected) => {
  expect((await toContainerSpec(run(`${line} i`), nowhere)).body).toMatchObject(expected);
});
