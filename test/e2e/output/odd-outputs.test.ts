import { expect, test } from '@jest/globals';
import { portplan } from '../../rig/portplan.ts';

const env = { DOCKER_HOST: 'unix:///nowhere/engine.sock' };
const manyPorts = ['check', '20000-20999', '--format', 'json', '--quiet'];

test.each([
  ['a device', '/dev/full', []],
  ['a JSON error on it', '/dev/full', ['check', 'not:a:port', '--format', 'json']],
])('stdout on a full disk is reported without a stack (%s)', async (_name, file, args) => {
  const wrapper = ['sh', '-c', `exec "$@" >${file}`, 'sh'];
  const { code, stdout, stderr } = await portplan(args.length > 0 ? args : ['--version'], {
    ...{ env, wrapper },
  });
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toBe(
    'portplan: cannot write the output: ENOSPC: no space left on device, write\n',
  );
});

test('a file that may not grow is reported in the same way', async () => {
  const wrapper = ['sh', '-c', 'ulimit -f 1; trap "" XFSZ; exec "$@" >"$HOME/file"', 'sh'];
  const { code, stderr } = await portplan(manyPorts, { env, wrapper });
  expect({ code, stderr }).toEqual({
    code: 2,
    stderr: 'portplan: cannot write the output: EFBIG: file too large, write\n',
  });
});

test('a reader that closes the pipe gets no error', async () => {
  const wrapper = ['sh', '-c', '"$@" | head -c 10', 'sh'];
  const { stdout, stderr } = await portplan(manyPorts, { env, wrapper });
  expect({ stdout: stdout.trimEnd(), stderr }).toEqual({ stdout: '{\n  "schem', stderr: '' });
});

test('a pipe that does not block gets all of a long output from a slow reader', async () => {
  const unblock = 'use Fcntl; fcntl(STDOUT, F_SETFL, O_NONBLOCK) or die; exec @ARGV';
  const wrapper = ['sh', '-c', 'perl -e "$0" "$@" | (sleep 1; cat)', unblock];
  const { stdout } = await portplan(manyPorts, { env, wrapper });
  const blocking = await portplan(manyPorts, { env });
  expect(stdout.length).toBeGreaterThan(100_000);
  expect(stdout).toBe(blocking.stdout);
});
