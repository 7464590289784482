import { expect, test } from '@jest/globals';
import { allEngines, describeEngines } from '../../rig/engines.ts';
import { portplan } from '../../rig/portplan.ts';
import { holdSocket } from '../../rig/sockets.ts';
import { ask, typeInShell } from '../ask.ts';

const listener = { protocol: 'tcp', state: 'listen', address: '127.0.0.1' } as const;

describeEngines('plan', ['moby-28', 'podman'], (engine) => {
  test('moves taken ports and gives the reason', async () => {
    await engine.docker(['run', '-d', '--name', 'web', '-p', '8080:80', 'nginx:1.25']);
    await using _held = await holdSocket({ ...listener, network: engine, port: 9000 });
    const args = ['plan', 'nginx:1.25', '-p', '9000:90', '-p', '9500:95', '-p', '96'];
    const { code, answer } = await ask(engine, args);
    const { stdout } = await portplan(args, { engine });
    const byTarget = new Map(answer.assignments.map((one) => [one.publish.target, one]));

    expect(code).toBe(0);
    expect(byTarget.get(80)).toMatchObject({ hostIp: '127.0.0.1', port: 8081, choice: 'chosen' });
    expect(byTarget.get(90)).toMatchObject({ hostIp: '', choice: 'moved' });
    expect(byTarget.get(95)).toMatchObject({ port: 9500, choice: 'as-requested' });
    expect(byTarget.get(96)).toMatchObject({ port: 8096, choice: 'chosen' });
    expect(byTarget.get(90)?.reason).toContain('9000');
    expect(stdout).toContain('9000 held by perl (pid ');
  });

  test('prints flags that docker accepts', async () => {
    const line = `docker run -d $("${process.execPath}" bin/portplan.js plan multi:1 --format flags) multi:1`;
    await engine.docker(['pull', 'multi:1']);
    const started = await typeInShell(engine, line);
    const ports = await engine.docker(['port', started.stdout.trim()]);

    expect(started).toMatchObject({ code: 0, stderr: '' });
    expect(ports.stdout.trim().split('\n').sort()).toEqual([
      expect.stringMatching(/^443\/tcp -> 127\.0\.0\.1:8443$/),
      expect.stringMatching(/^53\/udp -> 127\.0\.0\.1:\d+$/),
      expect.stringMatching(/^80\/tcp -> 127\.0\.0\.1:80\d\d$/),
    ]);
  });
});

describeEngines('the flags of plan', ['moby-28'], (engine) => {
  test('--range, --avoid and --host-ip limit the choice', async () => {
    await engine.docker(['pull', 'nginx:1.25']);
    const { answer } = await ask(engine, [
      ...['plan', 'nginx:1.25', '--range', '9600-9603', '--avoid', '9600,9601', '--avoid', '9602'],
      ...['--host-ip', '0.0.0.0'],
    ]);

    expect(answer.assignments).toMatchObject([{ hostIp: '0.0.0.0', port: 9603 }]);
  });

  test('fails if --range has no free port', async () => {
    await using _held = await holdSocket({ ...listener, network: engine, port: 9700 });
    const args = ['plan', '-p', '80', '--range', '9700-9700'];
    const { code, answer } = await ask(engine, args);
    const flags = await portplan([...args, '--format', 'flags'], { engine });

    expect({ code, assignments: answer.assignments }).toEqual({ code: 1, assignments: [] });
    expect(flags).toMatchObject({ code: 1, stdout: '' });
  });

  test('moves no port with --on-conflict fail', async () => {
    await using _held = await holdSocket({ ...listener, network: engine, port: 9800 });
    const args = ['plan', '-p', '9800:80', '--on-conflict', 'fail'];
    const { code, answer } = await ask(engine, args);

    expect(code).toBe(1);
    expect(answer.conflicts).toMatchObject([{ code: 'port-in-use', endpoint: { port: 9800 } }]);
  });

  test('exits with 2 if there is nothing to plan', async () => {
    const { code, stderr } = await portplan(['plan'], { engine });

    expect(code).toBe(2);
    expect(stderr).toContain('nothing to plan');
  });
});

describeEngines('images', ['moby-28', 'podman'], (engine) => {
  test('shows the exposed ports of images and their planned host ports', async () => {
    await engine.docker(['run', '-d', '--name', 'web', '-p', '8080:80', 'nginx:1.25']);
    await engine.docker(['pull', 'redis:7']);
    const { code, answer } = await ask(engine, ['images']);
    const { stdout } = await portplan(['images'], { engine });
    const portsOf = (name: string) =>
      answer.images
        .find(({ names }) => names.some((text) => text.endsWith(name)))
        ?.assignments.map(({ hostIp, port }) => `${hostIp}:${port}`);

    expect(code).toBe(0);
    expect(portsOf('nginx:1.25')).toEqual(['127.0.0.1:8081']);
    expect(portsOf('redis:7')).toEqual(['127.0.0.1:6379']);
    expect(stdout).toMatch(/redis:7 +6379 +127\.0\.0\.1:6379:6379/);
  });
});

describeEngines('ps', allEngines, (engine) => {
  test('lists every port once, with its holder', async () => {
    await engine.docker(['run', '-d', '--name', 'web', '-p', '8080:80', 'nginx:1.25']);
    await engine.docker(['run', '-d', '--name', 'dns', '-p', '127.0.0.1:5300:53/udp', 'multi:1']);
    await using held = await holdSocket({ ...listener, network: engine, port: 9000, name: 'app' });
    await using _udp = await holdSocket({
      ...{ protocol: 'udp', state: 'bound', address: '::1', network: engine, port: 9001 },
    });
    const { code, answer } = await ask(engine, ['ps']);
    const { stdout } = await portplan(['ps'], { engine });
    const rows = stdout.split('\n').filter((line) => /^(8080|5300|9000|9001)\//.test(line));

    expect(code).toBe(0);
    expect(rows).toEqual([
      expect.stringMatching(/^5300\/udp +127\.0\.0\.1 +\S+ +dns \(/),
      expect.stringMatching(/^8080\/tcp +(\*|0\.0\.0\.0) +running +web \(/),
      expect.stringMatching(
        `^9000/tcp +127\\.0\\.0\\.1 +listening +app, pid ${held.pid}, user root`,
      ),
      expect.stringMatching(/^9001\/udp +::1 +bound +perl, pid \d+, user root$/),
    ]);
    expect(answer.bindings.map(({ port }) => port)).toEqual(
      answer.bindings.map(({ port }) => port).sort((a, b) => a - b),
    );
  });

  test('exits with 0 when the reader closes the pipe', async () => {
    const line = `"${process.execPath}" bin/portplan.js ps | head -c 1`;
    const { code, stderr } = await typeInShell(engine, line);

    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  });
});
