import { expect, test } from '@jest/globals';
import { describeEngines, type Engine } from '../../rig/engines.ts';
import { portplan } from '../../rig/portplan.ts';
import { holdSocket } from '../../rig/sockets.ts';
import { type TempFolder, tempFolder } from '../../rig/temp.ts';
import { ask } from '../ask.ts';

const stack = `services:
  # what people open
  web:
    image: "nginx:1.25"
    ports:
      - "8080:80" # the site
    labels: { url: "http://localhost:8080" }
  api:
    image: nginx:1.25
    ports: ["\${API_PORT:-3000}:80", "9000-9010:81", "82"]
`;

const hold = (network: Engine, port: number) =>
  holdSocket({
    ...{ network, protocol: 'tcp', state: 'listen', address: '0.0.0.0' },
    ...{ reuseAddr: true, port },
  });

function inFolder(engine: Engine, folder: TempFolder) {
  const options = {
    engine,
    cwd: folder.path,
    env: { PORTPLAN_STATE_DIR: `${folder.path}/../${folder.path.split('/').at(-1)}-state` },
  };
  return {
    run: (...args: readonly string[]) => portplan(args, options),
    ask: (...args: readonly string[]) => ask(engine, args, options),
    /** The ports that the real Compose would publish: `service published:target`. */
    async configured(): Promise<readonly string[]> {
      const { stdout } = await engine.compose(['config', '--format', 'json'], {
        cwd: folder.path,
      });
      const { services } = JSON.parse(stdout) as {
        services: Record<string, { ports?: readonly { published?: string; target: number }[] }>;
      };
      return Object.entries(services)
        .flatMap(([name, { ports = [] }]) =>
          ports.map(({ published = '', target }) => `${name} ${published}:${target}`),
        )
        .sort();
    },
  };
}

describeEngines('a plan for a compose project', ['moby-28'], (engine) => {
  const table = (text: string) =>
    text
      .replace(/held by .*?(\(pid \d+\))?;/g, 'held by it;')
      .split('\n')
      .map((line) => line.trimEnd().replace(/ {2,}/g, '|'));

  test('moves only conflicting ports, and gives the reason', async () => {
    await using folder = await tempFolder({ 'compose.yaml': stack });
    await using _web = await hold(engine, 8080);
    await using _api = await hold(engine, 9000);
    const { run, ask: askJson } = inFolder(engine, folder);
    const { code, stdout } = await run('plan');
    expect(code).toBe(0);
    expect(table(stdout)).toEqual([
      'SERVICE|WANTED|PLANNED|WHY',
      'api|3000:80|3000:80|3000 free',
      'api|9000-9010:81|9000-9010:81|the engine chooses a free port of the range',
      'api|82|82|the engine chooses a free port',
      'web|8080:80|8081:80|8080 held by it; 8081 free',
      '',
    ]);
    const { answer } = await askJson('plan');
    expect(answer.assignments.map(({ port, choice }) => `${port} ${choice}`)).toEqual([
      '3000 as-requested',
      '8081 moved',
    ]);
    // No lease was saved, and no file written.
    expect((await run('lease', 'ls')).stdout).not.toContain('8081');
    expect((await run('plan', '--format', 'env')).stdout).toBe(
      'PORTPLAN_API_80=3000\nPORTPLAN_WEB_80=8081\n',
    );
  });

  test.each([
    ['override', ['api 3000:80', 'api 9000-9010:81', 'api :82', 'web 8081:80']],
    ['file', ['api 3000:80', 'api 9000-9010:81', 'api :82', 'web 8081:80']],
  ])('--write %s is what the real Compose then reads', async (kind, expected) => {
    await using folder = await tempFolder({ 'compose.yaml': stack });
    await using _holder = await hold(engine, 8080);
    const { run, configured } = inFolder(engine, folder);
    const before = await configured();
    const dry = await run('plan', '--write', kind, '--dry-run');
    expect(dry).toMatchObject({ code: 0 });
    expect(dry.stdout).toMatch(/^--- .*\n\+\+\+ b\/compose/);
    expect(await configured()).toEqual(before);
    const written = await run('plan', '--write', kind);
    expect(written).toMatchObject({ code: 0 });
    expect(written.stdout).toContain(dry.stdout.split('would')[0]);
    expect(written.stderr).toMatch(
      /compose\.yaml:7:\d+: \S+ still has 8080, the old port of "web"/,
    );
    expect(await configured()).toEqual([...expected].sort());
    if (kind === 'file')
      expect(await folder.read('compose.yaml')).toBe(stack.replace('"8080:80"', '"8081:80"'));
    else expect(await folder.read('compose.yaml')).toBe(stack);
    expect((await run('plan', '--write', kind)).stdout).toBe('no changes needed\n');
  });

  test('--write env sets a variable, and reports the publishes without one', async () => {
    await using folder = await tempFolder({ 'compose.yaml': stack, '.env': 'A=1\n' });
    await using _api = await hold(engine, 3000);
    await using _web = await hold(engine, 8080);
    const { run, configured } = inFolder(engine, folder);
    const { code, stdout } = await run('plan', '--write', 'env');
    expect(code).toBe(1);
    expect(stdout).toContain('changed .env');
    expect(stdout).toMatch(/compose\.yaml:6:9: not moved: web 8080:80: .* no variable of its own/);
    expect(stdout).toContain('--write override');
    expect(await folder.read('.env')).toMatch(/^A=1\n# portplan: begin\nAPI_PORT=80\d\d\n/);
    expect(await configured()).toEqual(
      expect.arrayContaining([expect.stringMatching(/^api 80\d\d:80$/), 'web 8080:80']),
    );
  });

  test('follows x-portplan of a service', async () => {
    await using folder = await tempFolder({
      'compose.yaml': `services:
  web: { image: "nginx:1.25", ports: ["8080:80"], x-portplan: { range: 9100-9101 } }
  two: { image: "nginx:1.25", ports: ["8080:80"], x-portplan: { range: 9100-9101 } }
  api: { image: "nginx:1.25", ports: ["80"], x-portplan: { host-port: 7070 } }
  old: { image: "nginx:1.25", ports: ["8080:80"], x-portplan: { host-port: { 80: 7080 } } }
  set: { image: "nginx:1.25", ports: ["8080:80"], x-portplan: { on-conflict: fail } }
`,
    });
    await using _web = await hold(engine, 8080);
    const { code, stdout } = await inFolder(engine, folder).run('plan');
    expect(code).toBe(1);
    const rows = table(stdout).slice(1, -1);
    expect(rows.map((row) => row.split('|').slice(0, 3).join(' '))).toEqual([
      'api 80 7070:80',
      'old 8080:80 7080:80',
      'set 8080:80 -',
      'two 8080:80 9100:80',
      'web 8080:80 9101:80',
    ]);
  });

  test.each([
    [
      'on-conflict: maybe',
      'compose.yaml:2:67: invalid services.web.x-portplan.on-conflict: expected next, fail, ask',
    ],
    ['range: 9-1', 'compose.yaml:2:61: invalid services.web.x-portplan.range'],
    ['range: 9000-9010-9020', 'range: expected a range of ports'],
    ['host-port: 70000', 'x-portplan.host-port: expected a port from 1 to 65535'],
    ['host-port: { 81: 1 }', 'expected a host port for container ports of the service'],
    ['on_conflict: next', 'compose.yaml:2:67: unknown setting services.web.x-portplan.on_conflict'],
  ])('refuses x-portplan: { %s }', async (setting, message) => {
    await using folder = await tempFolder({
      'compose.yaml': `services:\n  web: { image: a, ports: ["8080:80"], x-portplan: { ${setting} } }\n`,
    });
    const { code, stderr } = await inFolder(engine, folder).run('plan');
    expect(code).toBe(2);
    expect(stderr).toContain(message);
  });

  test.each([
    ['x-portplan: next\n', '2:13: invalid x-portplan: expected settings such as'],
    ['x-portplan: { range: x }\n', '2:22: invalid x-portplan.range'],
    ['x-portplan:\n  host-port: 1\n', '3:14: unknown setting x-portplan.host-port'],
  ])('refuses %j at the top level, at its place', async (setting, message) => {
    await using folder = await tempFolder({
      'compose.yaml': `services: { web: { image: a, ports: ["8080:80"] } }\n${setting}`,
    });
    const { code, stderr } = await inFolder(engine, folder).run('plan');
    expect(code).toBe(2);
    expect(stderr).toContain(`compose.yaml:${message}`);
  });

  test('does not replace a range that several containers share by one port', async () => {
    const text = (ports: string) =>
      `services:\n  web: { image: "nginx:1.25", scale: 2, ports: ["${ports}:80"] }\n`;
    await using folder = await tempFolder({ 'compose.yaml': text('8080-8081') });
    await using _web = await hold(engine, 8080);
    const { run } = inFolder(engine, folder);
    const { code, stdout } = await run('plan');
    expect(code).toBe(1);
    expect(stdout).toContain(
      '2 containers of service web need one port each, and 8080-8081 has fewer',
    );
    const started = await run('up', '-d');
    expect(started.code).toBe(125);
    expect(started.stderr).toMatch(
      /compose\.yaml:2:\d+: web: 2 containers .*\n {2}write a wider range/,
    );
    await folder.write('compose.yaml', text('8080-8082'));
    expect((await run('plan')).stdout).toContain('the engine chooses a free port of the range');
  });

  test('--host-ip sets the address of ports without one', async () => {
    await using folder = await tempFolder({
      'compose.yaml':
        'services:\n  web: { image: a, ports: ["8080:80", "127.0.0.2:8081:81", "82"] }\n',
    });
    const { run, configured } = inFolder(engine, folder);
    const { code, stdout } = await run('plan', '--host-ip', '127.0.0.1', '--write', 'override');
    expect(code).toBe(0);
    expect(stdout.match(/^\+ +- .*$/gm)).toEqual([
      expect.stringContaining('"127.0.0.1:8080:80"'),
      expect.stringContaining('"127.0.0.2:8081:81"'),
      expect.stringMatching(/"127\.0\.0\.1:80\d\d:82"/),
    ]);
    expect((await configured()).slice(0, 2)).toEqual(['web 8080:80', 'web 8081:81']);
    expect(await run('plan', '--host-ip', '127.0.0.3', '--write', 'env')).toMatchObject({
      code: 0,
    });
  });

  test('two checkouts that plan with --lease get different ports, and keep them', async () => {
    await using folder = await tempFolder({
      'a/compose.yaml': stack,
      'b/compose.yaml': stack,
    });
    const env = { PORTPLAN_STATE_DIR: `${folder.path}/state` };
    const plan = async (name: string) => {
      const options = { engine, cwd: `${folder.path}/${name}`, env };
      return (await portplan(['plan', '--lease', '--format', 'env'], options)).stdout;
    };
    expect(await plan('a')).toBe('PORTPLAN_API_80=3000\nPORTPLAN_WEB_80=8080\n');
    const second = await plan('b');
    expect(second).toBe('PORTPLAN_API_80=8081\nPORTPLAN_WEB_80=8082\n');
    expect(await plan('a')).toBe('PORTPLAN_API_80=3000\nPORTPLAN_WEB_80=8080\n');
    expect(await plan('b')).toBe(second);

    // A port leased to another folder is free now, and will be claimed.
    const check = async (name: string) => {
      const options = { engine, cwd: `${folder.path}/${name}`, env };
      return ask(engine, ['check', '8080'], options);
    };
    expect((await check('a')).answer.conflicts).toEqual([]);
    const other = await check('b');
    expect(other.code).toBe(0);
    expect(other.answer.conflicts).toMatchObject([
      { code: 'port-claimed', severity: 'warning', holder: { kind: 'lease' } },
    ]);
  });
});
