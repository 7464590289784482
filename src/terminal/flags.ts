import { PortplanError } from '../errors.ts';
import { type Flag, type FlagGroups, flag, listFlags, type NameOf } from '../model/flags/flag.ts';
import type { engineFlags, outputFlags, planningFlags } from '../model/flags/shared-flags.ts';

/** The flag that publishes a port, as in `docker run`. */
export const publishFlag = {
  publish: flag.list('-p SPEC', 'Publish a port, as in docker run -p'),
} as const;

/** Flags of commands that read one Compose project, as for `docker compose`. */
export const projectFlags = {
  file: flag.list('-f FILE', 'Compose file; several are merged into one project'),
  profile: flag.list('NAME', 'Profile to activate'),
  'env-file': flag.list('FILE', 'Read variables from this file instead of .env'),
  'project-directory': flag.text('FOLDER', 'Folder that relative paths start from'),
  'project-name': flag.text('NAME', 'Name of the project'),
} as const;

/** Flags of commands that read Compose projects and select services by a flag. */
export const composeFlags = {
  ...projectFlags,
  service: flag.list('NAME', 'Only this service and its dependencies'),
} as const;

/** The values of flags by name, with defaults and environment variables applied. Functions, so that the names are checked. */
interface NamedValues<
  Text extends string,
  List extends string,
  Switch extends string,
  Amount extends string,
> {
  /** @throws PortplanError `invalid-usage` for a value that is not one of the flag's choices */
  readonly text: (name: Text) => string | undefined;
  /** Empty if not given. */
  readonly list: (name: List) => readonly string[];
  readonly boolean: (name: Switch) => boolean;
  /** @throws PortplanError `invalid-usage` for a value that is not a number above 0 */
  readonly number: (name: Amount) => number | undefined;
}

/** The values of the flags in a table. */
export type Values<Groups> = NamedValues<
  NameOf<Groups, 'text'>,
  NameOf<Groups, 'list'>,
  NameOf<Groups, 'boolean'>,
  NameOf<Groups, 'number'>
>;

/** The values of flags whose table is not known at compile time. */
export type AnyValues = NamedValues<string, string, string, string>;

/** Returns the Compose flags as the loader takes them; `undefined` for those that were not given. */
export function toProjectFlags(values: Values<{ readonly project: typeof projectFlags }>) {
  return {
    files: orUndefined(values.list('file')),
    profiles: orUndefined(values.list('profile')),
    envFiles: orUndefined(values.list('env-file')),
    projectDirectory: values.text('project-directory'),
    projectName: values.text('project-name'),
  };
}

/** Returns the Compose flags with the selected services; `undefined` for those that were not given. */
export function toComposeFlags(values: Values<{ readonly project: typeof composeFlags }>) {
  return { ...toProjectFlags(values), services: orUndefined(values.list('service')) };
}

function orUndefined(list: readonly string[]): readonly string[] | undefined {
  return list.length === 0 ? undefined : list;
}

/** Returns the planning flags as the planner takes them. */
export function toPlanningFlags(values: Values<{ readonly planning: typeof planningFlags }>) {
  const onConflict = values.text('on-conflict');
  return {
    hostIp: values.text('host-ip'),
    range: values.text('range'),
    avoid: values.list('avoid'),
    onConflict: (['next', 'fail', 'ask'] as const).find((choice) => choice === onConflict),
  };
}

/** Returns the engine that the flags select, and its deadline in milliseconds. */
export function toEngineRequest(values: Values<{ readonly engine: typeof engineFlags }>) {
  return {
    host: values.text('host'),
    context: values.text('context'),
    timeoutMs: (values.number('timeout') ?? 5) * 1000,
  };
}

/** How to print a result. */
export interface OutputOptions {
  readonly format: string;
  readonly color: string;
  readonly quiet: boolean;
  readonly verbose: boolean;
}

/** Returns the output flags. */
export function toOutputOptions(
  values: Values<{ readonly output: typeof outputFlags }>,
): OutputOptions {
  return {
    format: values.text('format') ?? 'table',
    color: values.text('color') ?? 'auto',
    quiet: values.boolean('quiet'),
    verbose: values.boolean('verbose'),
  };
}

/** Returns the environment variable that stands in for a flag: `PORTPLAN_HOST_IP` for `host-ip`. */
export function variableOf(flag: string): string {
  return `PORTPLAN_${flag.toUpperCase().replaceAll('-', '_')}`;
}

/** Returns typed access to parsed flags, and to environment variables for flags that were not given. */
export function toValues(
  groups: FlagGroups,
  parsedFlags: Readonly<Record<string, unknown>>,
  env: Readonly<Record<string, string | undefined>>,
): AnyValues {
  const flags = new Map<string, Flag>(listFlags(groups).map((one) => [one.name, one]));
  const textsOf = (name: string): readonly string[] => {
    const value = parsedFlags[name];
    if (value !== undefined) return (Array.isArray(value) ? value : [value]).map(String);
    const variable = env[variableOf(name)];
    if (variable === undefined || variable === '') return [];
    return flags.get(name)?.kind === 'list' ? variable.split(',') : [variable];
  };
  const lastOf = (name: string): string | undefined => {
    const value = textsOf(name).at(-1);
    const { choices, default: fallback } = flags.get(name) ?? {};
    if (value === undefined) return fallback;
    if (choices?.includes(value) === false) {
      const source = parsedFlags[name] === undefined ? variableOf(name) : `--${name}`;
      throw new PortplanError(
        'invalid-usage',
        `invalid ${source} "${value}": expected ${formatChoices(choices)}`,
      );
    }
    return value;
  };
  return {
    text: lastOf,
    list: textsOf,
    boolean: (name) => isTrue(lastOf(name)),
    number: (name) => toNumber(name, lastOf(name)),
  };
}

/** `table, json or flags`. */
function formatChoices(choices: readonly string[]): string {
  return choices.join(', ').replace(/, ([^,]*)$/, ' or $1');
}

function isTrue(text: string | undefined): boolean {
  return text !== undefined && ['1', 'true', 'yes', 'on'].includes(text.toLowerCase());
}

function toNumber(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (text.trim() !== '' && Number.isFinite(value) && value > 0) return value;
  throw new PortplanError(
    'invalid-usage',
    `invalid --${name} "${text}": expected a number above 0`,
    {
      hint: `write --${name} 5`,
    },
  );
}
