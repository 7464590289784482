import { expect, test } from '@jest/globals';
import { flag } from '../../src/model/flags/flag.ts';
import { engineFlags, outputFlags } from '../../src/model/flags/shared-flags.ts';
import { defineCommand } from '../../src/terminal/command.ts';
import { toValues } from '../../src/terminal/flags.ts';

const groups = {
  Engine: engineFlags,
  Output: outputFlags,
  Own: { all: flag.boolean('-a', 'All') },
};

test('a flag is read by its name and kind, or the command does not compile', () => {
  const command = defineCommand({
    name: 'test',
    positionals: '',
    usage: '',
    summary: 'Test',
    examples: [],
    flags: groups,
    async run(_positionals, values) {
      expect(values.text('format')).toBe('table');
      expect(values.number('timeout')).toBe(5);
      expect(values.boolean('all')).toBe(true);
      // @ts-expect-error A misspelled name.
      expect(values.text('formta')).toBeUndefined();
      // @ts-expect-error A boolean flag has no text.
      expect(values.text('all')).toBe('true');
      return 0;
    },
  });
  expect(command.flags).toBe(groups);
  const values = toValues(groups, { all: true }, {});
  expect.assertions(7);
  return command.run([], values, {} as never, []).then((code) => expect(code).toBe(0));
});

test('an environment variable sets a flag that was not given', () => {
  const values = toValues(
    groups,
    { quiet: true },
    { PORTPLAN_FORMAT: 'json', PORTPLAN_QUIET: '0' },
  );
  expect(values.text('format')).toBe('json');
  expect(values.boolean('quiet')).toBe(true);
});

test.each([
  [{ format: 'xml' }, {}, 'invalid --format "xml": expected table or json'],
  [{}, { PORTPLAN_COLOR: 'red' }, 'invalid PORTPLAN_COLOR "red": expected auto, always or never'],
])('rejects a value that is not a choice: %j %j', (parsedFlags, env, message) => {
  const values = toValues(groups, parsedFlags, env);
  expect(() => [values.text('format'), values.text('color')]).toThrow(message);
});
