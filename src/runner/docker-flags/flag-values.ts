import { invalidFlag } from './flag-error.ts';
import type { FlagName } from './flag-table.ts';
import { parseDuration } from './values/duration.ts';
import { parseSize } from './values/size.ts';

/** The flags of one command line, by name and kind. `undefined`: not given. */
export interface FlagValues {
  /** @throws PortplanError `invalid-usage` for `--flag=value` with anything but a boolean of Go. */
  boolean(name: FlagName<'boolean'>): boolean | undefined;
  text(name: FlagName<'text'>): string | undefined;
  /** Empty if not given. */
  list(name: FlagName<'list'>): readonly string[];
  /** A number above 0. @throws PortplanError `invalid-usage` */
  number(name: FlagName<'number'>): number | undefined;
  /** @throws PortplanError `invalid-usage` */
  integer(name: FlagName<'integer'>): number | undefined;
  /** Bytes. @throws PortplanError `invalid-usage` */
  size(name: FlagName<'size'>): number | undefined;
  /** Nanoseconds. @throws PortplanError `invalid-usage` */
  duration(name: FlagName<'duration'>): number | undefined;
}

/** Returns typed access to values by flag name, in the order given. */
export function toFlagValues(values: ReadonlyMap<string, readonly string[]>): FlagValues {
  const last = (name: string) => values.get(name)?.at(-1);
  return {
    boolean: (name) => convert(name, last(name), toBoolean),
    text: last,
    list: (name) => values.get(name) ?? [],
    number: (name) => convert(name, last(name), toPositive),
    integer: (name) => convert(name, last(name), toInteger),
    size: (name) => convert(name, last(name), name === 'memory-swap' ? toSwapSize : toSize),
    duration: (name) => convert(name, last(name), toDuration),
  };
}

function convert<Value>(
  name: FlagName,
  text: string | undefined,
  to: (name: FlagName, text: string) => Value,
): Value | undefined {
  return text === undefined ? undefined : to(name, text);
}

// strconv.ParseBool
const truths = ['1', 't', 'T', 'TRUE', 'true', 'True'];
const falsehoods = ['0', 'f', 'F', 'FALSE', 'false', 'False'];

function toBoolean(name: FlagName, text: string): boolean {
  if (truths.includes(text)) return true;
  if (falsehoods.includes(text)) return false;
  throw invalidFlag(name, text, 'not a boolean', `write --${name} or --${name}=false`);
}

function toPositive(name: FlagName, text: string): number {
  const value = Number(text);
  if (/^\d{1,6}(\.\d{1,3})?$/.test(text) && value > 0) return value;
  throw invalidFlag(name, text, 'not a number above 0', `write --${name} 5`);
}

function toInteger(name: FlagName, text: string): number {
  const value = Number(text);
  if (/^[+-]?\d+$/.test(text) && Number.isSafeInteger(value)) return value;
  throw invalidFlag(name, text, 'not a whole number');
}

function toSwapSize(name: FlagName, text: string): number {
  return text === '-1' ? -1 : toSize(name, text);
}

function toSize(name: FlagName, text: string): number {
  const size = parseSize(text);
  if (size !== undefined) return size;
  throw invalidFlag(name, text, 'not a size', 'expected bytes with an optional unit: 512m, 1.5g');
}

function toDuration(name: FlagName, text: string): number {
  const duration = parseDuration(text);
  if (duration === undefined) {
    throw invalidFlag(
      name,
      text,
      'not a duration',
      'expected a number with a unit: 500ms, 30s, 1m30s',
    );
  }
  if (duration < 0) throw invalidFlag(name, text, 'a duration cannot be negative');
  return duration;
}
