import { expect, test } from '@jest/globals';
import { describeEngines } from '../rig/engines.ts';
import { type EngineCall, type Fate, faultyProxyTo } from '../rig/faulty-proxy.ts';
import { portplan, spawnPortplan } from '../rig/portplan.ts';
import { listContainers } from './ask.ts';

const pass = async (): Promise<Fate> => 'pass';

describeEngines('output of a container that breaks', ['moby-28'], (engine) => {
  test('is told when it is none, also of a container that ends later', async () => {
    await engine.docker(['pull', 'busybox:1']);
    const after = async ({ step }: EngineCall): Promise<Fate> =>
      step.endsWith('/attach') ? { status: 200, body: '<html>' } : 'pass';
    await using proxy = await faultyProxyTo(engine, { before: pass, after });
    const { code, stdout, stderr } = await portplan(['run', '--rm', 'busybox:1', 'sleep', '1'], {
      ...{ engine, env: { DOCKER_HOST: proxy.dockerHost } },
    });
    expect({ code, stdout }).toEqual({ code: 125, stdout: '' });
    expect(stderr).toContain('what came as output of the container is none');
    expect(await listContainers(engine)).toEqual([]);
  });

  test('is told while the container runs: it is not the user who has detached', async () => {
    await using proxy = await faultyProxyTo(engine, { before: pass, after: pass });
    await using running = await spawnPortplan(
      ['run', '--name', 'long', 'busybox:1', 'sh', '-c', 'echo begun; exec sleep 60'],
      { engine, env: { DOCKER_HOST: proxy.dockerHost } },
    );
    await running.waitForStdout('begun');
    proxy.cutStreams();
    const { code, stderr } = await running.ended();
    expect(code).toBe(125);
    expect(stderr).toContain('the connection to the container broke, and its output with it');
    expect(stderr).toMatch(/may still run: docker .*logs -f [0-9a-f]{12}/);
    expect(await listContainers(engine)).toEqual(['long running']);
  });
});
