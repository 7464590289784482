import { expect, test } from '@jest/globals';
import { commands } from '../../src/cli/commands.ts';
import { commandNames, renderHelp } from '../../src/cli/help.ts';
import { normalizeFlags } from '../../src/cli/normalize-flags.ts';
import { listFlags } from '../../src/model/flags/flag.ts';
import { allFlags } from '../../src/runner/docker-flags/flag-table.ts';

const flags = [...commands.flatMap((command) => listFlags(command.flags)), ...allFlags].filter(
  ({ hidden }) => !hidden,
);

test.each<readonly [string | undefined]>([
  [undefined],
  ...commandNames.map((name) => [name] as const),
])('the help of %s fits 80 columns', (name) => {
  expect(
    renderHelp(name)
      .split('\n')
      .filter((line) => line.length > 80),
  ).toEqual([]);
});

test.each([...new Set(flags.map(({ help }) => help))].map((help) => [help]))(
  'the help "%s" is one short phrase',
  (help) => {
    expect(help.length).toBeGreaterThan(0);
    expect(help.length).toBeLessThanOrEqual(60);
    expect(help).not.toMatch(/\.$/);
  },
);

test.each(commands.map((command) => [command.name, command] as const))(
  'the help of %s names every flag',
  (name, command) => {
    const help = renderHelp(name);
    for (const flag of listFlags(command.flags))
      if (!flag.hidden) expect(help).toContain(`--${flag.name}`);
  },
);

test('the help of run names every flag, its value and its default', () => {
  const help = renderHelp('run');
  for (const { name } of allFlags) expect(help).toContain(`--${name}`);
  expect(help).toContain('  -p, --publish SPEC');
  expect(help).toContain('      --pull WHEN');
  expect(help).toContain('(default: 5)');
});

test('every command has a summary in the overview', () => {
  const overview = renderHelp();
  for (const name of commandNames) expect(overview).toMatch(new RegExp(`^  ${name} +[A-Z]`, 'm'));
});

test.each([
  [['-p8080:80'], ['--publish=8080:80']],
  [
    ['-qp', '8080:80'],
    ['-q', '-p', '8080:80'],
  ],
  [
    ['-qp8080:80', 'x'],
    ['-q', '--publish=8080:80', 'x'],
  ],
  [['-f=a.yaml'], ['--file=a.yaml']],
  [
    ['--timeout', '-1'],
    ['--timeout', '-1'],
  ],
  [['--static=false'], ['--static=false']],
  [
    ['--', '-x', '--unknown'],
    ['--', '-x', '--unknown'],
  ],
])('reads %j as %j', (args, expected) => {
  const check = commands.find(({ name }) => name === 'check');
  expect(normalizeFlags(args, listFlags(check?.flags ?? {}), 'check')).toEqual(expected);
});
