import { describe, expect, test } from '@jest/globals';
import { parseImageReference } from '../../../src/engine/images/reference.ts';

const hex = '0123456789abcdef'.repeat(4);
const hub = 'https://index.docker.io/v1/';

test.each([
  ['nginx', 'docker.io', 'library/nginx', 'latest', undefined, 'nginx:latest', hub],
  ['nginx:1.25', 'docker.io', 'library/nginx', '1.25', undefined, 'nginx:1.25', hub],
  ['docker.io/nginx', 'docker.io', 'library/nginx', 'latest', undefined, 'nginx:latest', hub],
  ['index.docker.io/nginx', 'docker.io', 'library/nginx', 'latest', undefined, 'nginx:latest', hub],
  ['library/nginx', 'docker.io', 'library/nginx', 'latest', undefined, 'nginx:latest', hub],
  ['library/a/b', 'docker.io', 'library/a/b', 'latest', undefined, 'library/a/b:latest', hub],
  ['owner/image:v1', 'docker.io', 'owner/image', 'v1', undefined, 'owner/image:v1', hub],
  [
    '127.0.0.1:5000/none',
    '127.0.0.1:5000',
    'none',
    'latest',
    undefined,
    '127.0.0.1:5000/none:latest',
    '127.0.0.1:5000',
  ],
  ['localhost/x', 'localhost', 'x', 'latest', undefined, 'localhost/x:latest', 'localhost'],
  [
    'localhost:5000/x:y',
    'localhost:5000',
    'x',
    'y',
    undefined,
    'localhost:5000/x:y',
    'localhost:5000',
  ],
  ['[::1]:5000/x', '[::1]:5000', 'x', 'latest', undefined, '[::1]:5000/x:latest', '[::1]:5000'],
  ['Registry/x', 'Registry', 'x', 'latest', undefined, 'Registry/x:latest', 'Registry'],
  [
    `ghcr.io/a/b@sha256:${hex}`,
    'ghcr.io',
    'a/b',
    undefined,
    `sha256:${hex}`,
    `ghcr.io/a/b@sha256:${hex}`,
    'ghcr.io',
  ],
  [`a/b:t@sha256:${hex}`, 'docker.io', 'a/b', 't', `sha256:${hex}`, `a/b:t@sha256:${hex}`, hub],
  [
    'a__b/c.d-e--f_g',
    'docker.io',
    'a__b/c.d-e--f_g',
    'latest',
    undefined,
    'a__b/c.d-e--f_g:latest',
    hub,
  ],
  // A short id looks like a name.
  [
    '3f57d9401f8d',
    'docker.io',
    'library/3f57d9401f8d',
    'latest',
    undefined,
    '3f57d9401f8d:latest',
    hub,
  ],
])('reads %s', (text, registry, repository, tag, digest, familiar, authKey) => {
  expect(parseImageReference(text)).toEqual({
    kind: 'name',
    registry,
    repository,
    tag,
    digest,
    familiar,
    authKey,
  });
});

test.each([[hex], [`sha256:${hex}`]])('reads %s as an id', (text) => {
  expect(parseImageReference(text)).toEqual({ kind: 'id', id: `sha256:${hex}` });
});

describe('rejects', () => {
  test.each([
    ['an empty name', '', 'it is empty'],
    ['capitals', 'Nginx', 'the repository "Nginx" has uppercase letters'],
    ['capitals behind a registry', 'ghcr.io/A/b', 'has uppercase letters'],
    ['an empty tag', 'nginx:', '"" is not a tag'],
    ['a tag with a slash', 'nginx:a/b', 'is not a registry'],
    ['a bad tag', 'nginx:-x', '"-x" is not a tag'],
    ['a long tag', `nginx:${'x'.repeat(129)}`, 'is not a tag'],
    ['a short digest', 'nginx@sha256:abc', '"sha256:abc" is not a digest'],
    ['two digests', `nginx@sha256:${hex}@sha256:${hex}`, 'is not a digest'],
    ['a blank', 'ng inx', '"ng inx" is not a repository'],
    ['a URL', 'https://ghcr.io/a', 'is not a registry'],
    ['an empty component', 'a//b', '"a//b" is not a repository'],
    ['a slash at the end', 'a/', '"a/" is not a repository'],
    ['a flag', '-p', '"-p" is not a repository'],
    ['a registry with a bad port', 'localhost:x/a', '"localhost:x" is not a registry'],
    ['a long repository', `${'a/'.repeat(150)}a`, 'longer than 255'],
    ['a control character', 'ng\u001binx', 'is not a repository'],
  ])('%s', (_, text, message) => {
    expect(() => parseImageReference(text)).toThrow(
      expect.objectContaining({
        code: 'invalid-input',
        message: expect.stringContaining(message),
        hint: expect.any(String),
      }),
    );
  });
});
