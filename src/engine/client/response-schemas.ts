import { type Infer, parse, type Schema } from './schema.ts';

const strings = { list: 'string' } as const satisfies Schema;
const labels = { map: 'string' } as const satisfies Schema;

/** Host ports by container port (`80/tcp`); `null` for a port that is only exposed. */
export const portMapSchema = {
  map: { list: { fields: { HostIp: 'string', HostPort: 'string' } } },
} as const satisfies Schema;

/** `HostConfig` of a container. */
export const hostConfigSchema = {
  fields: {
    PortBindings: portMapSchema,
    NetworkMode: 'string',
    IpcMode: 'string',
    PidMode: 'string',
    UTSMode: 'string',
    RestartPolicy: { fields: { Name: 'string' } },
    Links: strings,
    /** `SOURCE:DESTINATION[:MODE]`. */
    Binds: strings,
    /** Mounts requested with `--mount`. */
    Mounts: {
      list: { fields: { Type: 'string', Source: 'string', Target: 'string' }, rest: 'unknown' },
    },
  },
  rest: 'unknown',
} as const satisfies Schema;

/** The endpoint of a container in a network. */
export const endpointSchema = {
  fields: { NetworkID: 'string', Aliases: strings },
  rest: 'unknown',
} as const satisfies Schema;

/** The responses that portplan reads; `{ list: … }` for a list of entries. */
const responseSchemas = {
  /** `GET /version`. */
  version: {
    fields: {
      Version: 'string',
      ApiVersion: 'string',
      Components: { list: { fields: { Name: 'string' } } },
    },
  },
  /** `GET /info`. */
  info: {
    fields: {
      Name: 'string',
      KernelVersion: 'string',
      OperatingSystem: 'string',
      SecurityOptions: strings,
      Swarm: { fields: { ControlAvailable: 'boolean' } },
    },
  },
  /** `GET /containers/json`. */
  containers: {
    list: {
      fields: {
        Id: 'string',
        Names: strings,
        Image: 'string',
        State: 'string',
        Labels: labels,
        /** Podman omits `IP` for any address; a port that is only exposed has no `PublicPort`. */
        Ports: {
          list: {
            fields: { IP: 'string', PublicPort: 'number', PrivatePort: 'number', Type: 'string' },
          },
        },
        /** Podman does not send it. */
        HostConfig: { fields: { NetworkMode: 'string' } },
      },
      required: ['Id'],
    },
  },
  /** `GET /containers/ID/json`. */
  container: {
    fields: {
      Id: 'string',
      Name: 'string',
      /** The image ID. */
      Image: 'string',
      State: {
        fields: { Status: 'string', StartedAt: 'string', ExitCode: 'number', Error: 'string' },
      },
      Config: {
        fields: { Image: 'string', Hostname: 'string', Labels: labels },
        rest: 'unknown',
      },
      HostConfig: hostConfigSchema,
      /** All mounts: those requested, and those created for a `VOLUME` of the image. Only a volume has a `Name`. */
      Mounts: {
        list: { fields: { Type: 'string', Name: 'string', Destination: 'string', RW: 'boolean' } },
      },
      NetworkSettings: {
        fields: { Ports: portMapSchema, Networks: { map: endpointSchema } },
      },
    },
    required: ['Id', 'Name'],
  },
  /** `GET /services`. */
  services: {
    list: {
      fields: {
        ID: 'string',
        Spec: { fields: { Name: 'string' } },
        Endpoint: {
          fields: {
            Ports: {
              list: {
                fields: {
                  Protocol: 'string',
                  TargetPort: 'number',
                  PublishedPort: 'number',
                  PublishMode: 'string',
                },
              },
            },
          },
        },
      },
    },
  },
  /** `GET /images/json`. */
  images: {
    list: { fields: { Id: 'string', Labels: labels, RepoTags: strings }, required: ['Id'] },
  },
  /** `GET /images/NAME/json`. */
  image: {
    fields: {
      Id: 'string',
      RepoTags: strings,
      Config: { fields: { ExposedPorts: { map: 'unknown' } } },
    },
    required: ['Id'],
  },
  /** `GET /networks`. */
  networks: {
    list: {
      fields: {
        Id: 'string',
        Name: 'string',
        Labels: labels,
        IPAM: { fields: { Config: { list: { fields: { Subnet: 'string' } } } } },
      },
    },
  },
  /** `GET /volumes`. */
  volumes: { fields: { Volumes: { list: { fields: { Name: 'string', Labels: labels } } } } },
  /** `GET /networks/ID`; `Internal` isolates the network from the host. */
  network: { fields: { Driver: 'string', Internal: 'boolean', Options: labels } },
} as const satisfies Readonly<Record<string, Schema>>;

/** Responses that some engines send empty; `undefined` then. */
const optional = ['version', 'volumes', 'network'] as const satisfies readonly ResponseName[];

/** The names of the responses. */
export type ResponseName = keyof typeof responseSchemas;

/** The type of a response after `parseResponse`. */
export type Response<Name extends ResponseName> =
  | Infer<(typeof responseSchemas)[Name]>
  | (Name extends (typeof optional)[number] ? undefined : never);

/**
 * Returns the parts of an engine's JSON that match the schema. A `null` list is empty.
 * @throws Error if the JSON as a whole does not match
 */
export function parseResponse<Name extends ResponseName>(
  name: Name,
  json: unknown,
): Response<Name> {
  const schema: Schema = responseSchemas[name];
  if (json === undefined && typeof schema === 'object' && 'list' in schema)
    return [] as readonly unknown[] as Response<Name>;
  const response = parse(json, schema);
  const isOptional = optional.some((other) => other === name);
  if (response === undefined && !(json === undefined && isOptional))
    throw new Error('the JSON does not have the expected structure');
  return response as Response<Name>;
}
