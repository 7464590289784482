/**
 * Which fields of a Compose file are read. Other keys cannot affect published ports, so they are neither read nor
 * validated.
 * - `value`: read completely; an invalid or missing required variable is an error, because ports depend on it.
 * - `lenient`: read completely; such a variable is a warning, because Compose rejects the file for another reason.
 * - `names`: like `lenient`; a list of names is read as a mapping with these keys.
 * - keys: a mapping; `others` applies to keys that are not listed.
 */
export type FieldSpec =
  | 'value'
  | 'lenient'
  | 'names'
  | {
      readonly keys: Readonly<Record<string, FieldSpec>>;
      readonly others?: FieldSpec;
    };

const service: FieldSpec = {
  keys: {
    cgroup: 'lenient',
    container_name: 'lenient',
    depends_on: 'names',
    deploy: { keys: { mode: 'lenient', replicas: 'value' } },
    extends: 'value',
    image: 'lenient',
    ipc: 'lenient',
    links: 'lenient',
    network_mode: 'value',
    networks: 'names',
    pid: 'lenient',
    ports: 'value',
    profiles: 'value',
    restart: 'lenient',
    scale: 'value',
    uts: 'lenient',
    volumes_from: 'lenient',
    'x-portplan': 'lenient',
  },
};

/** The fields that are read of a Compose file. */
export const composeFields: FieldSpec = {
  keys: {
    include: 'value',
    name: 'lenient',
    networks: {
      keys: {},
      others: {
        keys: {
          driver: 'lenient',
          external: 'lenient',
          internal: 'lenient',
          ipam: 'lenient',
          name: 'lenient',
        },
      },
    },
    services: { keys: {}, others: service },
    volumes: { keys: {}, others: { keys: { external: 'lenient', name: 'lenient' } } },
    'x-portplan': 'lenient',
  },
};

/** Returns how a key of a field is read, `undefined` if it is not read. */
export function fieldAt(field: FieldSpec, key: string): FieldSpec | undefined {
  if (typeof field === 'string') return field === 'names' ? 'lenient' : field;
  return Object.hasOwn(field.keys, key) ? field.keys[key] : field.others;
}
