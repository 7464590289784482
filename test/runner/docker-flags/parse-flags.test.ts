import { describe, expect, test } from '@jest/globals';
import type { FlagName } from '../../../src/runner/docker-flags/flag-table.ts';
import { allFlags } from '../../../src/runner/docker-flags/flag-table.ts';
import { parseFlags } from '../../../src/runner/docker-flags/parse-flags.ts';

/** The flags that were given, by name, in the order of the table. */
function given(args: readonly string[]) {
  const { flags, positionals } = parseFlags(args);
  const values = allFlags.flatMap(({ name, kind }) => {
    const value = kind === 'list' ? flags.list(name as FlagName<'list'>) : read(flags, name, kind);
    return value === undefined || (Array.isArray(value) && value.length === 0)
      ? []
      : [[name, value]];
  });
  return [Object.fromEntries(values), positionals.join(' ')];
}

function read(flags: ReturnType<typeof parseFlags>['flags'], name: FlagName, kind: string) {
  return kind === 'boolean'
    ? flags.boolean(name as FlagName<'boolean'>)
    : flags.text(name as FlagName<'text'>);
}

test.each([
  ['-p8080:80 i', { publish: ['8080:80'] }, 'i'],
  ['-p 8080:80 i', { publish: ['8080:80'] }, 'i'],
  ['-p=8080:80 i', { publish: ['8080:80'] }, 'i'],
  ['--publish=8080:80 i', { publish: ['8080:80'] }, 'i'],
  ['--publish 8080:80 i', { publish: ['8080:80'] }, 'i'],
  ['-p 1:1 -p2:2 --publish=3:3 i', { publish: ['1:1', '2:2', '3:3'] }, 'i'],
  ['-p published=8080,target=80 i', { publish: ['published=8080,target=80'] }, 'i'],
  ['-it i', { interactive: true, tty: true }, 'i'],
  ['-itd i', { detach: true, interactive: true, tty: true }, 'i'],
  ['-itp 80:80 i', { interactive: true, tty: true, publish: ['80:80'] }, 'i'],
  ['-itp80:80 i', { interactive: true, tty: true, publish: ['80:80'] }, 'i'],
  ['-itp=80:80 i', { interactive: true, tty: true, publish: ['80:80'] }, 'i'],
  ['-eA=1 i', { env: ['A=1'] }, 'i'],
  ['-e=A=1 i', { env: ['A=1'] }, 'i'],
  ['-e A=1 i', { env: ['A=1'] }, 'i'],
  ['-e= i', { env: ['='] }, 'i'],
  ['-e -d i', { env: ['-d'] }, 'i'],
  ['--env=A=b=c i', { env: ['A=b=c'] }, 'i'],
  ['--name= i', { name: '' }, 'i'],
  ['--name a --name b i', { name: 'b' }, 'i'],
  ['--rm i', { rm: true }, 'i'],
  ['--rm false i', { rm: true }, 'false i'],
  ['--rm=false i', { rm: false }, 'i'],
  ['--rm=F i', { rm: false }, 'i'],
  ['--rm=0 --rm i', { rm: true }, 'i'],
  ['-d=false i', { detach: false }, 'i'],
  ['-id=false i', { interactive: true, detach: false }, 'i'],
  ['-d i -p 80', { detach: true }, 'i -p 80'],
  ['-d -- -p x', { detach: true }, '-p x'],
  ['-d --', { detach: true }, ''],
  ['- -d', {}, '- -d'],
  ['-h box i', { hostname: 'box' }, 'i'],
  ['-Hunix:///x -P i', { host: 'unix:///x', 'publish-all': true }, 'i'],
  ['--net host i', { network: ['host'] }, 'i'],
  ['--net-alias a --dns-opt b i', { 'network-alias': ['a'], 'dns-option': ['b'] }, 'i'],
  ['--on-conflict fail i', { 'on-conflict': 'fail' }, 'i'],
  ['', {}, ''],
])('reads %s', (line, flags, positionals) => {
  expect(given(line === '' ? [] : line.split(' '))).toEqual([flags, positionals]);
});

test('keeps empty positionals', () => {
  expect(given(['-e', '', 'i', ''])).toEqual([{ env: [''] }, 'i ']);
});

describe('refuses', () => {
  test.each([
    ['--unknown i', 'unknown flag --unknown', '--format flags'],
    ['--publsih 1 i', 'unknown flag --publsih', 'did you mean --publish?'],
    ['--memory-swp=1 i', 'unknown flag --memory-swp', 'did you mean --memory-swap?'],
    ['--dettach i', 'unknown flag --dettach', 'did you mean --detach?'],
    ['--constructor i', 'unknown flag --constructor', '--format flags'],
    ['---x i', 'unknown flag ---x', '--format flags'],
    ['-z i', 'unknown flag -z', '--format flags'],
    ['-dz i', 'unknown flag -z (in -dz)', '--format flags'],
    ['-d= i', 'unknown flag -= (in -d=)', '--format flags'],
    ['-name web i', 'unknown flag -name', 'did you mean --name?'],
    ['-p', '-p requires a value', 'write -p SPEC'],
    ['-dp', '-p requires a value', 'write -p SPEC'],
    ['--name', '--name requires a value', 'write --name=NAME'],
    ['--pull sometimes i', '--pull "sometimes": not one of its values', 'always, missing, never'],
    ['--format yaml i', '--format "yaml": not one of its values', 'table, json, flags'],
  ])('%s', (line, message, hint) => {
    expect(() => parseFlags(line.split(' '))).toThrow(
      expect.objectContaining({
        code: 'invalid-usage',
        message,
        hint: expect.stringContaining(hint),
      }),
    );
  });
});

describe('a value of the wrong kind is refused when it is asked for', () => {
  test.each([
    ['--rm=maybe', (flags: Flags) => flags.boolean('rm'), '--rm "maybe": not a boolean'],
    ['--stop-timeout=1.5', (flags: Flags) => flags.integer('stop-timeout'), 'not a whole number'],
    ['--stop-timeout=0x10', (flags: Flags) => flags.integer('stop-timeout'), 'not a whole number'],
    ['--memory=12x', (flags: Flags) => flags.size('memory'), '--memory "12x": not a size'],
    ['--memory=-1', (flags: Flags) => flags.size('memory'), 'not a size'],
    ['--health-interval=5', (flags: Flags) => flags.duration('health-interval'), 'not a duration'],
    [
      '--health-interval=-5s',
      (flags: Flags) => flags.duration('health-interval'),
      'cannot be negative',
    ],
  ])('%s', (word, ask, message) => {
    const { flags } = parseFlags([word]);
    expect(() => ask(flags)).toThrow(
      expect.objectContaining({ code: 'invalid-usage', message: expect.stringContaining(message) }),
    );
  });

  type Flags = ReturnType<typeof parseFlags>['flags'];
});

test('the table has no letter twice, and a sentence for each flag', () => {
  const letters = allFlags.flatMap(({ short }) => (short === undefined ? [] : [short]));
  expect(new Set(letters).size).toBe(letters.length);
  expect(allFlags.length).toBeGreaterThan(90);
});
