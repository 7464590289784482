import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';

/**
 * What each folder of src may import, beside itself, errors.ts and file-calls.ts. Data flows one way: arguments →
 * (compose | engine | scanner) → model → planner → (render | runner); `commands` joins them, and only the shell, `cli`, prints.
 */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  model: [],
  compose: ['model'],
  leases: ['model'],
  engine: ['model'],
  planner: ['model'],
  explain: ['model'],
  render: ['model'],
  scanner: ['model', 'engine'],
  runner: ['model', 'engine'],
  commands: ['model', 'compose', 'engine', 'planner', 'scanner', 'runner', 'leases', 'explain'],
  cli: ['model', 'engine', 'runner', 'render', 'commands'],
};

const source = fileURLToPath(new URL('../src', import.meta.url));
const files = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter((file) =>
  file.endsWith('.ts'),
);

test('every folder of src is in the table', () => {
  const folders = new Set(files.filter((file) => file.includes(sep)).map(folderOf));
  expect([...folders].sort()).toEqual(Object.keys(mayImport).sort());
});

test.each(files.filter((file) => file.includes(sep)).map((file) => [file]))(
  '%s imports only what it may',
  (file) => {
    const own = folderOf(file);
    const foreign = importsOf(file).filter(
      (imported) => imported.includes(sep) && folderOf(imported) !== own,
    );
    const forbidden = foreign.filter((imported) => !mayImport[own]?.includes(folderOf(imported)));
    expect(forbidden).toEqual([]);
  },
);

test('only the engine knows dockerode, and only the table cli-table3', () => {
  const users = (name: string) =>
    files
      .filter((file) => textOf(file).includes(`'${name}'`))
      .map((file) => file.split(sep).join('/'));
  expect(users('dockerode')).toEqual(['engine/dockerode.ts']);
  expect(users('cli-table3')).toEqual(['render/table.ts']);
  expect(users('yargs')).toEqual(['cli/parser.ts']);
});

test('only the shell writes', () => {
  const writers = files.filter(
    (file) => folderOf(file) !== 'cli' && /process\.(stdout|stderr)|console\./.test(textOf(file)),
  );
  expect(writers).toEqual([]);
});

function folderOf(file: string): string {
  return file.split(sep)[0] ?? '';
}

function textOf(file: string): string {
  return readFileSync(join(source, file), 'utf8');
}

/** The files of src that a file imports, also lazily. */
function importsOf(file: string): readonly string[] {
  const specifiers = [...textOf(file).matchAll(/(?:from|import\()\s*'(\.[^']+)'/g)].map(
    ([, specifier = '']) => specifier,
  );
  return specifiers.map((specifier) => relative(source, resolve(source, dirname(file), specifier)));
}
