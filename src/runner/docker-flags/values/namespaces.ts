import type { HostConfig } from '../create-body.ts';
import { invalidFlag } from '../flag-error.ts';
import type { FlagName } from '../flag-table.ts';
import type { FlagValues } from '../flag-values.ts';

type Namespaces = Pick<
  HostConfig,
  'IpcMode' | 'PidMode' | 'UTSMode' | 'UsernsMode' | 'CgroupnsMode'
>;

/** Values of each flag besides the empty string; `container:` matches any container (moby: api/types/container). */
const modes = {
  ipc: ['none', 'private', 'shareable', 'host', 'container:'],
  pid: ['host', 'container:'],
  uts: ['host'],
  userns: ['host'],
  cgroupns: ['host', 'private'],
} as const satisfies Partial<Record<FlagName, readonly string[]>>;

/**
 * Returns the namespace modes of the container.
 * @throws PortplanError `invalid-usage`
 */
export function toNamespaces(flags: FlagValues): Namespaces {
  return {
    IpcMode: toMode(flags, 'ipc'),
    PidMode: toMode(flags, 'pid'),
    UTSMode: toMode(flags, 'uts'),
    UsernsMode: toMode(flags, 'userns'),
    CgroupnsMode: toMode(flags, 'cgroupns'),
  };
}

function toMode(flags: FlagValues, flag: keyof typeof modes): string | undefined {
  const text = flags.text(flag);
  const allowed: readonly string[] = modes[flag];
  if (text === undefined || text === '' || allowed.some((mode) => matches(text, mode))) return text;
  const expected = allowed.map((mode) => (mode === 'container:' ? 'container:NAME' : mode));
  throw invalidFlag(flag, text, 'not a mode', `expected ${expected.join(', ')}`);
}

function matches(text: string, mode: string): boolean {
  return mode.endsWith(':') ? text.startsWith(mode) && text.length > mode.length : text === mode;
}
