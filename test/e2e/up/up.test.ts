import { chmod } from 'node:fs/promises';
import { afterEach, expect, test } from '@jest/globals';
import { toolPath } from '../../rig/engine-set.ts';
import { describeEngines, type Engine } from '../../rig/engines.ts';
import { type PortplanRunOptions, portplan, spawnPortplan } from '../../rig/portplan.ts';
import { holdSocket } from '../../rig/sockets.ts';
import { type TempFolder, tempFolder } from '../../rig/temp.ts';
import { ask, listContainers } from '../ask.ts';

const slow = 120_000;

/** Services web 8080, api 3000 and db 5432. */
const stack = `
services:
  web: { image: "nginx:1.25", ports: ["8080:80"], depends_on: [api] }
  api: { image: "nginx:1.25", ports: ["3000:80"] }
  db:
    image: postgres:16
    ports: ["5432:5432"]
    x-portplan: { on-conflict: next }
`;

/** Runs portplan in a subfolder of `folder`, with leases of this test only. */
function inFolder(engine: Engine, folder: TempFolder, name = '.') {
  const options: PortplanRunOptions = {
    engine,
    cwd: `${folder.path}/${name}`,
    env: { PORTPLAN_STATE_DIR: `${folder.path}/state` },
    timeoutMs: 60_000,
  };
  return {
    options,
    run: (...args: readonly string[]) => portplan(args, options),
    ask: (...args: readonly string[]) => ask(engine, args, options),
    /** `service port` of each running service. */
    async ports(...args: readonly string[]) {
      const { code, answer, stderr } = await ask(engine, ['up', '-d', ...args], options);
      if (code !== 0) throw new Error(`exit code ${code}: ${JSON.stringify(answer)}\n${stderr}`);
      return portsOf(answer);
    },
  };
}

function portsOf({ ports }: Awaited<ReturnType<typeof ask>>['answer']): readonly string[] {
  return ports.map((port) => `${'service' in port ? port.service : ''} ${port.port}`);
}

async function pageAt(engine: Engine, port: number): Promise<string> {
  const { stdout } = await engine.inNetwork('curl', ['-s', `http://127.0.0.1:${port}/`]);
  return stdout.trim();
}

describeEngines('three checkouts of one stack', ['moby-28', 'moby-20', 'podman'], (engine) => {
  test(
    'come up at once, and leave their files alone',
    async () => {
      await using folder = await tempFolder({
        'one/compose.yaml': stack,
        'two/compose.yaml': stack,
        'three/compose.yaml': stack,
      });
      const names = ['one', 'two', 'three'];
      for (const name of names) await commitAll(engine, `${folder.path}/${name}`);
      const ports = await Promise.all(names.map((name) => inFolder(engine, folder, name).ports()));

      const numbers = ports.flat().map((line) => Number(line.split(' ')[1]));
      expect(new Set(numbers).size).toBe(9);
      expect(numbers).toEqual(expect.arrayContaining([8080, 3000, 5432]));
      for (const line of ports.flat()) {
        const [service, port] = line.split(' ');
        const image = service === 'db' ? 'library/postgres:16' : 'library/nginx:1.25';
        expect(await pageAt(engine, Number(port))).toBe(image);
      }
      for (const name of names) expect(await statusOf(engine, `${folder.path}/${name}`)).toBe('');

      const again = await Promise.all(names.map((name) => inFolder(engine, folder, name).ports()));
      expect(again).toEqual(ports);
    },
    slow,
  );
});

async function commitAll(engine: Engine, cwd: string): Promise<void> {
  const identity = ['-c', 'user.name=t', '-c', 'user.email=t@example.invalid'];
  for (const args of [
    ['init', '-q'],
    ['add', '-A'],
    [...identity, 'commit', '-qm', 'all'],
  ]) {
    const { code, stderr } = await engine.inNetwork('git', args, { cwd });
    if (code !== 0) throw new Error(stderr);
  }
}

async function statusOf(engine: Engine, cwd: string): Promise<string> {
  return (await engine.inNetwork('git', ['status', '--porcelain'], { cwd })).stdout;
}

describeEngines('copies of a project with fixed names', ['moby-28', 'podman'], (engine) => {
  const named = `
name: shop
services:
  web:
    image: nginx:1.25
    container_name: the-web
    restart: always
    ports: ["8080:80"]
`;

  test(
    'run side by side, on the same ports after down and up and a restart of the engine',
    async () => {
      await using folder = await tempFolder({ 'a/compose.yaml': named, 'b/compose.yaml': named });
      const [a, b] = [inFolder(engine, folder, 'a'), inFolder(engine, folder, 'b')];
      expect(await a.ports()).toEqual(['web 8080']);
      const refused = await b.run('up', '-d');
      expect(refused).toMatchObject({ code: 125 });
      expect(refused.stderr).toContain('project "shop" is in use by');
      expect(refused.stderr).toContain('container_name the-web');
      expect(refused.stderr).toContain('portplan up --side-by-side');
      expect(refused.stderr).toContain('docker compose -p shop down stops the other one');

      expect(await b.ports('--side-by-side')).toEqual(['web 8081']);
      expect(await pageAt(engine, 8081)).toBe('library/nginx:1.25');
      const project = /the project name is ([^\s;]+)/.exec(
        (await b.run('up', '-d', '--side-by-side')).stderr,
      )?.[1];
      await engine.compose(['-p', project ?? '', 'down'], { cwd: `${folder.path}/b` });
      await engine.compose(['down'], { cwd: `${folder.path}/a` });
      // The lease keeps the first copy's port while it is down.
      expect(await b.ports('--side-by-side')).toEqual(['web 8081']);
      expect(await a.ports()).toEqual(['web 8080']);

      if (engine.kind === 'podman') return; // it has no daemon that starts containers again
      await engine.restart();
      expect(await b.ports('--side-by-side')).toEqual(['web 8081']);
      expect(await pageAt(engine, 8081)).toBe('library/nginx:1.25');
      expect((await a.run('url', 'web')).stdout).toBe('http://localhost:8080\n');
    },
    slow,
  );
});

describeEngines('up', ['moby-28', 'podman'], (engine) => {
  afterEach(() => engine.removeAllContainers());
  const one = (text: string) => `services:\n  web: { image: "nginx:1.25", ports: ["${text}"] }\n`;

  test('prints the URLs, and warns about a plain docker compose up', async () => {
    await using folder = await tempFolder({ 'shop/compose.yaml': one('8080:80') });
    await using holder = await holdSocket({
      network: engine,
      protocol: 'tcp',
      state: 'listen',
      reuseAddr: true,
      address: '0.0.0.0',
      port: 8080,
    });
    const { run } = inFolder(engine, folder, 'shop');
    const { code, stdout, stderr } = await run('up', '-d');
    expect({ code, stderr }).toMatchObject({ code: 0 });
    expect(stdout.replace(/pid \d+/, 'pid 1')).toMatch(
      /^SERVICE +URL +TARGET +WHY\nweb +http:\/\/localhost:8081 +80\/tcp +8080 held by .*; 8081 free\n$/,
    );
    expect(stderr).toContain('docker compose up would move web back');
    expect(stderr).toContain('portplan plan --write override');
    await holder[Symbol.asyncDispose]();

    // 8080 is free again, but the service keeps the port of its container.
    const { stdout: again } = await run('up', '-d');
    expect(again).toContain('http://localhost:8081');
    expect((await run('port', 'web')).stdout).toBe('8081\n');
    expect((await run('url', 'web', '80')).stdout).toBe('http://localhost:8081\n');
    // A new request is a new plan.
    await folder.write('shop/compose.yaml', one('8090:80'));
    expect((await run('up', '-d')).stdout).toContain('http://localhost:8090');
  });

  test('plans again when another program takes a port between plan and start', async () => {
    await using folder = await tempFolder({ 'shop/compose.yaml': one('7080:80') });
    // Takes the port when Compose is called to start, then runs the real docker.
    const dockerWrapper = `#!/bin/sh
case " $* " in *" up "*)
  if mkdir "${folder.path}/once" 2>/dev/null; then
    ${process.execPath} -e 'require("net").createServer().listen(7080,"0.0.0.0"); setTimeout(process.exit, 20000)' >/dev/null 2>&1 &
    sleep 1
  fi
esac
PATH=$REAL_PATH exec docker "$@"
`;
    await chmod(await folder.write('bin/docker', dockerWrapper), 0o755);
    const { options } = inFolder(engine, folder, 'shop');
    const path = engine.env.PATH ?? toolPath;
    const { code, stdout, stderr } = await portplan(['up', '-d'], {
      ...options,
      env: { ...options.env, PATH: `${folder.path}/bin:${path}`, REAL_PATH: path },
    });
    expect({ code, stderr }).toMatchObject({ code: 0 });
    expect(stderr).toMatch(/port 7080 was taken in the meantime; trying 8080/);
    expect(stdout).toContain('http://localhost:8080');
    expect((await listContainers(engine)).filter((line) => line.endsWith('created'))).toEqual([]);
  });

  test('removes new containers when not everything starts', async () => {
    await using folder = await tempFolder({
      'shop/compose.yaml': `${one('8080:80')}  bad: { image: "nginx:1.25", command: ["/nope"], depends_on: [web] }\n`,
    });
    const before = await listContainers(engine);
    const { code, stderr } = await inFolder(engine, folder, 'shop').run('up', '-d');
    expect(code).toBeGreaterThan(0);
    expect(stderr).toContain('/nope');
    expect(stderr).toContain('portplan: removed: shop-bad-1, shop-web-1\n');
    expect(await listContainers(engine)).toEqual(before);
    const { json } = await engine.api<readonly { Name: string }[]>('GET', '/networks');
    expect(json.map(({ Name }) => Name)).not.toContain('shop_default');
  });

  test('restores what ran before when not everything starts', async () => {
    const web = (word: string) =>
      `services:\n  web: { image: "nginx:1.25", environment: { WORD: ${word} }, ports: ["8080:80"], volumes: ["/data"] }\n`;
    await using folder = await tempFolder({ 'shop/compose.yaml': web('first') });
    const { run } = inFolder(engine, folder, 'shop');
    expect(await run('up', '-d')).toMatchObject({ code: 0 });
    await engine.docker(['exec', 'shop-web-1', 'sh', '-c', 'echo kept > /data/file']);
    const bad = '  bad: { image: "nginx:1.25", command: ["/nope"], depends_on: [web] }\n';
    await folder.write('shop/compose.yaml', web('second') + bad);
    const { code, stderr } = await run('up', '-d');
    expect(code).toBeGreaterThan(0);
    if (engine.kind === 'podman') {
      expect(stderr).toContain('replaced by Compose; cannot be restored on Podman: shop-web-1');
      return;
    }
    expect(stderr).toContain('portplan: recreated: shop-web-1');
    expect(await listContainers(engine)).toEqual(['shop-web-1 running']);
    const { stdout } = await engine.docker([
      ...['exec', 'shop-web-1', 'sh', '-c', 'echo $WORD; cat /data/file'],
    ]);
    expect(stdout).toBe('first\nkept\n');
    expect(await pageAt(engine, 8080)).toBe('library/nginx:1.25');
    // Compose treats it as its own.
    await folder.write('shop/compose.yaml', web('first'));
    const again = await run('up', '-d');
    expect(again.stderr).toMatch(/shop-web-1 +Running/);
  });

  test('does not move a database without confirmation', async () => {
    await using folder = await tempFolder({
      'shop/compose.yaml': 'services:\n  db: { image: "postgres:16", ports: ["5432:5432"] }\n',
    });
    await using _holder = await holdSocket({
      network: engine,
      protocol: 'tcp',
      state: 'listen',
      reuseAddr: true,
      address: '0.0.0.0',
      port: 5432,
    });
    const { run, options } = inFolder(engine, folder, 'shop');
    const before = await listContainers(engine);
    const refused = await run('up', '-d');
    expect(refused.code).toBe(125);
    expect(refused.stderr).toMatch(/compose\.yaml:2:\d+: db: 5432\/tcp is held by/);
    expect(refused.stderr).toContain('"db" is a database');
    expect(refused.stderr).toContain('--on-conflict next');
    expect(await listContainers(engine)).toEqual(before);

    await using asked = await spawnPortplan(['up', '-d'], { ...options, terminal: true });
    await asked.waitForStdout(/"db" is a database: 5432 held by .* Move it to 5433\? \[y\/N\]/s);
    asked.child.stdin.write('n\n');
    expect(await asked.ended()).toMatchObject({ code: 125 });
    expect(await listContainers(engine)).toEqual(before);

    await using moved = await spawnPortplan(['up', '-d'], { ...options, terminal: true });
    await moved.waitForStdout('[y/N]');
    moved.child.stdin.write('y\n');
    expect(await moved.ended()).toMatchObject({ code: 0 });
    // After a confirmed move it stays without another confirmation.
    expect((await run('up', '-d')).stdout).toContain('postgresql://localhost:5433');
  });

  test('sets the port variable of a moved service for other services', async () => {
    await using folder = await tempFolder({
      'shop/compose.yaml': `services:
  api: { image: "nginx:1.25", ports: ["3000:80"] }
  web:
    image: nginx:1.25
    environment: { API: "http://localhost:\${PORTPLAN_API_80:-3000}" }
`,
    });
    await using _holder = await holdSocket({
      network: engine,
      protocol: 'tcp',
      state: 'listen',
      reuseAddr: true,
      address: '0.0.0.0',
      port: 3000,
    });
    const { run } = inFolder(engine, folder, 'shop');
    expect((await run('plan', '--format', 'env')).stdout).toBe('PORTPLAN_API_80=8080\n');
    expect(await run('up', '-d')).toMatchObject({ code: 0 });
    const { stdout } = await engine.docker(['exec', 'shop-web-1', 'sh', '-c', 'echo $API']);
    expect(stdout).toBe('http://localhost:8080\n');
  });

  test('stays in the foreground, and exits with the code of Compose', async () => {
    await using folder = await tempFolder({ 'shop/compose.yaml': one('8080:80') });
    const { options, run } = inFolder(engine, folder, 'shop');
    await using running = await spawnPortplan(['up'], options);
    expect(await running.waitForStderr('http://localhost:8080')).toMatch(/web .* 80\/tcp/);
    await running.waitForStdout(/Attaching to/, 30_000);
    await eventually(async () => expect((await run('port', 'web')).stdout).toBe('8080\n'));
    running.child.kill('SIGINT');
    expect(await running.ended()).toMatchObject({ code: 130 });
    expect(await listContainers(engine)).toContain('shop-web-1 exited');
  });

  test('passes arguments after -- to Compose, and accepts services', async () => {
    await using folder = await tempFolder({ 'shop/compose.yaml': stack });
    const { run } = inFolder(engine, folder, 'shop');
    const { code, stdout } = await run('up', '-d', 'web', '--', '--no-deps');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^SERVICE .*\nweb /);
    expect(await listContainers(engine)).toContain('shop-web-1 running');
    expect(await listContainers(engine)).not.toContain('shop-api-1 running');
    const wrong = await run('up', '-p', 'shop');
    expect(wrong).toMatchObject({ code: 125 });
    expect(wrong.stderr).toContain('--project-name');
  });
});

async function eventually(check: () => Promise<void>): Promise<void> {
  const deadline = Date.now() + 15_000;
  for (;;) {
    try {
      return await check();
    } catch (error) {
      if (Date.now() > deadline) throw error;
    }
  }
}
