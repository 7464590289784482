import type { ComposeProject, ComposeService, ExtensionLocations } from '../../compose/project.ts';
import { PortplanError } from '../../errors.ts';
import { isPort, type Port, type PortRange } from '../../model/ports/port.ts';
import type { Publish } from '../../model/ports/publish.ts';

/** How to resolve a taken port. `ask`: confirm before it moves. */
export type OnConflict = 'next' | 'fail' | 'ask';

/** The port settings of `x-portplan` of a service: `{ on-conflict: ask, host-port: 15432, range: 15000-15999 }`. */
export interface PortSettings {
  readonly onConflict?: OnConflict | undefined;
  readonly range?: PortRange | undefined;
  /** The host port that replaces a taken or unset one. */
  hostPortOf(publish: Publish): Port | undefined;
}

/**
 * Reads `x-portplan` of a service; unset keys come from its project.
 * @throws PortplanError `invalid-input` with the location of the setting
 */
export function portSettingsOf(service: ComposeService, project: ComposeProject): PortSettings {
  const ofService = readExtension(service, `services.${service.name}.x-portplan`, serviceKeys);
  const ofProject = readExtension(project, 'x-portplan', projectKeys);
  const onConflict = ofService.choice('on-conflict') ?? ofProject.choice('on-conflict');
  const range = ofService.range('range') ?? ofProject.range('range');
  const hostPorts = ofService.hostPorts(service);
  return { onConflict, range, hostPortOf: (publish) => hostPorts.get(publish.target) };
}

const choices: readonly OnConflict[] = ['next', 'fail', 'ask'];
/** `allow` suppresses findings of `check`. */
const projectKeys: readonly string[] = ['on-conflict', 'range', 'allow'];
const serviceKeys: readonly string[] = [...projectKeys, 'host-port'];

function readExtension(
  { extension, extensionLocations }: Pick<ComposeService, 'extension' | 'extensionLocations'>,
  path: string,
  known: readonly string[],
) {
  const invalidSetting = (key: string, expected: string) =>
    new PortplanError(
      'invalid-input',
      // The value is left out, because a variable may have filled in a password.
      `invalid ${key === '' ? path : `${path}.${key}`}: expected ${expected}`,
      { location: extensionLocations.get(key), reason: 'x-portplan' },
    );
  const settings = extension ?? {};
  if (!isRecord(settings)) throw invalidSetting('', `settings such as { ${known[0]}: next }`);
  for (const key of Object.keys(settings))
    if (!known.includes(key)) throw unknownKey(key, path, known, extensionLocations);
  const portOf = (value: unknown): Port | undefined => {
    const number = typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value;
    return typeof number === 'number' && isPort(number) ? number : undefined;
  };
  return {
    choice(key: string): OnConflict | undefined {
      const value = settings[key];
      if (value === undefined) return undefined;
      const choice = choices.find((candidate) => candidate === value);
      if (choice === undefined) throw invalidSetting(key, choices.join(', '));
      return choice;
    },

    range(key: string): PortRange | undefined {
      const value = settings[key];
      if (value === undefined) return undefined;
      const [first, last = first, ...rest] = String(value).split('-').map(portOf);
      if (first === undefined || last === undefined || first > last || rest.length > 0)
        throw invalidSetting(key, 'a range of ports such as 9000-9099');
      return { first, last };
    },

    /** Returns host ports by container port: one number for a service with one port, else a map. */
    hostPorts({ publishes }: ComposeService): ReadonlyMap<number, Port> {
      const key = 'host-port';
      const value = settings[key];
      if (value === undefined) return new Map();
      const targets = new Set(publishes.map(({ target }) => target));
      if (isRecord(value)) {
        return new Map(
          Object.entries(value).map(([target, text]) => {
            const port = portOf(text);
            if (port === undefined || !targets.has(Number(target)))
              throw invalidSetting(
                key,
                'a host port for container ports of the service, as in { 80: 8080 }',
              );
            return [Number(target), port];
          }),
        );
      }
      const port = portOf(value);
      if (port === undefined) throw invalidSetting(key, 'a port from 1 to 65535');
      if (targets.size > 1)
        throw invalidSetting(
          key,
          'one for each container port, as in { 80: 8080 }: it has several',
        );
      return new Map([...targets].map((target) => [target, port]));
    },
  };
}

function unknownKey(
  key: string,
  path: string,
  known: readonly string[],
  locations: ExtensionLocations,
): PortplanError {
  return new PortplanError('invalid-input', `unknown setting ${path}.${key}`, {
    location: locations.get(key),
    reason: 'x-portplan',
    hint: `expected ${known.join(', ')}`,
  });
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
