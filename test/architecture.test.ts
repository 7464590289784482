import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, posix, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';

/**
 * The rooms of src that each room may import, beside itself, errors.ts, read-bytes.ts and user-home.ts. Data flows one way: arguments →
 * (compose | engine | scanner) → model → planner → (output | runner). `workflows` joins them for the commands.
 */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  model: [],
  'port-errors': ['model'],
  compose: ['model'],
  engine: ['model'],
  planner: ['model'],
  leases: ['model'],
  output: ['model'],
  scanner: ['model', 'engine'],
  runner: ['model', 'engine', 'port-errors'],
  workflows: ['model', 'compose', 'engine', 'scanner', 'planner', 'leases'],
  terminal: ['model', 'output', 'engine'],
  commands: [
    'model',
    'port-errors',
    'compose',
    'engine',
    'planner',
    'leases',
    'scanner',
    'runner',
    'workflows',
  ],
  cli: ['model', 'runner', 'output', 'terminal', 'commands', 'engine'],
};

/** The files of a command that read arguments or make text: only these may import `terminal` and `output`. */
const shellFiles = /^(?:cli|text|text-[\w-]+|print|formats|attach)\.ts$/;

/** At most so many files in one folder; `docker-flags/values` has one per kind of value. */
const maxFiles = 14;
const maxFilesIn: Readonly<Record<string, number>> = { 'runner/docker-flags/values': 21 };

const source = fileURLToPath(new URL('../src', import.meta.url));
const files = readdirSync(source, { recursive: true, encoding: 'utf8' })
  .map((file) => file.split(sep).join('/'))
  .filter((file) => file.endsWith('.ts'))
  .sort();

describe('imports', () => {
  test('every room of src is in the table', () => {
    const rooms = new Set(files.filter((file) => file.includes('/')).map(roomOf));
    expect([...rooms].sort()).toEqual(Object.keys(mayImport).sort());
  });

  test.each(files.filter((file) => file.includes('/')).map((file) => [file]))(
    '%s imports only what its room may',
    (file) => {
      const forbidden = importsOf(file).filter((imported) => !isAllowed(file, imported));
      expect(forbidden).toEqual([]);
    },
  );

  test('terminal imports only types of the engine', () => {
    const lazy = files
      .filter((file) => roomOf(file) === 'terminal')
      .filter((file) => /^import \{.*'\.\.\/engine\//m.test(textOf(file)));
    expect(lazy).toEqual([]);
  });

  test('no files import each other in a circle, types included', () => {
    expect(findCircles()).toEqual([]);
  });

  test('only the engine knows dockerode, only the table cli-table3, only the parser yargs', () => {
    const users = (name: string) => files.filter((file) => textOf(file).includes(`'${name}'`));
    expect(users('dockerode')).toEqual(['engine/client/dockerode.ts']);
    expect(users('cli-table3')).toEqual(['output/table.ts']);
    expect(users('yargs')).toEqual(['cli/yargs.ts']);
  });

  test('only cli and terminal write to the streams of the process', () => {
    const writers = files.filter(
      (file) =>
        !['cli', 'terminal'].includes(roomOf(file)) &&
        /process\.(stdout|stderr)|console\./.test(textOf(file)),
    );
    expect(writers).toEqual([]);
  });
});

describe('layout', () => {
  test('no folder has more files than a reader can take in', () => {
    const counts = new Map<string, number>();
    for (const file of files)
      counts.set(posix.dirname(file), (counts.get(posix.dirname(file)) ?? 0) + 1);
    const crowded = [...counts].filter(
      ([folder, count]) => count > (maxFilesIn[folder] ?? maxFiles),
    );
    expect(crowded).toEqual([]);
  });

  test('no exported name has two meanings', () => {
    const places = new Map<string, string[]>();
    for (const file of files)
      for (const name of exportedNames(file)) places.set(name, [...(places.get(name) ?? []), file]);
    const ambiguous = [...places]
      .filter(([, declared]) => declared.length > 1)
      .map(([name, declared]) => `${name}: ${declared.join(', ')}`);
    expect(ambiguous).toEqual([]);
  });
});

function isAllowed(file: string, imported: string): boolean {
  const room = roomOf(file);
  const other = roomOf(imported);
  if (['errors.ts', 'read-bytes.ts', 'user-home.ts'].includes(imported)) return true;
  if (room === 'commands') {
    if (other === 'commands') return commandOf(imported) === commandOf(file);
    if (other === 'terminal' || other === 'output') return shellFiles.test(posix.basename(file));
  }
  return other === room || (mayImport[room]?.includes(other) ?? false);
}

/** The circles of imports, each once, as `a.ts -> b.ts -> a.ts`. */
function findCircles(): readonly string[] {
  const imports = new Map(files.map((file) => [file, importsOf(file)]));
  const circles = new Set<string>();
  const done = new Set<string>();
  const visit = (file: string, path: readonly string[]): void => {
    const start = path.indexOf(file);
    if (start >= 0) {
      circles.add([...path.slice(start), file].join(' -> '));
      return;
    }
    if (done.has(file)) return;
    for (const imported of imports.get(file) ?? []) visit(imported, [...path, file]);
    done.add(file);
  };
  for (const file of files) visit(file, []);
  return [...circles];
}

function roomOf(file: string): string {
  return file.split('/')[0] ?? '';
}

function commandOf(file: string): string {
  return file.split('/')[1] ?? '';
}

function textOf(file: string): string {
  return readFileSync(join(source, file), 'utf8');
}

/** The names that a file declares and exports; re-exports are no declarations. */
function exportedNames(file: string): readonly string[] {
  const declared =
    /^export (?:async )?(?:abstract )?(?:function\*?|class|interface|type|const|let) (\w+)/gm;
  return [...textOf(file).matchAll(declared)].map(([, name = '']) => name);
}

/** The files of src that a file imports, also lazily and for types. */
function importsOf(file: string): readonly string[] {
  const specifiers = [...textOf(file).matchAll(/(?:from|import\()\s*'(\.[^']+)'/g)].map(
    ([, specifier = '']) => specifier,
  );
  return specifiers.map((specifier) =>
    relative(source, resolve(source, dirname(file), specifier))
      .split(sep)
      .join('/'),
  );
}
