import { describe, expect, test } from '@jest/globals';
import { type Engine, openEngine } from '../../src/engine/open-engine.ts';
import { PortplanError } from '../../src/errors.ts';
import type { Assignment } from '../../src/model/findings/plan.ts';
import { toHostAddress } from '../../src/model/ports/address.ts';
import { toPort } from '../../src/model/ports/port.ts';
import type { ContainerSpec } from '../../src/runner/docker-flags/create-request.ts';
import { type StartRequest, startPlanned } from '../../src/runner/start-planned.ts';
import {
  cut,
  type FakeEngine,
  failing,
  fakeEngine,
  type Handler,
  type Routes,
} from '../rig/fake-engine.ts';

const spec = {
  name: 'web',
  body: { Image: 'nginx', Labels: { a: 'b' }, HostConfig: {} },
} as unknown as ContainerSpec;

function assignment(port: number, target = 80): Assignment {
  const address = toHostAddress('127.0.0.1');
  return {
    publish: {
      ...{ hostIp: address, address, target, protocol: 'tcp', mode: 'ingress' },
      origin: { kind: 'argument', text: `${target}` },
    },
    ...{ address, port: toPort(port), choice: 'chosen', reason: '' },
  };
}

const started: Handler = (_request, response) => {
  response.writeHead(204).end();
};
const created: Handler = (_request, response) => {
  response.writeHead(201, { 'content-type': 'application/json' }).end('{"Id":"c1"}');
};
const respondingWith =
  (text: string | (() => string)): Handler =>
  (_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(typeof text === 'string' ? text : text());
  };
const taken = (port: number): Handler =>
  failing(500, `Bind for 127.0.0.1:${port} failed: port is already allocated`);
const hangUp: Handler = (request) => {
  request.socket.destroy();
};

/** Uses the next handler for each call, and the last one for all further calls. */
function inSequence(...handlers: readonly Handler[]): Handler {
  let calls = 0;
  return (...call) => {
    const handler = handlers[Math.min(calls, handlers.length - 1)];
    calls += 1;
    return handler?.(...call);
  };
}

async function withEngine(
  routes: Routes,
  work: (engine: Engine, fake: FakeEngine) => Promise<void>,
): Promise<void> {
  await using fake = await fakeEngine({
    '/version': { Version: '28.5.2', ApiVersion: '1.51' },
    '/info': {},
    'POST /containers/create': created,
    'POST /containers/c1/start': started,
    'DELETE /containers/c1': started,
    ...routes,
  });
  const search = await openEngine({ host: fake.dockerHost, timeoutMs: 2000 });
  if (search.kind === 'none') throw search.error;
  try {
    await work(search.engine, fake);
  } finally {
    search.engine.client.close();
  }
}

function requestFor(engine: Engine, more: Partial<StartRequest> = {}): StartRequest {
  return {
    engine,
    spec,
    firstPlan: { assignments: [assignment(8080)] },
    exposed: [],
    plan: async () => {
      throw new PortplanError('no-free-port', 'every port is taken');
    },
    ...more,
  };
}

const callsOf = ({ requests }: FakeEngine): readonly string[] =>
  requests
    .filter(({ path, method }) => path.startsWith('/containers') && method !== 'GET')
    .map(({ method, path }) => `${method} ${path.replace('/containers/', '')}`);

describe('startPlanned', () => {
  test('creates and starts on the planned ports', async () => {
    await withEngine({}, async (engine, fake) => {
      const result = await startPlanned(
        requestFor(engine, { exposed: [{ target: 81, protocol: 'udp' }] }),
      );
      const create = fake.requests.find(({ path }) => path === '/containers/create');
      const body = JSON.parse(create?.body ?? '');

      expect(result.id).toBe('c1');
      expect(callsOf(fake)).toEqual(['POST create', 'POST c1/start']);
      expect(create?.query).toEqual({ name: 'web' });
      expect(body).toMatchObject({
        ExposedPorts: { '80/tcp': {}, '81/udp': {} },
        HostConfig: { PortBindings: { '80/tcp': [{ HostIp: '127.0.0.1', HostPort: '8080' }] } },
        Labels: { a: 'b', 'portplan.run': expect.any(String) },
      });
    });
  });

  test('plans again without all lost ports, and removes containers that did not start', async () => {
    const start = inSequence(taken(8080), taken(8081), started);
    const lostBefore: number[][] = [];
    const reported: string[] = [];
    await withEngine({ 'POST /containers/c1/start': start }, async (engine, fake) => {
      const result = await startPlanned(
        requestFor(engine, {
          plan: async (unavailable) => {
            lostBefore.push(unavailable.map(({ port }) => port));
            return { assignments: [assignment(8080 + unavailable.length)] };
          },
          onLost: (lost, next) =>
            reported.push(`${lost.map((one) => one.port)}>${next.map((one) => one.port)}`),
        }),
      );

      expect(result.assignments.map(({ port }) => port)).toEqual([8082]);
      expect(lostBefore).toEqual([[8080], [8080, 8081]]);
      expect(reported).toEqual(['8080>8081', '8081>8082']);
      expect(callsOf(fake).filter((call) => call === 'DELETE c1')).toHaveLength(2);
    });
  });

  test('treats all ports as lost when the error names none', async () => {
    const start = inSequence(
      failing(500, 'failed to listen on TCP socket: address already in use'),
      started,
    );
    await withEngine({ 'POST /containers/c1/start': start }, async (engine) => {
      const lostPorts: number[] = [];
      await startPlanned(
        requestFor(engine, {
          firstPlan: { assignments: [assignment(8080), assignment(8443, 443)] },
          plan: async (unavailable) => {
            lostPorts.push(...unavailable.map(({ port }) => port));
            return { assignments: [assignment(8081)] };
          },
        }),
      );

      expect(lostPorts).toEqual([8080, 8443]);
    });
  });

  test.each([
    ['another error', failing(500, 'no space left on device'), undefined],
    ['a missing program', failing(400, 'exec: "x": executable file not found in $PATH'), 127],
    ['a port that is not in the plan', taken(9999), undefined],
    ['a connection that breaks', hangUp, undefined],
  ])('removes the container after %s', async (_name, start, exitCode) => {
    await withEngine({ 'POST /containers/c1/start': start }, async (engine, fake) => {
      const error = await startPlanned(requestFor(engine)).catch((reason: unknown) => reason);

      expect(error).toBeInstanceOf(PortplanError);
      expect(error).toMatchObject({ exitCode });
      expect(callsOf(fake).at(-1)).toBe('DELETE c1');
    });
  });

  test('names the command that removes a container when the removal fails', async () => {
    const routes = {
      'POST /containers/c1/start': failing(500, 'boom'),
      'DELETE /containers/c1': failing(403, 'busy'),
    };
    await withEngine(routes, async (engine) => {
      await expect(startPlanned(requestFor(engine))).rejects.toMatchObject({
        message: expect.stringMatching(/^boom; the rollback is incomplete: /),
        hint: expect.stringMatching(/^when the engine answers again: docker .*rm -fv c1$/),
      });
    });
  });

  test.each([
    ['is lost', hangUp],
    ['breaks off', cut],
    ['is invalid', respondingWith('{}')],
    ['reports an error although it succeeded', failing(500, 'sorry')],
  ])('finds the container by its label when the create response %s', async (_name, answer) => {
    let Labels = {};
    const create: Handler = (request, response, body) => {
      ({ Labels } = JSON.parse(body));
      return answer(request, response, body);
    };
    const routes = {
      'POST /containers/create': create,
      '/containers/json': [{ Id: 'c1' }],
      '/containers/c1/json': respondingWith(() =>
        JSON.stringify({ Id: 'c1', Name: '/web', Config: { Labels } }),
      ),
    };
    await withEngine(routes, async (engine, fake) => {
      await expect(startPlanned(requestFor(engine))).rejects.toBeInstanceOf(PortplanError);
      const list = fake.requests.find(({ path }) => path === '/containers/json');

      expect(list?.query.filters).toMatch(/"label":\["portplan\.run=[0-9a-f-]{36}"\]/);
      expect(callsOf(fake).at(-1)).toBe('DELETE c1');
    });
  });

  test('removes a container that the engine creates late', async () => {
    const lists = [[], [], [{ Id: 'c1' }]];
    let Labels = {};
    const create: Handler = (request, _response, body) => {
      ({ Labels } = JSON.parse(body));
      request.socket.destroy();
    };
    const routes = {
      'POST /containers/create': create,
      '/containers/json': respondingWith(() => JSON.stringify(lists.shift() ?? [])),
      '/containers/c1/json': respondingWith(() =>
        JSON.stringify({ Id: 'c1', Name: '/web', Config: { Labels } }),
      ),
    };
    await withEngine(routes, async (engine, fake) => {
      await expect(startPlanned(requestFor(engine))).rejects.toBeInstanceOf(PortplanError);
      expect(callsOf(fake).at(-1)).toBe('DELETE c1');
    });
  });

  test('removes nothing when the name is in use', async () => {
    const create = failing(
      409,
      'Conflict. The container name "/web" is already in use by container "x".',
    );
    await withEngine({ 'POST /containers/create': create }, async (engine, fake) => {
      await expect(startPlanned(requestFor(engine))).rejects.toMatchObject({
        code: 'start-failed',
        hint: expect.stringContaining('--name'),
      });
      expect(callsOf(fake)).toEqual(['POST create']);
    });
  });

  test('removes the container and detaches when interrupted during the start', async () => {
    const controller = new AbortController();
    let detached = 0;
    const start: Handler = () => controller.abort(new PortplanError('interrupted', 'interrupted'));
    await withEngine({ 'POST /containers/c1/start': start }, async (engine, fake) => {
      const request = requestFor(engine, {
        signal: controller.signal,
        beforeStart: async () => () => {
          detached += 1;
        },
      });
      await expect(startPlanned(request)).rejects.toMatchObject({ code: 'interrupted' });

      expect(detached).toBe(1);
      expect(callsOf(fake).at(-1)).toBe('DELETE c1');
    });
  });

  test('creates nothing when interrupted before the start', async () => {
    const signal = AbortSignal.abort(new PortplanError('interrupted', 'interrupted'));
    await withEngine({}, async (engine, fake) => {
      await expect(startPlanned(requestFor(engine, { signal }))).rejects.toMatchObject({
        code: 'interrupted',
      });
      expect(callsOf(fake)).toEqual([]);
    });
  });
});
