import type { IncomingMessage, ServerResponse } from 'node:http';
import { type FakeEngine, fakeEngine } from '../rig/fake-engine.ts';

interface ModelContainer {
  name: string;
  running: boolean;
  started: boolean;
  readonly config: { readonly Image: string; readonly Labels: Readonly<Record<string, string>> };
}

/** An engine with containers and images in memory, for faults that cannot be produced on a real one. */
export interface EngineModel extends AsyncDisposable {
  readonly dockerHost: string;
  /** `web stopped`, `web running`, `image portplan-remap:old1`. */
  readonly left: () => readonly string[];
  readonly names: () => readonly string[];
  /** Calls that changed state, in order: `rename web-portplan-old`. */
  readonly changes: readonly string[];
}

/**
 * What happens to a call: it is done and answered; refused, for now or for good; or the connection breaks, before or
 * after it is done.
 */
export type Fate = 'answer' | 'refuse' | 'forbid' | 'break-before' | 'break-after';

interface ModelOptions {
  /** Default: one stopped container `web`. */
  readonly containers?: readonly GivenContainer[];
  /** What happens to the n-th change, from 1. */
  readonly fate?: ((change: number, what: string) => Fate) | undefined;
  /** Whether another program holds a port. */
  readonly taken?: (port: string) => boolean;
}

/** A container that exists from the start. */
export interface GivenContainer {
  readonly id: string;
  readonly name: string;
  readonly state: 'created' | 'exited' | 'running';
  readonly labels?: Readonly<Record<string, string>>;
}

export const oldId = 'a'.repeat(64);

const onlyWeb: readonly GivenContainer[] = [{ id: oldId, name: 'web', state: 'exited' }];

/** Starts an engine with containers whose files have changed. */
export async function engineModel({
  containers: given = onlyWeb,
  fate,
  taken,
}: ModelOptions = {}): Promise<EngineModel> {
  const containers = new Map(given.map((one) => [one.id, toModel(one)]));
  const ports = new Map<string, string>();
  const images = new Map<string, { readonly id: string; readonly labels: object }>();
  const changes: string[] = [];

  const find = (key: string) =>
    [...containers].find(([id, { name }]) => id === key || name === key);
  const toAnswer = ([id, { name, running, started, config }]: [string, ModelContainer]) => ({
    ...{ Id: id, Name: `/${name}`, Image: 'sha256:1', Config: config },
    State: {
      Status: running ? 'running' : started ? 'exited' : 'created',
      StartedAt: started ? '2026-01-01T00:00:00Z' : '0001-01-01T00:00:00Z',
      ExitCode: 0,
    },
    HostConfig: { NetworkMode: 'bridge', PortBindings: { '80/tcp': [{ HostPort: '8080' }] } },
    NetworkSettings: { Networks: { bridge: {} } },
  });

  const actions: Readonly<Record<string, (call: Call) => Reply>> = {
    'POST /commit': ({ query, body }) => {
      images.set(`${query.repo}:${query.tag}`, { id: 'sha256:2', labels: labelsOf(body) });
      return [201, { Id: 'sha256:2' }];
    },
    'POST /containers/create': ({ query, body }) => {
      if (find(query.name ?? '')) return [409, { message: 'the name is already in use' }];
      const id = `b${containers.size}`.padEnd(64, '0');
      const config = { Image: body.Image ?? '', Labels: body.Labels ?? {} };
      ports.set(id, body.HostConfig?.PortBindings?.['80/tcp']?.[0]?.HostPort ?? '');
      containers.set(id, { name: query.name ?? id, running: false, started: false, config });
      return [201, { Id: id }];
    },
    'POST rename': ({ target, query }) => {
      if (target === undefined) return missing;
      if (find(query.name ?? '')) return [409, { message: 'the name is already in use' }];
      target[1].name = query.name ?? '';
      return [204, undefined];
    },
    'POST start': ({ target }) => {
      if (target === undefined) return missing;
      const port = ports.get(target[0]) ?? '';
      if (taken?.(port))
        return [500, { message: `Bind for 0.0.0.0:${port} failed: port is already allocated` }];
      target[1].running = true;
      target[1].started = true;
      return [204, undefined];
    },
    'DELETE container': ({ target, query }) => {
      if (target === undefined) return missing;
      if (target[1].running && query.force !== 'true') return [409, { message: 'it is running' }];
      containers.delete(target[0]);
      return [204, undefined];
    },
    'DELETE image': ({ rest }) => {
      images.delete(decodeURIComponent(rest));
      return [200, []];
    },
    'GET inspect': ({ target }) => (target === undefined ? missing : [200, toAnswer(target)]),
    'GET changes': () => [200, [{ Path: '/file', Kind: 1 }]],
    'GET /containers/json': ({ query }) => [200, listed(query.filters)],
    'GET /images/json': () => [
      200,
      [...images].map(([name, { id, labels }]) => ({ Id: id, RepoTags: [name], Labels: labels })),
    ],
  };

  function listed(filters = '{}') {
    const [wanted] = (JSON.parse(filters) as { label?: readonly string[] }).label ?? [];
    return [...containers]
      .filter(([, { config }]) =>
        Object.entries(config.Labels).some(([name, value]) => `${name}=${value}` === wanted),
      )
      .map(([Id]) => ({ Id }));
  }

  const fake: FakeEngine = await fakeEngine((request, response, body) => {
    const call = toCall(request, body, find);
    const action = actions[call.what];
    if (action === undefined) return send(response, basics[call.path] ?? missing);
    if (request.method === 'GET') return send(response, action(call));
    changes.push(`${call.what.split(' ')[1]} ${call.target?.[1].name ?? ''}`.trim());
    const decided = fate?.(changes.length, call.what) ?? 'answer';
    if (decided === 'refuse') return send(response, [500, { message: 'no space left on device' }]);
    if (decided === 'forbid') return send(response, [403, { message: 'not allowed' }]);
    if (decided === 'break-before') return void request.socket.destroy();
    const reply = action(call);
    if (decided === 'break-after') return void request.socket.destroy();
    send(response, reply);
  });

  return {
    dockerHost: fake.dockerHost,
    changes,
    names: () => [...containers.values()].map(({ name }) => name),
    left: () =>
      [
        ...[...containers.values()].map(
          ({ name, running }) => `${name} ${running ? 'running' : 'stopped'}`,
        ),
        ...[...images.keys()].map((name) => `image ${name}`),
      ].sort(),
    [Symbol.asyncDispose]: () => fake[Symbol.asyncDispose](),
  };
}

function toModel({ name, state, labels = {} }: GivenContainer): ModelContainer {
  const config = { Image: 'nginx', Labels: labels };
  return { name, running: state === 'running', started: state !== 'created', config };
}

type Reply = readonly [status: number, json: unknown];

interface Body {
  readonly Image?: string;
  readonly Labels?: Readonly<Record<string, string>>;
  readonly HostConfig?: {
    readonly PortBindings?: Readonly<Record<string, readonly { readonly HostPort: string }[]>>;
  };
}

interface Call {
  readonly what: string;
  readonly path: string;
  /** The path after the kind of object. */
  readonly rest: string;
  readonly query: Readonly<Record<string, string>>;
  readonly body: Body;
  readonly target: [string, ModelContainer] | undefined;
}

const missing: Reply = [404, { message: 'No such container' }];
const basics: Readonly<Record<string, Reply>> = {
  '/_ping': [200, 'OK'],
  '/version': [200, { Version: '28.5.2', ApiVersion: '1.51' }],
  '/info': [200, {}],
};

function labelsOf({ Labels = {} }: Body): object {
  return Labels;
}

function toCall(
  { method, url = '' }: IncomingMessage,
  text: string,
  find: (key: string) => [string, ModelContainer] | undefined,
): Call {
  const { pathname, searchParams } = new URL(url, 'http://engine');
  const path = pathname.replace(/^\/v[\d.]+/, '');
  const [, kind = '', rest = '', verb = ''] = /^\/(\w+)\/([^/]+)(?:\/(\w+))?$/.exec(path) ?? [];
  const plain = `${method} ${path}`;
  const known = ['/commit', '/containers/create', '/containers/json', '/images/json'];
  const what = known.includes(path) ? plain : `${method} ${wordFor(kind, verb)}`;
  return {
    ...{ what, path, rest, query: Object.fromEntries(searchParams), target: find(rest) },
    body: text === '' ? {} : (JSON.parse(text) as Body),
  };
}

function wordFor(kind: string, verb: string): string {
  if (verb === 'json') return kind === 'containers' ? 'inspect' : 'other';
  return verb === '' ? kind.replace(/s$/, '') : verb;
}

function send(response: ServerResponse, [status, json]: Reply): void {
  response.writeHead(status, { 'content-type': 'application/json', 'api-version': '1.51' });
  response.end(json === undefined ? undefined : JSON.stringify(json));
}
