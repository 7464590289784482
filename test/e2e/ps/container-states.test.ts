import { expect, test } from '@jest/globals';
import { describeEngines, type Engine } from '../../rig/engines.ts';
import { portplan } from '../../rig/portplan.ts';
import { holdSocket } from '../../rig/sockets.ts';
import { ask, typeInShell } from '../ask.ts';

describeEngines('containers that hold ports in other ways', ['moby-28', 'podman'], (engine) => {
  test('with host networking is named, not its program', async () => {
    await engine.docker(['run', '-d', '--name', 'bare', '--network', 'host', 'nginx:1.25']);
    await waitForListener(engine, 80);
    const { code, answer } = await ask(engine, ['check', '80']);
    const { stdout } = await portplan(['check', '80'], { engine });

    expect(code).toBe(1);
    expect(answer.conflicts).toMatchObject([
      { holder: { kind: 'container', name: 'bare', hostNetwork: true } },
    ]);
    expect(stdout).toContain('on the host network');
    expect(answer.conflicts[0]?.remedy?.command).toBe('docker stop bare');
  });

  test('holds its ports while it is paused', async () => {
    await engine.docker(['run', '-d', '--name', 'frozen', '-p', '8081:80', 'nginx:1.25']);
    await engine.docker(['pause', 'frozen']);
    const { code, answer } = await ask(engine, ['check', '8081']);
    await engine.docker(['unpause', 'frozen']);

    expect(code).toBe(1);
    expect(answer.conflicts).toMatchObject([{ holder: { name: 'frozen', state: 'paused' } }]);
  });

  test('is identified by its forwarder if no engine answers', async () => {
    await engine.docker(['run', '-d', '--name', 'hidden', '-p', '8082:80', 'nginx:1.25']);
    const env = { DOCKER_HOST: undefined };
    const { code, answer } = await ask(engine, ['check', '8082'], { env });
    const { stdout } = await portplan(['check', '8082'], { engine, env });

    expect(code).toBe(1);
    expect(answer.conflicts).toMatchObject([{ holder: { kind: 'container' } }]);
    expect(stdout).toMatch(/held by +(a )?container /);
    expect(stdout).toContain('1 conflict in 1 port');
    expect(stdout).not.toMatch(/kill \d+|process (docker-proxy|conmon)/);
  });
});

describeEngines('containers that do not hold their ports', ['moby-28'], (engine) => {
  test('that waits for its restart is listed by ps -a', async () => {
    await engine.docker([
      ...['run', '-d', '--name', 'crash', '--restart', 'always', '-p', '8083:80'],
      ...['nginx:1.25', 'false'],
    ]);
    await waitForRestarts(engine, 'crash', 5);
    await waitForState(engine, 'crash', 'restarting');
    const { answer } = await ask(engine, ['ps', '-a']);
    await engine.docker(['rm', '-f', 'crash']);

    expect(answer.bindings.filter(({ port }) => port === 8083)).toMatchObject([
      { state: 'restarting', holder: { name: 'crash' } },
    ]);
  });

  test('that is stopped but starts with the engine: check without a target warns', async () => {
    const always = ['--restart', 'always', '-p', '8084:80', 'nginx:1.25'];
    await engine.docker(['run', '-d', '--name', 'first', ...always]);
    await engine.docker(['stop', 'first']);
    await engine.docker(['run', '-d', '--name', 'second', ...always]);
    const { code, answer } = await ask(engine, ['check']);
    const { stdout } = await portplan(['check'], { engine });
    const clash = answer.conflicts.find((conflict) => conflict.code === 'restart-conflict');
    const freed = await typeInShell(engine, clash?.remedy?.command ?? 'false');
    const after = await ask(engine, ['check']);

    expect(code).toBe(0);
    expect([clash?.holder?.name, clash?.otherHolder?.name].sort()).toEqual(['first', 'second']);
    expect(stdout).toContain('8084/tcp when the engine restarts');
    expect(freed.code).toBe(0);
    expect(after.answer.conflicts).toEqual([]);
  });

  test('is shadowed by a program on the address to which localhost resolves first', async () => {
    await engine.docker(['run', '-d', '--name', 'shown', '-p', '127.0.0.1:8086:80', 'nginx:1.25']);
    await using _hidden = await holdSocket({
      ...{ network: engine, protocol: 'tcp', state: 'listen' },
      ...{ address: '::1', port: 8086, reuseAddr: true },
    });
    const { code, answer } = await ask(engine, ['check']);
    const { stdout } = await portplan(['ps'], { engine });
    await engine.docker(['rm', '-f', 'shown']);

    expect(code).toBe(0);
    expect(answer.conflicts).toMatchObject([
      { code: 'shadowed-port', severity: 'warning', endpoint: { port: 8086 } },
    ]);
    expect(stdout).toMatch(/^warning: two programs answer on localhost:8086: .*shown/m);
  });

  test('that is stopped is no conflict for check, is listed only by ps -a, and is avoided by plan', async () => {
    await engine.docker(['create', '--name', 'asleep', '-p', '8085:80', 'nginx:1.25']);
    const check = await ask(engine, ['check', '8085']);
    const ps = await ask(engine, ['ps']);
    const all = await ask(engine, ['ps', '-a']);
    const plan = await ask(engine, ['plan', '-p', '8085']);

    expect(check.code).toBe(0);
    expect(ps.answer.bindings.filter(({ port }) => port === 8085)).toEqual([]);
    expect(all.answer.bindings.filter(({ port }) => port === 8085)).toMatchObject([
      { state: 'stopped', holder: { name: 'asleep' } },
    ]);
    expect(plan.answer.assignments.map(({ port }) => port)).not.toContain(8085);
  });
});

describeEngines('an engine with other settings', ['moby-28', 'moby-20'], (engine) => {
  test('without docker-proxy is named, not dockerd', async () => {
    await engine.restart(['--userland-proxy=false']);
    await engine.docker(['run', '-d', '--name', 'direct', '-p', '8090:80', 'nginx:1.25']);
    const { code, answer } = await ask(engine, ['check', '8090']);
    const { answer: all } = await ask(engine, ['ps']);

    expect(code).toBe(1);
    expect(answer.conflicts).toMatchObject([{ holder: { kind: 'container', name: 'direct' } }]);
    expect(
      all.bindings.filter(({ port }) => port === 8090).map(({ holder }) => holder.name),
    ).toEqual(expect.arrayContaining(['direct']));
    expect(JSON.stringify(all.bindings.filter(({ port }) => port === 8090))).not.toContain(
      'dockerd',
    );
  });

  test('that publishes on one address conflicts only on that address', async () => {
    await engine.restart(['--ip=127.0.0.1']);
    await using _held = await holdSocket({
      ...{ protocol: 'tcp', state: 'listen', network: engine, address: '10.99.0.1', port: 8091 },
    });
    const { code, answer } = await ask(engine, ['check', '-p', '8091:80']);
    const started = await engine.docker(['run', '-d', '-p', '8091:80', 'nginx:1.25']);

    expect({ code, conflicts: answer.conflicts }).toEqual({ code: 0, conflicts: [] });
    expect(started.code).toBe(0);
  });
});

/** The engine doubles its wait after each restart, from 0.1 s: a few restarts leave time to look. */
async function waitForRestarts(engine: Engine, name: string, count: number): Promise<void> {
  for (let round = 0; round < 200; round += 1) {
    const { stdout } = await engine.docker(['inspect', '-f', '{{.RestartCount}}', name]);
    if (Number(stdout.trim()) >= count) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`${name} was not restarted ${count} times`);
}

async function waitForState(engine: Engine, name: string, state: string): Promise<void> {
  for (let round = 0; round < 100; round += 1) {
    const { stdout } = await engine.docker(['inspect', '-f', '{{.State.Status}}', name]);
    if (stdout.trim() === state) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`${name} is not ${state}`);
}

async function waitForListener(engine: Engine, port: number): Promise<void> {
  const hex = port.toString(16).toUpperCase().padStart(4, '0');
  const script = `for i in $(seq 100); do grep -q ':${hex} .* 0A ' /proc/net/tcp /proc/net/tcp6 && exit; sleep 0.05; done; exit 1`;
  const { code } = await engine.inNetwork('sh', ['-c', script]);
  if (code !== 0) throw new Error(`no listener on ${port}`);
}
