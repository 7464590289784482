import { expect, test } from '@jest/globals';
import { array, constantFrom, oneof, sample, string, tuple } from 'fast-check';
import { commands } from '../../src/cli/commands.ts';
import { parseSimpleArgs } from '../../src/cli/simple-args.ts';
import { type ParsedCommand, parseArguments } from '../../src/cli/yargs.ts';
import { PortplanError } from '../../src/errors.ts';
import { listFlags } from '../../src/model/flags/flag.ts';
import { toValues } from '../../src/terminal/flags.ts';

test.each([
  ['check --static compose.yaml'],
  ['check 8080 127.0.0.1:8000-8010/udp'],
  ['check -p 8080:80 -p 8443:443 --format json -q'],
  ['check --file=a.yaml -f b.yaml --profile dev'],
  ['ps -a'],
  ['plan nginx:1.25 --range 9000-9999'],
  ['lease pin web 8080:80'],
])('reads %s without yargs', async (line) => {
  const args = line.split(' ');
  expect(parseSimpleArgs(args)).toBeDefined();
  expect(seen(parseSimpleArgs(args))).toEqual(seen(await parseArguments(args)));
});

test.each([
  [''],
  ['--help'],
  ['check --help'],
  ['check -h'],
  ['--version'],
  ['-q check 8080'],
  ['check -- 8080'],
  ['check -p8080:80'],
  ['check -qf compose.yaml'],
  ['check --static true'],
  ['check --static=true'],
  ['check --static --static'],
  ['check --host a --host b'],
  ['check --file'],
  ['check --file='],
  ['check --file --static'],
  ['check --no-static'],
  ['check --stat'],
  ['check "8080"'],
  ['check "'],
  ['ps 8080'],
  ['run nginx'],
  ['completion bash'],
  ['chekc 8080'],
])('leaves %s to yargs', (line) => {
  expect(parseSimpleArgs(line === '' ? [] : line.split(' '))).toBeUndefined();
});

const flagWords = [
  ...new Set(
    commands.flatMap(({ flags }) =>
      listFlags(flags).flatMap(({ name, short }) => [`--${name}`, ...(short ? [`-${short}`] : [])]),
    ),
  ),
];
const values = [
  '8080',
  '8080:80',
  'a.yaml',
  '[::1]:80:80',
  'true',
  'x=y',
  '5',
  'json',
  '0x1f',
  '1e3',
];
const odd = [
  '',
  '-',
  '--',
  '-1',
  "'a'",
  '"a"',
  'a b',
  '--x',
  '-x',
  '--no-static',
  '--file=',
  '-p=1',
];

test('what it reads, yargs reads in the same way', async () => {
  const word = oneof(
    { weight: 6, arbitrary: constantFrom(...flagWords) },
    { weight: 6, arbitrary: constantFrom(...values) },
    { weight: 1, arbitrary: constantFrom(...odd) },
    {
      weight: 2,
      arbitrary: tuple(constantFrom(...flagWords), constantFrom(...values)).map((pair) =>
        pair.join('='),
      ),
    },
    { weight: 1, arbitrary: string({ maxLength: 4 }) },
  );
  const line = tuple(
    constantFrom(...commands.map(({ name }) => name)),
    array(word, { maxLength: 5 }),
  ).map(([command, words]) => [command, ...words]);
  let read = 0;
  for (const args of sample(line, 400)) {
    const own = parseSimpleArgs(args);
    if (own === undefined) continue;
    read += 1;
    expect([args, seen(own)]).toEqual([args, seen(await parseArguments(args).catch(toText))]);
  }
  expect(read).toBeGreaterThan(50);
}, 60_000);

/** What a command sees of its command line. */
function seen(parsed: ParsedCommand | string | undefined): unknown {
  if (parsed === undefined || typeof parsed === 'string') return parsed;
  const { command, positionals, parsedFlags } = parsed;
  const read = toValues(command.flags, parsedFlags, {});
  const flags = listFlags(command.flags).map(({ name, kind }) => {
    try {
      return [
        name,
        kind === 'list'
          ? read.list(name)
          : kind === 'boolean'
            ? read.boolean(name)
            : read.text(name),
      ];
    } catch (error) {
      return [name, toText(error)];
    }
  });
  return { command: command.name, positionals, flags };
}

function toText(error: unknown): string {
  if (error instanceof PortplanError) return error.message;
  throw error;
}
