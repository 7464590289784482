import { readFileSync } from 'node:fs';
import { chmod, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import type { Result } from '../rig/run.ts';
import { type Repository, repository, thisProject } from './repository.ts';

const guide = readFileSync(join(thisProject, 'docs/pre-commit.md'), 'utf8');

jest.setTimeout(180_000);

const describeUnix = process.platform === 'win32' ? describe.skip : describe;

describeUnix('the example of docs/pre-commit.md works with', () => {
  let project: Repository;

  /** A repository with the packages that the guide installs; portplan is the build of this checkout. */
  beforeAll(async () => {
    project = await repository({
      'package.json': '{ "private": true }',
      '.gitignore': '/node_modules',
    });
    const install = ['install', '--no-audit', '--no-fund', '--prefer-offline'];
    const packages = ['husky@9', 'lint-staged@16'];
    await project.runOrThrow('npm', [...install, '--save-dev', ...packages], {
      timeoutMs: 240_000,
    });
    const program = join(project.path, 'node_modules/.bin/portplan');
    await symlink(join(thisProject, 'bin/portplan.js'), program);
    await project.runOrThrow('npx', ['husky']);
    await project.add({ 'shop/compose.yaml': compose('8080', '8081') });
    await project.commit();
  }, 300_000);
  afterAll(async () => {
    await project?.[Symbol.asyncDispose]();
  });

  const commit = (): Promise<Result> => project.run('git', ['commit', '--message=change']);
  const rejected = (...locations: readonly string[]) => ({
    code: 1,
    stderr: expect.stringMatching(new RegExp(locations.join('[^]*'))),
  });

  test.each([
    [
      'husky and lint-staged',
      { '.lintstagedrc.json': exampleAfter('`.lintstagedrc.json`') },
      '`.husky/pre-commit`:\n',
    ],
    ['husky alone', {}, '#!/bin/sh`'],
  ])('%s', async (_title, files, hook) => {
    await project.add({ ...files, '.husky/pre-commit': exampleAfter(hook) });
    await chmod(join(project.path, '.husky/pre-commit'), 0o755);
    expect(await commit()).toMatchObject({ code: 0 });

    await project.add({ 'shop/compose.yaml': compose('8080', '8080') });
    expect(await commit()).toMatchObject(
      rejected('shop/compose.yaml:4:9', 'shop/compose.yaml:7:9'),
    );

    await project.add({ 'shop/compose.yaml': compose('8080', '$' + '{PORT:-8081}') });
    expect(await commit()).toMatchObject({ code: 0 });

    await project.add({ 'shop/.env': 'PORT=8080\n' });
    expect(await commit()).toMatchObject(
      rejected('shop/compose.yaml:4:9', 'shop/compose.yaml:7:9'),
    );

    await project.remove('shop/.env');
    await project.add({ '-odd name/docker-compose-dev.yml': compose('8080', '8080') });
    expect(await commit()).toMatchObject(rejected('-odd name/docker-compose-dev.yml:4:9'));

    await project.remove('-odd name/docker-compose-dev.yml');
    await project.add({ 'shop/compose.yaml': compose('8080', '8082') });
    expect(await commit()).toMatchObject({ code: 0 });
  });
});

/** Returns the first code block after a text of the guide. */
function exampleAfter(text: string): string {
  const example = /```\w+\n(.*?)```/s.exec(guide.slice(guide.indexOf(text)))?.[1];
  if (example === undefined || !guide.includes(text)) throw new Error(`no example after ${text}`);
  return example;
}

function compose(web: string, api: string): string {
  const service = (name: string, port: string) => `  ${name}:\n    ports:\n      - "${port}:80"\n`;
  return `services:\n${service('web', web)}${service('api', api)}`;
}
