import type { IncomingMessage } from 'node:http';
import { expect, test } from '@jest/globals';
import { proxyTo } from '../../rig/engine-proxy.ts';
import { describeEngines, type Engine } from '../../rig/engines.ts';
import { portplan } from '../../rig/portplan.ts';
import { type HeldSocket, holdSocket } from '../../rig/sockets.ts';
import { listContainers } from '../ask.ts';

describeEngines(
  'a port that another program takes between plan and start',
  ['moby-28', 'moby-20', 'podman'],
  (engine) => {
    test('is planned again, and reported', async () => {
      await engine.docker(['pull', 'nginx:1.25']);
      const holders: HeldSocket[] = [];
      await using proxy = await proxyTo(engine, async ({ url = '' }) => {
        if (!url.endsWith('/start') || holders.length >= 2) return;
        holders.push(await takePortOfNewest(engine));
      });
      const { code, stdout, stderr } = await portplan(['run', '-d', 'nginx:1.25'], {
        ...{ engine, env: { DOCKER_HOST: proxy.dockerHost } },
      });
      for (const holder of holders) await holder[Symbol.asyncDispose]();

      expect({ code, stderr, broken: proxy.broken }).toMatchObject({ code: 0, broken: [] });
      expect(stdout).toMatch(/^[0-9a-f]{64}\n$/);
      expect(stderr.match(/port \d+ was taken in the meantime; trying \d+/g)).toHaveLength(2);
      expect((await listContainers(engine)).map((line) => line.split(' ')[1])).toEqual(['running']);
    });

    test('fails with --on-conflict fail, and nothing remains', async () => {
      await engine.removeAllContainers();
      const holders: HeldSocket[] = [];
      await using proxy = await proxyTo(engine, async ({ url = '' }) => {
        if (url.endsWith('/start')) holders.push(await takePortOfNewest(engine));
      });
      const args = ['run', '-d', '--on-conflict', 'fail', '-p', '8765:80', 'nginx:1.25'];
      const { code, stdout, stderr } = await portplan(args, {
        ...{ engine, env: { DOCKER_HOST: proxy.dockerHost } },
      });
      for (const holder of holders) await holder[Symbol.asyncDispose]();

      expect({ code, stdout, stderr, broken: proxy.broken, holders: holders.length }).toEqual({
        ...{ code: 125, stdout: '', broken: [], holders: 1 },
        stderr: expect.stringContaining('8765'),
      });
      expect(await listContainers(engine)).toEqual([]);
    });
  },
);

describeEngines('an engine that dies while it starts a container', ['moby-28'], (engine) => {
  test('is reported', async () => {
    await engine.docker(['pull', 'nginx:1.25']);
    await using proxy = await proxyTo(engine, async ({ url = '' }) => {
      if (url.endsWith('/start')) throw new Error('gone');
    });
    const { code, stdout, stderr } = await portplan(['run', '-d', 'nginx:1.25'], {
      ...{ engine, env: { DOCKER_HOST: proxy.dockerHost } },
    });

    expect({ code, stdout }).toEqual({ code: 125, stdout: '' });
    expect(stderr).toContain('closed the connection while starting the container');
    expect(await listContainers(engine)).toEqual([]);
  });

  test('is reported after a create call, and the container is found and removed', async () => {
    let created = false;
    await using proxy = await proxyTo(engine, async (asked) => {
      if (!asked.url?.includes('/containers/create') || created) return;
      created = true;
      await createDirectly(engine, asked);
      throw new Error('the answer is lost');
    });
    const { code, stdout } = await portplan(['run', '-d', 'nginx:1.25'], {
      ...{ engine, env: { DOCKER_HOST: proxy.dockerHost } },
    });

    expect({ code, stdout, created }).toEqual({ code: 125, stdout: '', created: true });
    expect(await listContainers(engine)).toEqual([]);
  });
});

async function createDirectly(engine: Engine, asked: IncomingMessage): Promise<void> {
  let body = '';
  for await (const chunk of asked.setEncoding('utf8')) body += chunk;
  const { status } = await engine.api('POST', asked.url ?? '', JSON.parse(body));
  expect(status).toBe(201);
}

async function takePortOfNewest(engine: Engine): Promise<HeldSocket> {
  const { json } = await engine.api<readonly { Id: string }[]>('GET', '/containers/json?all=1');
  const container = await engine.api<{ HostConfig: { PortBindings: PortBindings } }>(
    'GET',
    `/containers/${json[0]?.Id}/json`,
  );
  const port = Number(container.json.HostConfig.PortBindings['80/tcp']?.[0]?.HostPort);
  return await holdSocket({
    ...{ protocol: 'tcp', state: 'listen', address: '127.0.0.1', network: engine, port },
    // A connection of an earlier test may still be in TIME_WAIT on this port.
    reuseAddr: true,
  });
}

type PortBindings = Readonly<Record<string, readonly { readonly HostPort: string }[]>>;
