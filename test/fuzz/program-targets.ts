/* biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables of compose files */
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { applyEdits, writableFolders } from '../../src/compose/edit/apply-edits.ts';
import { planEdits } from '../../src/compose/edit/plan-edits.ts';
import { loadProject } from '../../src/compose/load.ts';
import { publishesOf } from '../../src/compose/project.ts';
import { getOverSocket } from '../../src/engine/client/socket-get.ts';
import { readContext } from '../../src/engine/connect/contexts.ts';
import { isPort } from '../../src/model/ports/port.ts';
import { kindOf } from '../../src/model/ports/publish.ts';
import { fakeEngine, type Handler } from '../rig/fake-engine.ts';
import { fixturesIn } from './corpus.ts';
import { runMain } from './run-main.ts';
import { must, seedsOf, type Target } from './target.ts';

/** Shared by the running targets: an empty folder, and an engine that sends the bytes of the input. */
export interface Surroundings extends AsyncDisposable {
  readonly targets: readonly Target[];
}

/** Targets that run the whole program in this process, each in its own folder. */
export async function programTargets(folder: string): Promise<Surroundings> {
  let answers: unknown = {};
  const engine = await fakeEngine(((request, response) => {
    const path = (request.url ?? '').replace(/^\/v\d+\.\d+(?=\/)/, '').replace(/\?.*/, '');
    const [status, body] = answerTo(answers, decode(path));
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(body);
  }) satisfies Handler);
  const raw = rawServer(`${folder}.sock`);
  const base = { HOME: folder, PATH: '', PORTPLAN_STATE_DIR: join(folder, 'state') };
  const alone = { ...base, DOCKER_HOST: 'unix:///nowhere/engine.sock' };
  const withEngine = { ...base, DOCKER_HOST: engine.dockerHost };

  const targets: readonly Target[] = [
    {
      name: 'engine',
      tree: true,
      share: 0.5,
      seeds: fixturesIn('cases', /^hostile.*engine\.json$/),
      words: ['/containers/json', '/info', 'running', 'exited', 'host', '80/tcp', '0.0.0.0'],
      async run(input) {
        answers = parse(input);
        await runMain({ args: pick(engineCommands, input), env: withEngine });
      },
    },
    {
      name: 'project',
      share: 0.5,
      seeds: [...fixturesIn('cases', /compose\.ya?ml$/), ...projects],
      words: projectWords,
      tree: false,
      async run(input) {
        inProject(input, folder);
        await runMain({ args: pick(projectCommands, input), env: alone });
      },
    },
    {
      name: 'project-tree',
      share: 0.5,
      seeds: trees,
      words: projectWords,
      tree: true,
      async run(input) {
        inProject(input, folder);
        await runMain({ args: pick(projectCommands, input), env: alone });
      },
    },
    {
      name: 'writers',
      share: 0.3,
      seeds: [...projects, ...trees],
      words: projectWords,
      run: (input) => writeAndReload(inProject(input, folder), input),
    },
    {
      name: 'lease-file',
      share: 0.3,
      tree: true,
      seeds: seedsOf(
        '{"version":1,"leases":[{"directory":"/a","project":"p","service":"s","target":80,"protocol":"tcp","hostIp":"","entry":1,"replica":1,"port":8080,"asked":80,"pinned":false,"createdAt":"2026-11-23T09:14:00.000Z","usedAt":"2026-11-23T09:14:00.000Z"}]}',
      ),
      async run(input) {
        empty(folder);
        mkdirSync(join(folder, 'state'));
        writeFileSync(join(folder, 'state', 'leases.json'), input);
        await runMain({ args: pick(leaseCommands, input), env: alone });
      },
    },
    {
      name: 'raw-answer',
      share: 0.5,
      seeds: seedsOf(
        'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 7\r\n\r\n[{"a":1',
        'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n[]\r\n0\r\n\r\n',
        'HTTP/1.1 500 No\r\nContent-Length: 15\r\n\r\n{"message":"x"}',
      ),
      words: ['\r\n\r\n', 'ffffffff\r\n', '0\r\n\r\n', 'Content-Length: ', 'HTTP/1.1 ', '-1'],
      async run(input) {
        raw.bytes = input;
        const signal = AbortSignal.timeout(1000);
        const request = { path: '/containers/json', query: {}, version: '1.43', signal };
        try {
          await getOverSocket({ scheme: 'unix', path: raw.path }, request);
        } catch (error) {
          const isOurs = error instanceof TypeError || error instanceof RangeError;
          must(!isOurs, `it threw ${String(error)}`);
        }
      },
    },
    {
      name: 'context',
      share: 0.3,
      tree: true,
      seeds: seedsOf(
        '{"Name":"a","Endpoints":{"docker":{"Host":"unix:///a","SkipTLSVerify":true}}}',
      ),
      async run(input) {
        empty(folder);
        const hash = createHash('sha256').update('a').digest('hex');
        const meta = join(folder, 'contexts', 'meta', hash);
        mkdirSync(meta, { recursive: true });
        writeFileSync(join(meta, 'meta.json'), input);
        await readContext(folder, 'a');
      },
    },
  ];
  return {
    targets,
    async [Symbol.asyncDispose]() {
      raw.server.close();
      await engine[Symbol.asyncDispose]();
      rmSync(raw.path, { force: true });
    },
  };
}

/** A socket that answers every request with the same bytes and closes the connection. */
function rawServer(path: string) {
  const raw: { readonly path: string; bytes: Buffer } = { path, bytes: Buffer.alloc(0) };
  const server = createServer((socket) => {
    socket.on('error', () => {});
    socket.once('data', () => socket.end(raw.bytes));
  });
  server.listen(path);
  return Object.assign(raw, { server });
}

const engineCommands = [
  'check 6000 6001:80',
  'check 6000 --format json',
  'check --format sarif 6000',
  'check',
  'ps',
  'ps -a --format json',
  'images',
  'images --format json',
  'plan nginx:1',
  'plan nginx:1 --format flags',
  'start web',
  'start --remap web --format json',
  'stop 6000',
  'stop evil --format json',
  'explain port:6000',
  'explain evil --format json',
  'run -d nginx:1',
  'port web',
];

const projectCommands = [
  ...['table', 'json', 'sarif', 'github', 'gitlab'].map((f) => `check --static --format ${f}`),
  'check --static --strict',
  'check --static --strict --format github',
  'plan --write override --dry-run',
  'plan --write env --dry-run --format json',
  'plan --write file --dry-run',
  'plan --format env',
  'up --quiet',
];

const leaseCommands = ['lease ls', 'lease ls --format json', 'lease gc --yes', 'plan 8080 --lease'];

const projectWords = [
  ...['${SECRET}', '${SECRET:?x}', '$SECRET', '${SECRET', '${A:-8080}', '${A:?need ${SECRET}}'],
  ...['services:', 'ports:', '"8080:80"', 'extends:', 'include:', '\n=== .env\n', '\n=== b.yaml\n'],
  ...[
    'x-portplan:',
    'network_mode: host',
    'replicas: 3',
    'profiles: [a]',
    '<<: *a',
    '&a',
    '!reset',
  ],
  ...['# portplan: allow published-twice x', 'target: 80', 'published: "8080-8090"', 'name: '],
];

const projects = seedsOf(
  'name: p\nservices:\n  a:\n    image: a\n    ports: ["${A}:80", "127.0.0.1:${B:-81}:81/udp", 9000]\n  b:\n    extends: {file: b.yaml, service: b}\n    ports:\n      - {target: 80, published: "8080", host_ip: 127.0.0.1}\n=== .env\nA=8080\nB="${SECRET}"\nC=${SECRET}\n=== b.yaml\nservices:\n  b: {image: b, ports: ["8080:80"], profiles: [x]}\n',
  'include: [b.yaml]\nservices:\n  a: &a\n    ports: &p\n      # portplan: allow published-twice because\n      - 80:80\n      - "${PORT-80}:81"\n    deploy: {replicas: 2}\n  c: {<<: *a, scale: 1}\n=== b.yaml\nservices:\n  d: {network_mode: "service:a", ports: ["1-5:1-5"]}\n=== compose.override.yaml\nservices: {a: {ports: !override ["81:81"]}}\n',
);

const trees = seedsOf(
  '{"name":"p","services":{"a":{"image":"a","ports":["8080:80","${SECRET}:81",{"target":82,"published":"8080","host_ip":"127.0.0.1","protocol":"udp","mode":"host"}],"deploy":{"replicas":"${SECRET}"},"profiles":["x"],"depends_on":{"b":{"condition":"x"}},"networks":["n"],"network_mode":"bridge","x-portplan":{"on-conflict":"ask","range":"9000-9009","host-port":{"80":8081},"allow":{"published-twice":"x"}}},"b":{"extends":{"service":"a"},"scale":2,"container_name":"c"}},"networks":{"n":{"internal":true,"external":false,"name":"x"}},"include":[],"x-portplan":{"range":"9000-9100"}}',
);

function pick(commands: readonly string[], input: Buffer): readonly string[] {
  const [first = 0] = createHash('sha1').update(input).digest();
  const words = commands[first % commands.length] ?? '';
  return words
    .split(' ')
    .map((word) =>
      word === 'port:6000' ? 'Bind for 0.0.0.0:6000 failed: port is already allocated' : word,
    );
}

function parse(input: Buffer): unknown {
  try {
    return JSON.parse(input.toString());
  } catch {
    return input;
  }
}

function answerTo(answers: unknown, path: string): readonly [number, Buffer | string] {
  if (Buffer.isBuffer(answers)) return [200, answers];
  if (path === '/_ping') return [200, 'OK'];
  if (typeof answers !== 'object' || answers === null || !Object.hasOwn(answers, path))
    return [404, JSON.stringify({ message: answers })];
  return [200, JSON.stringify((answers as Record<string, unknown>)[path]) ?? ''];
}

function decode(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

function empty(folder: string): void {
  process.chdir(folder);
  for (const name of readdirSync(folder)) rmSync(join(folder, name), { recursive: true });
}

/** Writes the files of an input: compose.yaml, then each after a line `=== NAME`. */
function inProject(input: Buffer, folder: string): string {
  empty(folder);
  const project = join(folder, 'p');
  mkdirSync(project);
  process.chdir(project);
  const [first = '', ...others] = input.toString('latin1').split(/^=== ([\w.]{1,40})$\n?/m);
  // Each once, because writing a file ten thousand times takes longer than reading it.
  const files = new Map([['compose.yaml', first]]);
  for (let at = 0; at < others.length; at += 2) files.set(others[at] ?? '', others[at + 1] ?? '');
  for (const [name = '', text = ''] of files) {
    if (/^\.+$/.test(name)) continue;
    mkdirSync(dirname(join(project, name)), { recursive: true });
    writeFileSync(join(project, name), Buffer.from(text, 'latin1'));
  }
  return project;
}

function writeAndReload(cwd: string, input: Buffer): void {
  const options = { cwd, env: { SECRET: '7' } };
  const project = loadProject(options);
  const publishes = project.services.flatMap(publishesOf).filter((one) => kindOf(one) === 'fixed');
  const assignments = publishes.slice(0, 50).flatMap((publish, index) => {
    const port = 20_000 + index;
    if (!isPort(port)) return [];
    return [{ publish, address: publish.address, port, choice: 'moved', reason: 'x' } as const];
  });
  const kind = (['override', 'env', 'file'] as const)[input.length % 3] ?? 'file';
  const plan = planEdits(project, assignments, { kind, options, composeVersion: undefined });
  applyEdits(plan.edits, writableFolders(project));
  const after = loadProject(options).services.flatMap(publishesOf);
  const refused = new Set(plan.skipped.map(({ publish }) => publish));
  for (const { publish, port } of assignments) {
    const isThere = after.some(({ hostPorts }) => hostPorts?.first === port);
    must(refused.has(publish) || isThere, `${port} was neither written nor refused`);
  }
}
