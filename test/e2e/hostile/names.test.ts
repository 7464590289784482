import { expect, test } from '@jest/globals';
import { describeEngines } from '../../rig/engines.ts';
import { portplan } from '../../rig/portplan.ts';
import type { Result } from '../../rig/run.ts';
import { holdSocket } from '../../rig/sockets.ts';

/** Characters that a terminal acts on: control characters except line ends, and characters that reverse or hide text. */
const dangerous = /(?!\n)[\p{Cc}\p{Cf}\u2028\u2029]/u;
const nasty = '\u001b]0;owned\u0007\u001b[2J\u202e\u2066\u009b31m';

describeEngines('hostile text', ['moby-28'], (engine) => {
  test('of labels, commands and processes never reaches the terminal', async () => {
    await engine.docker([
      ...['run', '-d', '--name', 'mild', '-p', '8080:80'],
      ...['-l', `com.docker.compose.project=${nasty}`],
      ...['-l', `com.docker.compose.service=line\nfree      8080/tcp${nasty}`],
      ...['-l', `com.docker.compose.project.working_dir=/tmp/${nasty}`, 'nginx:1.25'],
    ]);
    await engine.docker([
      ...['run', '-d', '--network', 'host', '--entrypoint', 'sh', 'nginx:1.25'],
      ...['-c', `: '${nasty}'; nc -l -p 9001`],
    ]);
    await using _held = await holdSocket({
      ...{ protocol: 'tcp', state: 'listen', address: '127.0.0.1', network: engine, port: 9000 },
      name: `\u001b[31mred\nheld by no one`,
    });
    const calls = [
      ['check', '8080', '9000', '9001'],
      ['check', '8080', '9000', '9001', '--format', 'json'],
      ['ps'],
      ['ps', '--format', 'json'],
      ['plan', '8080', '9000', '9001'],
      ['run', '--on-conflict', 'fail', '-p', '9000:80', 'nginx:1.25'],
      ['run', `${nasty}`],
      ['check', nasty],
      ['check', '--context', nasty, '--format', 'json'],
    ];
    const results: Result[] = [];
    for (const args of calls) results.push(await portplan(args, { engine }));

    for (const { stdout, stderr } of results) {
      expect(stdout + stderr).not.toBe('');
      expect(stdout).not.toMatch(dangerous);
      expect(stderr).not.toMatch(dangerous);
      expect(stdout).not.toMatch(/^free {6}8080/m);
      expect(stdout).not.toMatch(/^held by no one/m);
    }
    expect(results[0]?.code).toBe(1);
    expect(results[0]?.stdout).toContain('\\u{1b}[31mred');
  });
});
