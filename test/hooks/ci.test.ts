import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, jest, test } from '@jest/globals';
import { parse } from 'yaml';
import { repository, thisProject } from './repository.ts';

interface Step {
  readonly run?: string;
}

/** A pipeline of GitHub or of GitLab. */
interface Pipeline {
  readonly jobs?: { readonly ports: { readonly steps: readonly Step[] } };
  readonly ports?: { readonly script: readonly string[] };
}

const guide = readFileSync(join(thisProject, 'docs/ci.md'), 'utf8');
const pipelines = [...guide.matchAll(/```yaml\n(.*?)```/gs)].map(
  ([, text = '']) => parse(text) as Pipeline,
);
const commands = [
  ...pipelines.flatMap(({ jobs }) => jobs?.ports.steps.flatMap(({ run }) => run ?? []) ?? []),
  ...pipelines.flatMap(({ ports }) => ports?.script ?? []),
  ...[...guide.matchAll(/```sh\n(.*?)```/gs)].map(([, text = '']) => text),
];

jest.setTimeout(150_000);

test('the guide has four commands', () => {
  expect(commands).toHaveLength(4);
});

/** Line 4 of compose.yaml in each format. */
const locations: Readonly<Record<string, string>> = {
  table: 'compose.yaml:4:9',
  github: 'file=compose.yaml,line=4,col=9',
  sarif: '"startLine": 4',
  gitlab: '"begin": 4',
};

const describeUnix = process.platform === 'win32' ? describe.skip : describe;

describeUnix.each(commands)('docs/ci.md: %s', (command) => {
  // Runs the build of this checkout in place of the package.
  const local = command.replaceAll(
    'npx --yes portplan@0.1',
    `'${process.execPath}' '${join(thisProject, 'bin/portplan.js')}'`,
  );

  test('passes without a conflict, and fails on one with its location', async () => {
    expect(local).not.toBe(command);
    await using project = await repository({ 'compose.yaml': compose('8081') });
    const run = () => project.run('bash', ['-e', '-c', local]);
    expect(await run()).toMatchObject({ code: 0 });

    await project.add({ 'compose.yaml': compose('8080') });
    const { code, stdout } = await run();
    expect([1, 123]).toContain(code); // xargs exits with 123 if the command fails
    const report = /> (\S+)$/.exec(local.trim())?.[1];
    const output = report === undefined ? stdout : readFileSync(join(project.path, report), 'utf8');
    const format = /--format (\w+)/.exec(command)?.[1] ?? 'table';
    expect(output).toContain(locations[format]);
    if (report !== undefined) expect(() => JSON.parse(output)).not.toThrow();
  });
});

function compose(api: string): string {
  return `services:
  web:
    ports:
      - "8080:80"
  api:
    ports:
      - "${api}:80"
`;
}
