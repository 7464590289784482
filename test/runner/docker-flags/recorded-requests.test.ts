import { readFile } from 'node:fs/promises';
import { expect, test } from '@jest/globals';
import { toContainerSpec } from '../../../src/runner/docker-flags/create-request.ts';
import { parseRunArguments } from '../../../src/runner/docker-flags/run-arguments.ts';

interface Recording {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly files: Readonly<Record<string, string>>;
  readonly requests: readonly {
    readonly args: readonly string[];
    readonly name?: string;
    readonly platform?: string;
    readonly body: object;
  }[];
}

const recording = JSON.parse(
  await readFile(new URL('recorded-requests.json', import.meta.url), 'utf8'),
) as Recording;

const surroundings = {
  cwd: recording.cwd,
  env: recording.env,
  readFile: async (path: string) => recording.files[path] ?? Promise.reject(new Error(path)),
};

// Recorded on Linux: relative paths resolve to another form on Windows.
const testOnUnix = process.platform === 'win32' ? test.skip : test;

testOnUnix.each(recording.requests.map((request) => [request.args.join(' '), request] as const))(
  'asks what docker asks: %s',
  async (_, { args, name, platform, body }) => {
    const run = parseRunArguments(args);
    if (run.kind !== 'run') throw new Error('not a run');
    const spec = await toContainerSpec(run, surroundings);
    expect(withoutEmpty({ ...spec, body: withoutOldMac(spec.body) })).toEqual(
      withoutEmpty({ name, platform, body }),
    );
  },
);

/** Engines before 25 read the address there; the recorded CLI used a newer engine. */
function withoutOldMac<Body extends { readonly MacAddress?: unknown }>({
  MacAddress,
  ...body
}: Body) {
  return body;
}

/** An empty list masks no path; an absent list means the engine's default. */
const tellingWhenEmpty = ['MaskedPaths', 'ReadonlyPaths'];

/** Docker keeps these in a Go map, which is unordered. */
const unordered = ['Env', 'Binds'];

function withoutEmpty(value: unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => (item === '' ? item : withoutEmpty(item)));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, field]) => {
      const kept = withoutEmpty(field);
      if (isEmpty(kept) && !tellingWhenEmpty.includes(key)) return [];
      return [[key, unordered.includes(key) && Array.isArray(kept) ? kept.toSorted() : kept]];
    }),
  );
}

function isEmpty(value: unknown): boolean {
  if (typeof value === 'object' && value !== null) return Object.keys(value).length === 0;
  return value === undefined || value === null || value === '' || value === 0 || value === false;
}
