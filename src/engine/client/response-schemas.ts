import type {
  ContainerEntry,
  ContainerInspect,
  ImageEntry,
  ImageInspect,
  InfoResponse,
  NetworkEntry,
  NetworkInspect,
  ServiceEntry,
  VersionResponse,
  VolumesResponse,
} from './api-types.ts';
import { parse, type Schema } from './schema.ts';

const strings: Schema = { list: 'string' };
const labels: Schema = { map: 'string' };
const portMap: Schema = {
  map: { list: { fields: { HostIp: 'string', HostPort: 'string' } } },
};

/** The schemas of the responses that api-types.ts declares; `{ list: … }` for a list of entries. */
const responseSchemas = {
  version: {
    fields: {
      Version: 'string',
      ApiVersion: 'string',
      Components: { list: { fields: { Name: 'string' } } },
    },
  },
  info: {
    fields: {
      Name: 'string',
      KernelVersion: 'string',
      OperatingSystem: 'string',
      SecurityOptions: strings,
      Swarm: { fields: { ControlAvailable: 'boolean' } },
    },
  },
  containers: {
    list: {
      fields: {
        Id: 'string',
        Names: strings,
        Image: 'string',
        State: 'string',
        Labels: labels,
        Ports: {
          list: {
            fields: { IP: 'string', PublicPort: 'number', PrivatePort: 'number', Type: 'string' },
          },
        },
        HostConfig: { fields: { NetworkMode: 'string' } },
      },
      required: ['Id'],
    },
  },
  container: {
    fields: {
      Id: 'string',
      Name: 'string',
      Image: 'string',
      State: {
        fields: { Status: 'string', StartedAt: 'string', ExitCode: 'number', Error: 'string' },
      },
      Config: {
        fields: { Image: 'string', Hostname: 'string', Labels: labels },
      },
      HostConfig: {
        fields: {
          PortBindings: portMap,
          NetworkMode: 'string',
          IpcMode: 'string',
          PidMode: 'string',
          UTSMode: 'string',
          RestartPolicy: { fields: { Name: 'string' } },
          Links: strings,
          Binds: strings,
          Mounts: { list: { fields: { Type: 'string', Source: 'string', Target: 'string' } } },
        },
      },
      Mounts: {
        list: { fields: { Type: 'string', Name: 'string', Destination: 'string', RW: 'boolean' } },
      },
      NetworkSettings: {
        fields: {
          Ports: portMap,
          Networks: { map: { fields: { NetworkID: 'string', Aliases: strings } } },
        },
      },
    },
    required: ['Id', 'Name'],
  },
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
  images: {
    list: { fields: { Id: 'string', Labels: labels, RepoTags: strings }, required: ['Id'] },
  },
  image: {
    fields: {
      Id: 'string',
      RepoTags: strings,
      Config: { fields: { ExposedPorts: { map: 'unknown' } } },
    },
    required: ['Id'],
  },
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
  volumes: { fields: { Volumes: { list: { fields: { Name: 'string', Labels: labels } } } } },
  network: { fields: { Driver: 'string', Internal: 'boolean', Options: labels } },
} as const satisfies Readonly<Record<ResponseName, Schema>>;

/** The type of each response after `parseResponse`. */
interface Responses {
  readonly version: VersionResponse | undefined;
  readonly info: InfoResponse;
  readonly containers: readonly ContainerEntry[];
  readonly container: ContainerInspect;
  readonly services: readonly ServiceEntry[];
  readonly images: readonly ImageEntry[];
  readonly image: ImageInspect;
  readonly networks: readonly NetworkEntry[];
  readonly volumes: VolumesResponse | undefined;
  readonly network: NetworkInspect | undefined;
}

/** The responses that portplan reads. */
export type ResponseName = keyof Responses;
/** The type of a parsed response. */
export type Response<Name extends ResponseName> = Responses[Name];

/** Responses that some engines send empty; `undefined` then. */
const optional: readonly ResponseName[] = ['version', 'volumes', 'network'];

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
  if (response === undefined && !(json === undefined && optional.includes(name)))
    throw new Error('the JSON does not have the expected structure');
  return response as Response<Name>;
}
