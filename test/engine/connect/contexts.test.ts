import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { listContexts, readContext } from '../../../src/engine/connect/contexts.ts';

/** Creates a docker folder; the value of a context is its meta.json. */
async function dockerFolder(
  contexts: Readonly<Record<string, unknown>>,
  tls: Readonly<Record<string, Readonly<Record<string, string>>>> = {},
) {
  const folder = await mkdtemp(join(tmpdir(), 'portplan-contexts-'));
  for (const [name, meta] of Object.entries(contexts)) {
    const text = typeof meta === 'string' ? meta : JSON.stringify(meta);
    await write(join(folder, 'contexts', 'meta', hashOf(name)), 'meta.json', text);
  }
  for (const [name, files] of Object.entries(tls)) {
    for (const [file, text] of Object.entries(files)) {
      await write(join(folder, 'contexts', 'tls', hashOf(name), 'docker'), file, text);
    }
  }
  return { folder, [Symbol.asyncDispose]: () => rm(folder, { recursive: true }) };
}

async function write(folder: string, name: string, text: string) {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, name), text);
}

function hashOf(name: string) {
  return createHash('sha256').update(name).digest('hex');
}

function meta(name: string, endpoint: object) {
  return { Name: name, Metadata: {}, Endpoints: { docker: endpoint } };
}

test('uses the same folder name as docker for a context', () => {
  // From docker CLI 28.2.2: docker context create t1.
  expect(hashOf('t1')).toBe('628b49d96dcde97a430dd4f597705899e09a968f793491e4b704cae33a40dc02');
});

const pem = { 'ca.pem': 'CA', 'cert.pem': 'CERT', 'key.pem': 'KEY' };
const allPem = { ca: 'CA', cert: 'CERT', key: 'KEY' };
test.each([
  ['a socket', { Host: 'unix:///x.sock', SkipTLSVerify: false }, {}, 'unix:///x.sock', undefined],
  ['no host', { SkipTLSVerify: false }, {}, '', undefined],
  [
    'certificates',
    { Host: 'tcp://h:1', SkipTLSVerify: false },
    pem,
    'tcp://h:1',
    { ...allPem, verify: true },
  ],
  [
    'certificates, unverified',
    { Host: 'tcp://h:1', SkipTLSVerify: true },
    pem,
    'tcp://h:1',
    { ...allPem, verify: false },
  ],
  [
    'a ca alone',
    { Host: 'tcp://h:1' },
    { 'ca.pem': 'CA' },
    'tcp://h:1',
    { ca: 'CA', verify: true },
  ],
  [
    'no certificates, unverified',
    { Host: 'tcp://h:1', SkipTLSVerify: true },
    {},
    'tcp://h:1',
    { verify: false },
  ],
])('reads a context with %s', async (_, endpoint, tls, host, expected) => {
  await using docker = await dockerFolder({ mine: meta('mine', endpoint) }, { mine: tls });
  expect(await readContext(docker.folder, 'mine')).toEqual({ name: 'mine', host, tls: expected });
});

test('lists the known contexts for an unknown name', async () => {
  await using docker = await dockerFolder({
    one: meta('one', { Host: 'unix:///1' }),
    two: meta('two', { Host: 'unix:///2' }),
    broken: '{',
  });
  await expect(readContext(docker.folder, 'three')).rejects.toMatchObject({
    code: 'unknown-context',
    message: expect.stringContaining('docker context "three" not found in'),
    hint: 'known contexts: default, one, two',
  });
});

test('lists the default context if the folder is missing', async () => {
  expect(await listContexts('/nowhere')).toEqual(['default']);
});

test('does not leave the folder for a name with a path', async () => {
  await using docker = await dockerFolder({});
  await expect(readContext(docker.folder, '../../etc')).rejects.toMatchObject({
    code: 'unknown-context',
  });
});

test.each([
  ['a truncated file', '{"Name":"mine"'],
  ['a list', '[]'],
  ['null', 'null'],
  ['no docker endpoint', { Name: 'mine', Endpoints: { kubernetes: {} } }],
  ['a host that is not a string', meta('mine', { Host: 7 })],
  ['a file that is too large', 'x'.repeat(2 * 1024 * 1024)],
])('names the damaged file: %s', async (_, content) => {
  await using docker = await dockerFolder({ mine: content });
  await expect(readContext(docker.folder, 'mine')).rejects.toMatchObject({
    code: 'unknown-context',
    reason: 'damaged-context',
    message: expect.stringContaining(join('contexts', 'meta', hashOf('mine'), 'meta.json')),
  });
});
