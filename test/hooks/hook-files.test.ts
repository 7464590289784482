import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';

interface Hook {
  readonly id: string;
  readonly files: string;
  readonly require_serial?: boolean;
  readonly args: readonly string[];
}

const manifest = new URL('../../.pre-commit-hooks.yaml', import.meta.url);
const hooks = parse(readFileSync(manifest, 'utf8')) as readonly Hook[];

test('has one hook for files and one for the host', () => {
  expect(hooks.map(({ id }) => id)).toEqual(['portplan', 'portplan-live']);
});

describe.each(hooks)('$id', (hook) => {
  // pre-commit matches with Python's re.search(), which reads this expression as JavaScript does.
  const files = new RegExp(hook.files);

  test('passes all files of a project to one process, after --', () => {
    expect(hook).toMatchObject({ require_serial: true, args: ['--'] });
  });

  test.each([
    'compose.yaml',
    'compose.yml',
    'docker-compose.yml',
    'docker-compose.yaml',
    'compose.override.yaml',
    'docker-compose.override.yml',
    'compose.prod.yaml',
    'compose-dev.yml',
    'compose_test.yml',
    'compose2.yaml',
    'docker-compose-dev.yml',
    'docker-compose.plaintext.with-assuming-iam-role.yml',
    'docker-compose_default.yaml',
    'podman-compose.yml',
    'deploy/with space/compose.yaml',
    '-dash/compose.yaml',
    '.devcontainer/docker-compose.yml',
    '.env',
    'backend/.env',
  ])('runs for %j', (name) => {
    expect(name).toMatch(files);
  });

  test.each([
    'composer.yaml',
    'compose.yaml.j2',
    'compose.json',
    'compose/values.yaml',
    'decompose.yml',
    '.compose-lint.yml',
    '.github/workflows/docker-publish.yml',
    '.env.example',
    '.env/bin/activate',
    'production.env',
    'xenv',
  ])('ignores %j', (name) => {
    expect(name).not.toMatch(files);
  });
});
