import type { Engine } from '../../rig/engines.ts';
import type { TempFolder } from '../../rig/temp.ts';

/** A command, its setup, and its expected changes. */
export interface Scenario {
  readonly name: string;
  readonly args: readonly string[];
  /** Exit codes of a failure without a signal. */
  readonly failures: readonly number[];
  /** Sets up the engine; the command runs in `folder`. */
  readonly prepare: (engine: Engine, folder: TempFolder) => Promise<void>;
  /** Patterns of the differences after a success; see `compareWorlds`. */
  readonly changes: readonly RegExp[];
  readonly stdout?: string;
  /** What the engine itself leaves behind after a restart. */
  readonly leftByRestart?: RegExp;
  /** Cases that failed once and are in every sample: `FAULT at STEP`, at the last call of the step. */
  readonly known?: readonly string[];
  /** Finds a loss that the engine's lists do not show. */
  readonly findLoss?: (engine: Engine) => Promise<string | undefined>;
}

const anyVolume = /^left volumes: [0-9a-f]{64}$/;
const timeout = ['--timeout', '1'] as const;

const runDetached: Scenario = {
  name: 'run -d',
  args: [
    ...['run', '-d', ...timeout, '--pull', 'always', '--name', 'fault-web', '-v', '/data'],
    ...['-p', '127.0.0.1:7501:80', 'nginx:1.25'],
  ],
  failures: [125],
  prepare: async () => {},
  changes: [/^left containers: fault-web - running \d+$/, anyVolume],
  known: [
    'cut in the answer at POST /containers/create',
    'done, HTTP 500 at POST /containers/create',
    'SIGTERM before at POST /containers/create',
    'Ctrl-C before at GET /info',
  ],
};

const runAttached: Scenario = {
  name: 'run --rm',
  args: [
    ...['run', '--rm', ...timeout, '-v', '/data', '-p', '127.0.0.1:7502:80', 'nginx:1.25'],
    ...['sh', '-c', 'echo hello'],
  ],
  failures: [125],
  prepare: async () => {},
  changes: [],
  stdout: 'hello\n',
  // A restarted Docker removes a container with --rm, but not always its volume.
  leftByRestart: anyVolume,
  known: [
    'done, never answered at POST /containers/ID/wait',
    'garbled at POST /containers/ID/wait',
    'garbled at POST /containers/ID/attach',
  ],
};

const project = (name: string, port: number, version: string) => `
name: ${name}
services:
  web:
    image: nginx:1.25
    labels: { fault.version: "${version}" }
    ports: ["127.0.0.1:${port}:80"]
    depends_on: [api]
    volumes: [/data, "kept:/kept"]
    stop_grace_period: 1s
  api: { image: "nginx:1.25", ports: ["127.0.0.1:${port + 1}:80"], stop_grace_period: 1s }
volumes: { kept: {} }
`;

/** Exit codes of Compose; 2 is its panic on an invalid response. */
const composeFailures = [1, 2, 14, 18, 125, 130];

const upNew: Scenario = {
  name: 'up -d',
  args: ['up', '-d', ...timeout],
  failures: composeFailures,
  prepare: async (_engine, folder) => {
    await folder.write('compose.yaml', project('faultnew', 7510, '1'));
  },
  changes: [
    /^left containers: faultnew-api-1 - running \d+$/,
    /^left containers: faultnew-web-1 1 running \d+$/,
    /^left networks: faultnew_default$/,
    anyVolume,
    /^left volumes: faultnew_kept$/,
  ],
  known: [
    'cut before at POST /volumes/create',
    'Ctrl-C after at POST /containers/ID/start',
    'SIGTERM before at POST /containers/create',
    'Ctrl-C before at HEAD /_ping',
    'HTTP 500 at GET /containers/json',
    'hangs for good at POST /containers/create',
  ],
};

const upAgain: Scenario = {
  name: 'up -d over an old one',
  args: ['up', '-d', ...timeout],
  failures: composeFailures,
  prepare: async (engine, folder) => {
    await folder.write('compose.yaml', project('faultold', 7512, '1'));
    await engine.compose(['--progress', 'quiet', 'up', '-d'], { cwd: folder.path });
    await folder.write('compose.yaml', project('faultold', 7512, '2'));
  },
  changes: [
    /^left containers: faultold-web-1 2 running 7512$/,
    /^lost containers: faultold-web-1 1 running 7512$/,
  ],
  known: [
    'SIGTERM before at POST /containers/ID/start',
    'done, HTTP 500 at POST /containers/ID/start',
    'empty object at GET /containers/json',
    'SIGTERM before at DELETE /containers/ID',
  ],
};

const startRemap: Scenario = {
  name: 'start --remap',
  args: ['start', '--remap', ...timeout, 'fault-old'],
  failures: [1, 3],
  prepare: async (engine) => {
    const publish = ['-p', '127.0.0.1:7520:80', '-v', '/data', 'nginx:1.25'];
    await engine.docker(['run', '-d', '--name', 'fault-holder', ...publish]);
    await engine.docker(['create', '--name', 'fault-old', ...publish]);
    await engine.docker(['cp', '/etc/hostname', 'fault-old:/file']);
  },
  changes: [
    /^left containers: fault-old - running \d+$/,
    /^lost containers: fault-old - created$/,
    /^left images: portplan-remap:[0-9a-f]{12}$/,
  ],
  known: ['garbled at GET /containers/ID/changes', 'empty object at GET /containers/ID/json'],
  findLoss: async (engine) => {
    const { status } = await engine.api('HEAD', '/containers/fault-old/archive?path=/file');
    return status === 200 ? undefined : 'the file of fault-old is gone';
  },
};

/** All commands that change the state of an engine. */
export const scenarios = {
  runDetached,
  runAttached,
  upNew,
  upAgain,
  startRemap,
} as const satisfies Readonly<Record<string, Scenario>>;
