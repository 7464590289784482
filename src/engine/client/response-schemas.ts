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

const texts: Schema = { list: 'text' };
const labels: Schema = { map: 'text' };
const portMap: Schema = {
  map: { list: { fields: { HostIp: 'text', HostPort: 'text' } } },
};

/** The shapes of what wire.ts describes; a list of them is `{ list: … }`. */
const responseSchemas = {
  version: {
    fields: {
      Version: 'text',
      ApiVersion: 'text',
      Components: { list: { fields: { Name: 'text' } } },
    },
  },
  info: {
    fields: {
      Name: 'text',
      KernelVersion: 'text',
      OperatingSystem: 'text',
      SecurityOptions: texts,
      Swarm: { fields: { ControlAvailable: 'flag' } },
    },
  },
  containers: {
    list: {
      fields: {
        Id: 'text',
        Names: texts,
        Image: 'text',
        State: 'text',
        Labels: labels,
        Ports: {
          list: {
            fields: { IP: 'text', PublicPort: 'number', PrivatePort: 'number', Type: 'text' },
          },
        },
        HostConfig: { fields: { NetworkMode: 'text' } },
      },
      required: ['Id'],
    },
  },
  container: {
    fields: {
      Id: 'text',
      Name: 'text',
      Image: 'text',
      State: {
        fields: { Status: 'text', StartedAt: 'text', ExitCode: 'number', Error: 'text' },
      },
      Config: {
        fields: { Image: 'text', Hostname: 'text', Labels: labels },
      },
      HostConfig: {
        fields: {
          PortBindings: portMap,
          NetworkMode: 'text',
          IpcMode: 'text',
          PidMode: 'text',
          UTSMode: 'text',
          RestartPolicy: { fields: { Name: 'text' } },
          Links: texts,
          Binds: texts,
          Mounts: { list: { fields: { Type: 'text', Source: 'text', Target: 'text' } } },
        },
      },
      Mounts: {
        list: { fields: { Type: 'text', Name: 'text', Destination: 'text', RW: 'flag' } },
      },
      NetworkSettings: {
        fields: {
          Ports: portMap,
          Networks: { map: { fields: { NetworkID: 'text', Aliases: texts } } },
        },
      },
    },
    required: ['Id', 'Name'],
  },
  services: {
    list: {
      fields: {
        ID: 'text',
        Spec: { fields: { Name: 'text' } },
        Endpoint: {
          fields: {
            Ports: {
              list: {
                fields: {
                  Protocol: 'text',
                  TargetPort: 'number',
                  PublishedPort: 'number',
                  PublishMode: 'text',
                },
              },
            },
          },
        },
      },
    },
  },
  images: {
    list: { fields: { Id: 'text', Labels: labels, RepoTags: texts }, required: ['Id'] },
  },
  image: {
    fields: { Id: 'text', RepoTags: texts, Config: { fields: { ExposedPorts: { map: 'any' } } } },
    required: ['Id'],
  },
  networks: {
    list: {
      fields: {
        Id: 'text',
        Name: 'text',
        Labels: labels,
        IPAM: { fields: { Config: { list: { fields: { Subnet: 'text' } } } } },
      },
    },
  },
  volumes: { fields: { Volumes: { list: { fields: { Name: 'text', Labels: labels } } } } },
  network: { fields: { Driver: 'text', Internal: 'flag', Options: labels } },
} as const satisfies Readonly<Record<ResponseName, Schema>>;

/** What each answer is, once it is looked through. */
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

export type ResponseName = keyof Responses;
export type Response<Name extends ResponseName> = Responses[Name];

const optional: readonly ResponseName[] = ['version', 'volumes', 'network'];

/**
 * What an engine's JSON says, as far as it has the shape that it should have; a list that is null is empty.
 * @throws Error when it is something else altogether
 */
export function parseResponse<Name extends ResponseName>(
  name: Name,
  json: unknown,
): Response<Name> {
  const shape: Schema = responseSchemas[name];
  if (json === undefined && typeof shape === 'object' && 'list' in shape)
    return [] as readonly unknown[] as Response<Name>;
  const answer = parse(json, shape);
  if (answer === undefined && !(json === undefined && optional.includes(name)))
    throw new Error('its JSON is not what was asked for');
  return answer as Response<Name>;
}
