import { allFlags } from '../../runner/docker-flags/flag-table.ts';
import { variableOf } from '../../terminal/flags.ts';

/** The arguments of `run` with a flag before them for each `PORTPLAN_…` variable; what is written wins, or adds to lists. */
export function withVariables(
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): readonly string[] {
  const fromEnv = allFlags.flatMap(({ name }) => {
    const value = env[variableOf(name)];
    return value === undefined || value === '' ? [] : [`--${name}=${value}`];
  });
  return [...fromEnv, ...args];
}
