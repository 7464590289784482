/**
 * Which parts of a compose file are read. What is not named here cannot change what is published, so that it is not
 * looked into and cannot fail.
 * - `value`: read whole; a variable in it that cannot be filled in is an error, because ports depend on it.
 * - `loose`: read whole; such a variable is only told, because Compose would refuse the file for another reason.
 * - `names`: like `loose`; a list of names stands for a mapping with these keys.
 * - keys: a mapping; `others` is for the keys that are not listed.
 */
export type FieldSpec =
  | 'value'
  | 'loose'
  | 'names'
  | {
      readonly keys: Readonly<Record<string, FieldSpec>>;
      readonly others?: FieldSpec;
    };

const service: FieldSpec = {
  keys: {
    cgroup: 'loose',
    container_name: 'loose',
    depends_on: 'names',
    deploy: { keys: { mode: 'loose', replicas: 'value' } },
    extends: 'value',
    image: 'loose',
    ipc: 'loose',
    links: 'loose',
    network_mode: 'value',
    networks: 'names',
    pid: 'loose',
    ports: 'value',
    profiles: 'value',
    restart: 'loose',
    scale: 'value',
    uts: 'loose',
    volumes_from: 'loose',
    'x-portplan': 'loose',
  },
};

/** What is read of a whole compose file. */
export const composeFields: FieldSpec = {
  keys: {
    include: 'value',
    name: 'loose',
    networks: {
      keys: {},
      others: {
        keys: {
          driver: 'loose',
          external: 'loose',
          internal: 'loose',
          ipam: 'loose',
          name: 'loose',
        },
      },
    },
    services: { keys: {}, others: service },
    volumes: { keys: {}, others: { keys: { external: 'loose', name: 'loose' } } },
    'x-portplan': 'loose',
  },
};

/** What is read under a key, or nothing. */
export function fieldAt(interest: FieldSpec, key: string): FieldSpec | undefined {
  if (typeof interest === 'string') return interest === 'names' ? 'loose' : interest;
  return Object.hasOwn(interest.keys, key) ? interest.keys[key] : interest.others;
}
