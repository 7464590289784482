import { PortplanError } from '../errors.ts';

/** One flag of a command, as its help shows it. */
export interface Flag {
  readonly kind: 'text' | 'list' | 'boolean' | 'number';
  readonly alias?: string;
  readonly choices?: readonly string[];
  readonly default?: string | number;
  readonly help: string;
  /** Known only to be refused with a word. */
  readonly hidden?: true;
}

export type Flags = Readonly<Record<string, Flag>>;

/** The flags of every command. */
export const commonFlags: Flags = {
  format: {
    kind: 'text',
    choices: ['table', 'json'],
    default: 'table',
    help: 'For people, or JSON for programs',
  },
  context: { kind: 'text', help: 'Ask the engine of this docker context' },
  host: {
    kind: 'text',
    help: 'Ask the engine at this address (unix://, tcp://, ssh://, npipe://)',
  },
  timeout: {
    kind: 'number',
    default: 5,
    help: 'How many seconds the engine may take to answer',
  },
  color: {
    kind: 'text',
    choices: ['auto', 'always', 'never'],
    default: 'auto',
    help: 'Colours in what is printed',
  },
  quiet: { kind: 'boolean', alias: 'q', help: 'Say nothing beside the result' },
  verbose: { kind: 'boolean', help: 'Say also what was read, and how it went' },
};

/** The flags of commands that choose ports. */
export const planningFlags: Flags = {
  'host-ip': {
    kind: 'text',
    help: 'The host address of ports for which none is written (images: 127.0.0.1)',
  },
  range: { kind: 'text', help: 'Choose ports of this range only' },
  avoid: {
    kind: 'list',
    help: 'Never choose these ports; may be repeated',
  },
  'on-conflict': {
    kind: 'text',
    choices: ['next', 'fail', 'ask'],
    help: 'When a port is taken: the next one, fail, or ask (next; databases of a project: ask)',
  },
};

export const publishFlag: Flags = {
  publish: {
    kind: 'list',
    alias: 'p',
    help: 'A publish as in docker run -p; may be repeated',
  },
};

export const requireFlag: Flags = {
  require: {
    kind: 'list',
    help: 'Be unsure (exit 3) without this source: engine, processes; may be repeated',
  },
};

/** The flags of commands that read compose projects, as for `docker compose`. */
export const composeFlags: Flags = {
  file: { kind: 'list', alias: 'f', help: 'A compose file; several are layers of one project' },
  profile: { kind: 'list', help: 'A profile to activate; may be repeated' },
  'env-file': { kind: 'list', help: 'Variables from here instead of .env; may be repeated' },
  'project-directory': { kind: 'text', help: 'The folder that relative paths start from' },
  'project-name': { kind: 'text', help: 'The name of the project' },
  service: { kind: 'list', help: 'Only this service and what it depends on; may be repeated' },
};

/** The compose flags as the loader takes them; nothing for those that were not given. */
export function toComposeFlags(values: Values) {
  const list = (name: string) => (values.list(name).length === 0 ? undefined : values.list(name));
  return {
    files: list('file'),
    profiles: list('profile'),
    envFiles: list('env-file'),
    projectDirectory: values.text('project-directory'),
    projectName: values.text('project-name'),
    services: list('service'),
  };
}

/** The planning flags of the command line. */
export function toPlanningFlags(values: Values) {
  const onConflict = values.text('on-conflict');
  return {
    hostIp: values.text('host-ip'),
    range: values.text('range'),
    avoid: values.list('avoid'),
    onConflict: (['next', 'fail', 'ask'] as const).find((choice) => choice === onConflict),
  };
}

/** The values of a command's flags, with defaults. */
export interface Values {
  text(name: string): string | undefined;
  list(name: string): readonly string[];
  boolean(name: string): boolean;
  number(name: string): number | undefined;
}

/** The variable that stands in for a flag: `PORTPLAN_HOST_IP`. */
export function variableOf(flag: string): string {
  return `PORTPLAN_${flag.toUpperCase().replaceAll('-', '_')}`;
}

/** Gives typed access to what yargs has read, and to variables for the flags that were not given. */
export function toValues(
  flags: Flags,
  given: Readonly<Record<string, unknown>>,
  env: Readonly<Record<string, string | undefined>>,
): Values {
  const textsOf = (name: string): readonly string[] => {
    const value = given[name];
    if (value !== undefined) return (Array.isArray(value) ? value : [value]).map(String);
    const variable = env[variableOf(name)];
    if (variable === undefined || variable === '') return [];
    return flags[name]?.kind === 'list' ? variable.split(',') : [variable];
  };
  const lastOf = (name: string): string | undefined => {
    const value = textsOf(name).at(-1);
    const flag = flags[name];
    if (value === undefined) return flag?.default?.toString();
    if (flag?.choices && !flag.choices.includes(value))
      throw notAChoice(name, value, flag.choices, given);
    return value;
  };
  return {
    text: lastOf,
    list: textsOf,
    boolean: (name) => isTrue(lastOf(name)),
    number: (name) => toNumber(name, lastOf(name)),
  };
}

function notAChoice(
  name: string,
  value: string,
  choices: readonly string[],
  given: Readonly<Record<string, unknown>>,
): PortplanError {
  const source = given[name] === undefined ? variableOf(name) : `--${name}`;
  return new PortplanError(
    'invalid-usage',
    `${source}: "${value}" is not one of ${choices.join(', ')}`,
    {
      hint: `write one of ${choices.join(', ')}`,
    },
  );
}

function isTrue(text: string | undefined): boolean {
  return text !== undefined && ['1', 'true', 'yes', 'on'].includes(text.toLowerCase());
}

function toNumber(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (text.trim() !== '' && Number.isFinite(value) && value > 0) return value;
  throw new PortplanError('invalid-usage', `--${name}: "${text}" is not a number above 0`, {
    hint: `write --${name} 5`,
  });
}
