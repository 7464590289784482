import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { findCredentials } from '../../../src/engine/images/credentials.ts';

const hub = 'https://index.docker.io/v1/';
const secret = 'hunter2:with:colons';

/** A home folder with a config.json and credential helpers, which are shell scripts. */
async function dockerHome(config: unknown, helpers: Readonly<Record<string, string>> = {}) {
  const home = await mkdtemp(join(tmpdir(), 'portplan-credentials-'));
  await mkdir(join(home, '.docker'));
  const text = typeof config === 'string' ? config : JSON.stringify(config);
  await writeFile(join(home, '.docker', 'config.json'), text);
  for (const [name, script] of Object.entries(helpers)) {
    const file = join(home, `docker-credential-${name}`);
    await writeFile(file, `#!/bin/sh\n${script}\n`);
    await chmod(file, 0o755);
  }
  const env = { PATH: `${home}${delimiter}/usr/bin${delimiter}/bin` };
  return { home, env, [Symbol.asyncDispose]: () => rm(home, { recursive: true }) };
}

function basic(user: string, password: string) {
  return { auth: Buffer.from(`${user}:${password}`).toString('base64') };
}

describe('config.json', () => {
  const found = { username: 'me', password: secret, serveraddress: 'ghcr.io' };
  test.each([
    ['an entry', { auths: { 'ghcr.io': basic('me', secret) } }, 'ghcr.io', found],
    [
      'an entry in plain text',
      { auths: { 'ghcr.io': { username: 'me', password: secret } } },
      'ghcr.io',
      found,
    ],
    [
      'an old entry under a URL',
      { auths: { 'https://ghcr.io/v2/': basic('me', secret) } },
      'ghcr.io',
      found,
    ],
    [
      'Docker Hub',
      { auths: { [hub]: basic('me', secret) } },
      hub,
      { ...found, serveraddress: hub },
    ],
    [
      'an identity token',
      { auths: { 'ghcr.io': { ...basic('me', ''), identitytoken: 't' } } },
      'ghcr.io',
      { identitytoken: 't', serveraddress: 'ghcr.io' },
    ],
    ['another registry', { auths: { 'ghcr.io': basic('me', secret) } }, 'quay.io', undefined],
    ['another port', { auths: { 'r.test:5000': basic('me', secret) } }, 'r.test', undefined],
    ['an empty entry', { auths: { 'ghcr.io': {} } }, 'ghcr.io', undefined],
    ['no entries', {}, 'ghcr.io', undefined],
    ['an inherited name', { auths: {} }, 'constructor', undefined],
    [
      'a broken file',
      `{"auths": {"ghcr.io": ${JSON.stringify(basic('me', secret))}`,
      'ghcr.io',
      undefined,
    ],
  ])('%s', async (_, config, key, expected) => {
    await using docker = await dockerHome(config);
    expect(await findCredentials(key, docker)).toEqual(expected);
  });

  test('reports a damaged entry without its text', async () => {
    await using docker = await dockerHome({ auths: { 'ghcr.io': { auth: 'bm9jb2xvbg==' } } });
    const error = await findCredentials('ghcr.io', docker).catch((fault: unknown) => fault);
    expect(error).toMatchObject({ code: 'invalid-input', reason: 'damaged-credentials' });
    expect(JSON.stringify(error) + String(error)).not.toMatch(/nocolon|bm9j/);
  });

  test('returns no credentials without a folder', async () => {
    expect(await findCredentials('ghcr.io', { env: {}, home: '/nowhere' })).toBeUndefined();
  });

  test('is read from DOCKER_CONFIG', async () => {
    await using docker = await dockerHome({ auths: { 'ghcr.io': basic('me', 'x') } });
    const env = { DOCKER_CONFIG: join(docker.home, '.docker') };
    expect(await findCredentials('ghcr.io', { env, home: '/nowhere' })).toMatchObject({
      username: 'me',
    });
  });

  test('is read after DOCKER_AUTH_CONFIG, unless that is broken', async () => {
    await using docker = await dockerHome({ auths: { 'ghcr.io': basic('file', 'x') } });
    const set = (text: string) => ({ ...docker, env: { ...docker.env, DOCKER_AUTH_CONFIG: text } });
    const variable = JSON.stringify({ auths: { 'ghcr.io': basic('variable', 'x') } });
    expect(await findCredentials('ghcr.io', set(variable))).toMatchObject({ username: 'variable' });
    expect(await findCredentials('ghcr.io', set('{'))).toMatchObject({ username: 'file' });
  });
});

// The helpers here are shell scripts.
const describeOnUnix = process.platform === 'win32' ? describe.skip : describe;

describeOnUnix('a credential helper', () => {
  const print = (answer: object) => `cat <<'END'\n${JSON.stringify(answer)}\nEND`;
  const answer = { ServerURL: 'ghcr.io', Username: 'helped', Secret: secret };

  test('gets the registry on its stdin', async () => {
    const script = 'read -r registry; printf \'{"Username":"%s","Secret":"%s"}\' "$1" "$registry"';
    await using docker = await dockerHome({ credsStore: 'echo' }, { echo: script });
    expect(await findCredentials('ghcr.io', docker)).toEqual({
      username: 'get',
      password: 'ghcr.io',
      serveraddress: 'ghcr.io',
    });
  });

  test('of the registry precedes the general one, and both precede the file', async () => {
    const config = {
      auths: { 'ghcr.io': basic('file', 'x'), 'quay.io': basic('file', 'x') },
      credsStore: 'all',
      credHelpers: { 'ghcr.io': 'one' },
    };
    await using docker = await dockerHome(config, {
      all: print({ ...answer, Username: 'all' }),
      one: print({ ...answer, Username: 'one' }),
    });
    expect(await findCredentials('ghcr.io', docker)).toMatchObject({ username: 'one' });
    expect(await findCredentials('quay.io', docker)).toMatchObject({ username: 'all' });
  });

  test('may return an identity token', async () => {
    await using docker = await dockerHome(
      { credsStore: 'token' },
      { token: print({ ...answer, Username: '<token>' }) },
    );
    expect(await findCredentials('ghcr.io', docker)).toEqual({
      identitytoken: secret,
      serveraddress: 'ghcr.io',
    });
  });

  test('may have no credentials', async () => {
    const script = 'echo "credentials not found in native keychain"; exit 1';
    await using docker = await dockerHome({ credsStore: 'none' }, { none: script });
    expect(await findCredentials('ghcr.io', docker)).toBeUndefined();
  });

  test('may end without reading its stdin', async () => {
    await using docker = await dockerHome(
      { credsStore: 'deaf' },
      { deaf: `exec 0<&-\n${print(answer)}` },
    );
    expect(await findCredentials('ghcr.io', docker)).toMatchObject({ username: 'helped' });
  });

  test.each([
    ['is missing', 'gone', '', 'not installed'],
    ['has a path for a name', '../evil', '', 'invalid helper name'],
    ['fails', 'h', `echo ${secret}; exit 3`, 'exit code 3 for ghcr.io'],
    [
      'writes invalid output',
      'h',
      `echo '{"Username":"a","Secret":"${secret}"'`,
      'invalid output for ghcr.io',
    ],
    ['talks too much', 'h', 'yes', 'too long'],
    ['hangs', 'h', 'exec sleep 60', 'no response within 0.5 s'],
  ])('that %s is reported without a secret', async (_, name, script, message) => {
    await using docker = await dockerHome({ credsStore: name }, { h: script });
    const search = findCredentials('ghcr.io', { ...docker, helperTimeoutMs: 500 });
    const error = await search.catch((fault: unknown) => fault);
    expect(error).toMatchObject({
      code: 'invalid-input',
      reason: 'credential-helper',
      message: expect.stringContaining(message),
      hint: expect.any(String),
    });
    expect(String(error) + JSON.stringify(error)).not.toContain(secret);
  });
});
