import { stripVTControlCharacters } from 'node:util';
import { expect, test } from '@jest/globals';
import { describeEngines } from '../../rig/engines.ts';
import { portplan, spawnPortplan } from '../../rig/portplan.ts';
import { holdSocket } from '../../rig/sockets.ts';
import { listContainers } from '../ask.ts';

describeEngines('run -it', ['moby-28', 'podman'], (engine) => {
  test('attaches a shell with the size of the terminal; Ctrl-C goes to the container', async () => {
    await engine.docker(['pull', 'busybox:1']);
    await using program = await spawnPortplan(['run', '-it', '--rm', 'busybox:1', 'sh'], {
      engine,
      terminal: true,
    });
    await program.waitForStdout('# ');
    await new Promise((resolve) => setTimeout(resolve, 700));
    program.child.stdin.write('stty size; echo to$((1 + 1))\n');
    const shown = await program.waitForStdout('to2');
    program.child.stdin.write('sleep 100\n');
    await program.waitForStdout(/sleep 100\s*\n/);
    await new Promise((resolve) => setTimeout(resolve, 300));
    program.child.stdin.write('\x03');
    await program.waitForStdout(/\^C[^#]*# /);
    program.child.stdin.write('exit 3\n');
    const { code } = await program.ended();

    expect(shown).toContain('24 80');
    expect(code).toBe(3);
    expect(await listContainers(engine)).toEqual([]);
  });

  test('names the flag to leave out if stdin is not a terminal', async () => {
    const { code, stderr } = await portplan(['run', '-it', '--rm', 'busybox:1', 'sh'], { engine });

    expect(code).toBe(125);
    expect(stderr).toContain('-it requires a terminal');
    expect(await listContainers(engine)).toEqual([]);
  });
});

describeEngines('on a terminal', ['moby-28'], (engine) => {
  const args = ['run', '-d', '--on-conflict', 'ask', '-p', '9393:80', 'nginx:1.25'];

  test.each([
    ['y', 0, ['running']],
    ['n', 125, []],
  ])('--on-conflict ask is answered by %s', async (answer, expected, states) => {
    await engine.docker(['pull', 'nginx:1.25']);
    await engine.removeAllContainers();
    await using _held = await holdSocket({
      ...{ protocol: 'tcp', state: 'listen', address: '127.0.0.1', network: engine, port: 9393 },
    });
    await using program = await spawnPortplan(args, { engine, terminal: true });
    await program.waitForStdout('[y/N]');
    program.child.stdin.write(`${answer}\n`);
    const { code } = await program.ended();

    expect(code).toBe(expected);
    expect((await listContainers(engine)).map((line) => line.split(' ')[1])).toEqual(states);
  });

  test('prints check in color and within the width of the terminal', async () => {
    await engine.docker(['run', '-d', '--name', 'a'.repeat(60), '-p', '9394:80', 'nginx:1.25']);
    await using program = await spawnPortplan(['check', '9394'], { engine, terminal: true });
    const { code, stdout } = await program.ended();
    const plain = stripVTControlCharacters(stdout);

    expect(code).toBe(1);
    expect(stdout).not.toBe(plain);
    for (const line of plain.split('\r\n')) expect(line.length).toBeLessThanOrEqual(80);
  });
});
