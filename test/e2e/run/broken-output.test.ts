import { expect, test } from '@jest/globals';
import { describeEngines } from '../../rig/engines.ts';
import { type EngineCall, type Fate, faultyProxyTo } from '../../rig/faulty-proxy.ts';
import { portplan, spawnPortplan } from '../../rig/portplan.ts';
import { listContainers } from '../ask.ts';

const pass = async (): Promise<Fate> => 'pass';

describeEngines('broken output of a container', ['moby-28'], (engine) => {
  test('reports invalid output, also when the container exits later', async () => {
    await engine.docker(['pull', 'busybox:1']);
    const after = async ({ step }: EngineCall): Promise<Fate> =>
      step.endsWith('/attach') ? { status: 200, body: '<html>' } : 'pass';
    await using proxy = await faultyProxyTo(engine, { before: pass, after });
    const { code, stdout, stderr } = await portplan(['run', '--rm', 'busybox:1', 'sleep', '1'], {
      ...{ engine, env: { DOCKER_HOST: proxy.dockerHost } },
    });
    expect({ code, stdout }).toEqual({ code: 125, stdout: '' });
    expect(stderr).toContain('invalid container output from the engine: unknown stream type');
    expect(await listContainers(engine)).toEqual([]);
  });

  test('waits for the exit when the output ends first and detaching is impossible', async () => {
    await using proxy = await faultyProxyTo(engine, { before: pass, after: pass });
    const script = 'echo begun; sleep 4; exit 7';
    await using running = await spawnPortplan(['run', '--rm', 'busybox:1', 'sh', '-c', script], {
      ...{ engine, env: { DOCKER_HOST: proxy.dockerHost } },
    });
    await running.waitForStdout('begun');
    proxy.cutStreams();
    expect(await running.ended()).toMatchObject({ code: 7 });
  });

  test('waits for the exit when the program closes its output', async () => {
    const script = 'echo begun; exec >/dev/null 2>&1; sleep 2; exit 8';
    const result = await portplan(['run', '--rm', 'busybox:1', 'sh', '-c', script], { engine });
    expect(result).toMatchObject({ code: 8, stdout: 'begun\n' });
  });
});
