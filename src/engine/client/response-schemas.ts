import type {
  ContainerAnswer,
  ContainerEntry,
  ImageAnswer,
  ImageEntry,
  InfoAnswer,
  NetworkAnswer,
  NetworkEntry,
  ServiceEntry,
  VersionAnswer,
  VolumesAnswer,
} from './api-types.ts';
import { type Shape, shaped } from './schema.ts';

const texts: Shape = { list: 'text' };
const labels: Shape = { map: 'text' };
const portMap: Shape = {
  map: { list: { fields: { HostIp: 'text', HostPort: 'text' } } },
};

/** The shapes of what wire.ts describes; a list of them is `{ list: … }`. */
const answerShapes = {
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
      needs: ['Id'],
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
    needs: ['Id', 'Name'],
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
    list: { fields: { Id: 'text', Labels: labels, RepoTags: texts }, needs: ['Id'] },
  },
  image: {
    fields: { Id: 'text', RepoTags: texts, Config: { fields: { ExposedPorts: { map: 'any' } } } },
    needs: ['Id'],
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
} as const satisfies Readonly<Record<AnswerName, Shape>>;

/** What each answer is, once it is looked through. */
interface Answers {
  readonly version: VersionAnswer | undefined;
  readonly info: InfoAnswer;
  readonly containers: readonly ContainerEntry[];
  readonly container: ContainerAnswer;
  readonly services: readonly ServiceEntry[];
  readonly images: readonly ImageEntry[];
  readonly image: ImageAnswer;
  readonly networks: readonly NetworkEntry[];
  readonly volumes: VolumesAnswer | undefined;
  readonly network: NetworkAnswer | undefined;
}

export type AnswerName = keyof Answers;
export type Answer<Name extends AnswerName> = Answers[Name];

const optional: readonly AnswerName[] = ['version', 'volumes', 'network'];

/**
 * What an engine's JSON says, as far as it has the shape that it should have; a list that is null is empty.
 * @throws Error when it is something else altogether
 */
export function readAnswer<Name extends AnswerName>(name: Name, json: unknown): Answer<Name> {
  const shape: Shape = answerShapes[name];
  if (json === undefined && typeof shape === 'object' && 'list' in shape)
    return [] as readonly unknown[] as Answer<Name>;
  const answer = shaped(json, shape);
  if (answer === undefined && !(json === undefined && optional.includes(name)))
    throw new Error('its JSON is not what was asked for');
  return answer as Answer<Name>;
}
