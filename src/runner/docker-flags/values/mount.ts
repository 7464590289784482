import { resolve } from 'node:path';
import type { BindOptions, Mount, TmpfsOptions, VolumeOptions } from '../create-body.ts';
import { invalidFlag } from '../flag-error.ts';
import { parseCsv } from './csv.ts';
import { splitKeyValue } from './key-value.ts';
import { parseSize } from './size.ts';

const form =
  'expected type=bind,source=./data,target=/data,readonly (or type=volume, tmpfs, image)';

/**
 * Parses a value of `--mount`: `key=value` fields in one CSV line (docker/cli: opts/mount.go). A relative source is resolved
 * against `cwd`.
 * @throws PortplanError `invalid-usage`
 */
export function parseMount(text: string, cwd: string): Mount {
  const fields = parseCsv(text);
  if (fields === undefined) throw invalidMount(text, 'the quotes do not match');
  const mount = fields.reduce((draft, field) => addField(text, draft, field, cwd), emptyMount);
  checkMount(text, mount);
  return mount;
}

const emptyMount: Mount = { Type: 'volume', Target: '' };

/** Returns the mount with a key set; `undefined` when the value is invalid. */
type Setter = (mount: Mount, value: string, cwd: string) => Mount | undefined;

const setterTable: Readonly<Record<string, Setter>> = {
  type: (mount, value) => ({ ...mount, Type: value.toLowerCase() }),
  source: (mount, value, cwd) => ({
    ...mount,
    Source: /^\.{1,2}($|[/\\])/.test(value) ? resolve(cwd, value) : value,
  }),
  target: (mount, value) => ({ ...mount, Target: value }),
  readonly: (mount, value) => withBoolean(value, (ReadOnly) => ({ ...mount, ReadOnly })),
  consistency: (mount, value) => ({ ...mount, Consistency: value.toLowerCase() }),
  'bind-propagation': (mount, value) => withBind(mount, { Propagation: value.toLowerCase() }),
  'bind-nonrecursive': (mount, value) =>
    withBoolean(value, (NonRecursive) => withBind(mount, { NonRecursive })),
  'bind-create-src': (mount, value) =>
    withBoolean(value, (CreateMountpoint) => withBind(mount, { CreateMountpoint })),
  'bind-recursive': (mount, value) => {
    const options = recursion.get(value);
    if (options !== undefined) return withBind(mount, options);
    return value === 'enabled' ? mount : undefined;
  },
  'volume-subpath': (mount, value) => withVolume(mount, { Subpath: value }),
  'volume-nocopy': (mount, value) => withBoolean(value, (NoCopy) => withVolume(mount, { NoCopy })),
  'volume-label': (mount, value) =>
    withVolume(mount, { Labels: withEntry(mount.VolumeOptions?.Labels, value) }),
  'volume-driver': (mount, value) => withDriver(mount, { Name: value }),
  'volume-opt': (mount, value) =>
    withDriver(mount, { Options: withEntry(mount.VolumeOptions?.DriverConfig?.Options, value) }),
  'image-subpath': (mount, value) => ({ ...mount, ImageOptions: { Subpath: value } }),
  'tmpfs-size': (mount, value) => {
    const SizeBytes = parseSize(value);
    return SizeBytes === undefined ? undefined : withTmpfs(mount, { SizeBytes });
  },
  'tmpfs-mode': (mount, value) =>
    /^[0-7]{1,6}$/.test(value) ? withTmpfs(mount, { Mode: Number.parseInt(value, 8) }) : undefined,
};

const setters = new Map(Object.entries(setterTable));

const synonyms: ReadonlyMap<string, string> = new Map([
  ['src', 'source'],
  ['dst', 'target'],
  ['destination', 'target'],
  ['ro', 'readonly'],
]);

/** Values of `bind-recursive`: how a bind handles mounts below its source. */
const recursion: ReadonlyMap<string, BindOptions> = new Map([
  ['disabled', { NonRecursive: true }],
  ['writable', { ReadOnlyNonRecursive: true }],
  ['readonly', { ReadOnlyForceRecursive: true }],
]);

/** Keys whose value defaults to `true`. */
const booleanKeys = ['readonly', 'bind-nonrecursive', 'bind-create-src', 'volume-nocopy'];

function addField(text: string, mount: Mount, field: string, cwd: string): Mount {
  const [name, givenValue] = splitKeyValue(field);
  const lower = name.toLowerCase();
  const key = synonyms.get(lower) ?? lower;
  const set = setters.get(key);
  if (set === undefined) throw invalidMount(text, `unknown key "${name}"`);
  const value = givenValue ?? (booleanKeys.includes(key) ? 'true' : undefined);
  if (value === undefined) throw invalidMount(text, `expected KEY=VALUE, got "${field}"`);
  const next = set(mount, value, cwd);
  if (next === undefined) throw invalidMount(text, `invalid ${name} "${value}"`);
  return next;
}

function withBoolean(value: string, to: (value: boolean) => Mount): Mount | undefined {
  if (value === 'true' || value === '1') return to(true);
  return value === 'false' || value === '0' ? to(false) : undefined;
}

function withBind(mount: Mount, options: BindOptions): Mount {
  return { ...mount, BindOptions: { ...mount.BindOptions, ...options } };
}

function withVolume(mount: Mount, options: VolumeOptions): Mount {
  return { ...mount, VolumeOptions: { ...mount.VolumeOptions, ...options } };
}

function withDriver(mount: Mount, config: NonNullable<VolumeOptions['DriverConfig']>): Mount {
  return withVolume(mount, { DriverConfig: { ...mount.VolumeOptions?.DriverConfig, ...config } });
}

function withTmpfs(mount: Mount, options: TmpfsOptions): Mount {
  return { ...mount, TmpfsOptions: { ...mount.TmpfsOptions, ...options } };
}

function withEntry(map: Readonly<Record<string, string>> | undefined, text: string) {
  const [key, value = ''] = splitKeyValue(text);
  return { ...map, [key]: value };
}

/** Options that are valid for one type of mount only. */
const typeOptions = [
  { option: 'BindOptions', type: 'bind' },
  { option: 'VolumeOptions', type: 'volume' },
  { option: 'ImageOptions', type: 'image' },
  { option: 'TmpfsOptions', type: 'tmpfs' },
] as const;

/** @throws PortplanError `invalid-usage` for options that exclude each other */
function checkMount(text: string, mount: Mount) {
  if (mount.Type === '') throw invalidMount(text, 'the type is empty');
  if (mount.Target === '') throw invalidMount(text, 'the target is missing');
  if (mount.Type === 'bind' && (mount.Source ?? '') === '')
    throw invalidMount(text, 'type=bind requires a source');
  for (const { option, type } of typeOptions) {
    if (mount[option] !== undefined && mount.Type !== type) {
      throw invalidMount(text, `${type}-… options require type=${type}, got type=${mount.Type}`);
    }
  }
  const { ReadOnlyNonRecursive, ReadOnlyForceRecursive, Propagation } = mount.BindOptions ?? {};
  if ((ReadOnlyNonRecursive || ReadOnlyForceRecursive) && !mount.ReadOnly) {
    throw invalidMount(text, 'this bind-recursive requires readonly');
  }
  if (ReadOnlyForceRecursive && Propagation !== 'rprivate') {
    throw invalidMount(text, 'bind-recursive=readonly requires bind-propagation=rprivate');
  }
}

function invalidMount(text: string, reason: string) {
  return invalidFlag('mount', text, reason, form);
}
