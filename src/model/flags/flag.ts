/**
 * Type of a flag's value.
 * - `boolean`: no value; `--flag=false` turns it off.
 * - `text`: any text; the last one counts.
 * - `number`: a number above 0.
 * - `integer`: a whole number.
 * - `size`: bytes with a unit, such as `512m`.
 * - `duration`: Go's notation, such as `1m30s`.
 * - `list`: a text each time the flag is given.
 */
export type FlagKind = 'boolean' | 'text' | 'number' | 'integer' | 'size' | 'duration' | 'list';

/** The behavior of a flag that its kind does not determine. */
export interface FlagSettings {
  /** Value of a flag that was not given. */
  readonly default?: string | undefined;
  /** Default in words, if the command computes it. */
  readonly defaultHelp?: string | undefined;
  /** Left out of help and completion: accepted only to produce a helpful error. */
  readonly hidden?: true | undefined;
}

/** Declaration of a flag; its name is the key in a {@link FlagGroups} table. */
export interface FlagDeclaration<Kind extends FlagKind = FlagKind> extends FlagSettings {
  readonly kind: Kind;
  /** Short flag and value name: `-p SPEC`; `FORMAT=table|json` lists the accepted values. */
  readonly usage: string;
  /** Imperative, at most 60 characters, no full stop. */
  readonly help: string;
}

/** Flags by their heading in the help, then by name. */
export type FlagGroups = Readonly<Record<string, Readonly<Record<string, FlagDeclaration>>>>;

type GroupOf<Groups> = Groups extends unknown ? Groups[keyof Groups] : never;
type NamesIn<Flags, Kind extends FlagKind> = Flags extends unknown
  ? { [Name in keyof Flags]: Flags[Name] extends FlagDeclaration<Kind> ? Name : never }[keyof Flags]
  : never;

/** Names of the flags of one kind in a table, so that a misspelled name does not compile. */
export type NameOf<Groups, Kind extends FlagKind = FlagKind> = NamesIn<GroupOf<Groups>, Kind> &
  string;

/** A declared flag with its name and its usage parsed. */
export interface Flag<Name extends string = string> extends Omit<FlagDeclaration, 'usage'> {
  readonly name: Name;
  /** One-letter name, without its dash. */
  readonly short?: string | undefined;
  /** Placeholder of the value in help. */
  readonly value?: string | undefined;
  /** Accepted values; `undefined` if any is. */
  readonly choices?: readonly string[] | undefined;
}

const declare =
  <Kind extends FlagKind>(kind: Kind) =>
  (usage: string, help: string, settings: FlagSettings = {}): FlagDeclaration<Kind> => ({
    kind,
    usage,
    help,
    ...settings,
  });

/** Declare a flag of each kind: `flag.text('-H ADDRESS', 'Engine address')`. */
export const flag = {
  boolean: declare('boolean'),
  text: declare('text'),
  number: declare('number'),
  integer: declare('integer'),
  size: declare('size'),
  duration: declare('duration'),
  list: declare('list'),
} as const;

/** Returns the flags of a table in the order of the help. */
export function listFlags<const Groups extends FlagGroups>(
  groups: Groups,
): readonly Flag<NameOf<Groups>>[] {
  return Object.values(groups).flatMap((group) => flagsOfGroup<NameOf<Groups>>(group));
}

/** Returns the flags under one heading. */
export function flagsOfGroup<Name extends string>(
  group: Readonly<Record<string, FlagDeclaration>>,
): readonly Flag<Name>[] {
  return Object.entries(group).map(([name, declaration]) => toFlag(name as Name, declaration));
}

function toFlag<Name extends string>(
  name: Name,
  { usage, ...declaration }: FlagDeclaration,
): Flag<Name> {
  const [, short, value] = /^(?:-(\w)(?: |$))?(.+)?$/.exec(usage) ?? [];
  const [, placeholder, choices] = /^(\w+)=(.+\|.+)$/.exec(value ?? '') ?? [];
  return { name, ...declaration, short, value: placeholder ?? value, choices: choices?.split('|') };
}
