import { expect, test } from '@jest/globals';
import { describeEngines } from '../../rig/engines.ts';
import { portplan } from '../../rig/portplan.ts';
import { ask } from '../ask.ts';

describeEngines('a container that runs without its ports', ['moby-28', 'moby-20'], (engine) => {
  test('because it is in no network: check reports it with the command that opens them', async () => {
    await engine.docker(['pull', 'nginx:1.25']);
    await engine.docker(['run', '-d', '--name', 'lost', '-p', '7601:80', 'nginx:1.25']);
    await engine.docker(['network', 'disconnect', 'bridge', 'lost']);
    await engine.docker(['restart', '-t', '0', 'lost']);

    const { code, answer } = await ask(engine, ['check']);
    expect(code).toBe(0);
    expect(answer.conflicts).toMatchObject([
      {
        code: 'not-published',
        holder: { name: 'lost' },
        remedy: { command: 'docker network connect bridge lost' },
      },
    ]);

    const started = await portplan(['start', 'lost'], { engine });
    expect(started.stderr).toContain('lost runs without its ports');
    await engine.docker(['network', 'connect', 'bridge', 'lost']);
    expect((await ask(engine, ['check'])).answer.conflicts).toEqual([]);
  });

  test('because its network opens no ports: check shows no command, because none would help', async () => {
    await engine.removeAllContainers();
    await engine.docker(['network', 'create', '--internal', 'inside']);
    const { code, stdout, stderr } = await portplan(
      ['run', '-d', '--name', 'shut', '--network', 'inside', '-p', '7602:80', 'nginx:1.25'],
      { engine },
    );
    expect(code).toBe(0);
    expect(stdout).toMatch(/^[0-9a-f]{64}\n$/);
    expect(stderr).toContain('the container runs without its ports: its network opens no ports');
    expect(stderr).not.toContain('http://');

    const { answer } = await ask(engine, ['ps']);
    const [{ code: found, remedy } = {}] = answer.conflicts;
    expect(found).toBe('not-published');
    expect(remedy).toEqual({ text: expect.stringContaining('inside is internal') });
  });
});
