import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { Ajv } from 'ajv';
import { describeEngines } from '../../rig/engines.ts';
import { portplan } from '../../rig/portplan.ts';
import { holdSocket } from '../../rig/sockets.ts';
import { tempFolder } from '../../rig/temp.ts';

const schema = JSON.parse(
  readFileSync(new URL('../../../src/schema/portplan-v1.schema.json', import.meta.url), 'utf8'),
);
const validate = new Ajv({ strict: true, allErrors: true }).compile(schema);

function expectValid(text: string, command: string): void {
  const output: unknown = JSON.parse(text);
  validate(output);
  expect(validate.errors ?? []).toEqual([]);
  expect(output).toMatchObject({ schemaVersion: 1, command });
}

describeEngines('every output is as its schema says', ['moby-28', 'podman'], (engine) => {
  test('check, ps, plan, images and run on a host with containers and sockets', async () => {
    await using held = await holdSocket({
      network: engine,
      address: '127.0.0.1',
      port: 9000,
      protocol: 'tcp',
      state: 'listen',
    });
    await engine.docker(['run', '-d', '--name', 'old', '-p', '8080:80', 'nginx:1.25']);
    await engine.docker(['create', '--restart', 'always', '-p', '8080:80', 'nginx:1.25']);
    const commands = [
      ['check', '8080', `${held.port}`, '8000-8010/udp', '-p', '80', '-p', '10.9.9.9:1:1'],
      ['check'],
      ['ps'],
      ['ps', '-a'],
      ['plan', 'nginx:1.25', '-p', '8080:80', '-p', '127.0.0.1::53/udp'],
      ['images'],
      ['explain', 'Bind for 0.0.0.0:8080 failed: port is already allocated'],
      ['explain', 'old'],
      ['run', '-d', 'nginx:1.25'],
    ];
    for (const [command = '', ...args] of commands) {
      const { stdout } = await portplan([command, '--format', 'json', ...args], { engine });
      expectValid(stdout, command);
    }
  });

  test('check of a compose project with findings of every kind', async () => {
    await using folder = await tempFolder({
      'compose.yaml': `
services:
  web: { image: nginx, ports: ["8080:80", "2222:22", "\${NONE}:1"], deploy: { replicas: 2 } }
  api: { image: nginx, ports: ["8080:80", 2222:22], profiles: [dev] }
  net: { image: nginx, ports: ["1:1"], network_mode: host }
  sub: { image: nginx, ports: ["2:2"], network_mode: "service:web" }
`,
    });
    for (const flags of [['--static'], ['--static', '--strict', '--exposed'], []]) {
      const { stdout } = await portplan(['check', ...flags, '--format', 'json'], {
        engine,
        cwd: folder.path,
      });
      expectValid(stdout, 'check');
    }
  });

  test.each([
    ['check', ['check', 'localhost:80:80']],
    ['check', ['check', '--bogus']],
    ['plan', ['plan', 'no/such:image']],
    ['explain', ['explain', '8080']],
    ['run', ['run', '-d', '127.0.0.1:5000/none']],
  ])('an error of %s: %j', async (command, args) => {
    const [name = '', ...rest] = args;
    const { stdout } = await portplan([name, '--format', 'json', ...rest], { engine });
    expectValid(stdout, command);
  });
});
