import {
  composeFiles,
  connections,
  containers,
  listeners,
  nothing,
  processes,
  projectWith,
  timeWaits,
  together,
} from './loads.mjs';

/** In an empty namespace the named engine is absent: the verdict is unknown (exit 3), but everything else is read. */
const withoutEngine = [0, 3];

/**
 * The scenarios. `where`: `engine` is the network namespace of the benchmark's engine, `empty` a new one without anything.
 * Each line is the ratio of two commands of one scenario, with its target as the upper limit. `growth`: the same scenario
 * in other sizes.
 */
export function scenariosFor({ portplan, node, tools, image, naive }) {
  const idle = { name: 'node -e 0', command: [node, '-e', '0'] };
  // The code cache is complete after four runs.
  const own = (name, args, codes) => ({ name, command: [...portplan, ...args], codes, warmUps: 4 });
  const tool = (name, command, codes) => (tools.has(command[0]) ? [{ name, command, codes }] : []);
  const dclint = (files) => tool('dclint', [tools.get('dclint') ?? 'dclint', ...files], [0, 1]);
  const compose = (file) =>
    tool('docker compose config', ['docker', 'compose', '-f', file, 'config', '-q']);

  const planThousand = {
    rounds: 7,
    variants: (_load, codes) => [
      idle,
      own('plan 1000 ports', ['plan', '-p', '20000-20999:20000-20999'], codes),
      {
        name: 'get-port x 1000',
        command: [node, new URL('get-ports.mjs', import.meta.url).pathname],
      },
    ],
    lines: [
      { target: '9', of: 'plan 1000 ports', to: 'get-port x 1000', atMost: 0.1, lessIdle: true },
    ],
  };

  return [
    {
      name: 'check-file',
      where: 'engine',
      load: () => together([containers(5, { image, firstPort: 21_000 }), composeFiles(1)]),
      variants: ({ files }) => [
        idle,
        own('check FILE', ['check', ...files]),
        own('check --static FILE', ['check', '--static', ...files]),
        own('ps', ['ps']),
        own('plan', ['plan', '-p', '8080:80']),
        own('images', ['images']),
        own('lease ls', ['lease', 'ls']),
        own('--help', ['--help']),
        own('--version', ['--version']),
        ...dclint(files),
        ...compose(files[0]),
        ...(naive === undefined
          ? []
          : [{ name: 'naive check', command: [node, naive, 'check', ...files] }]),
      ],
      lines: [
        { target: '1', of: 'check FILE', to: 'node -e 0', atMost: 1.8 },
        { target: '1', of: 'check FILE', to: 'dclint', atMost: 0.1 },
        { target: '1', of: 'check FILE', to: 'docker compose config' },
        { target: '2', of: 'check --static FILE', to: 'node -e 0', atMost: 1.5 },
        { target: '4', of: 'ps', to: 'node -e 0', atMost: 2.5 },
        { target: '4', of: 'plan', to: 'node -e 0', atMost: 2.5 },
        { target: '4', of: 'images', to: 'node -e 0', atMost: 2.5 },
        { target: '4', of: 'lease ls', to: 'node -e 0', atMost: 2.5 },
        { target: '4', of: '--help', to: 'node -e 0', atMost: 1.6 },
        { target: '4', of: '--version', to: 'node -e 0', atMost: 1.6 },
        { target: '12', of: 'check FILE', to: 'naive check', atMost: 0.15 },
      ],
    },
    {
      name: 'conflicts',
      where: 'engine',
      load: () =>
        together([
          containers(5, { image, firstPort: 21_000 }),
          listeners(18_080, 1),
          projectWith([18_080, 21_000, 18_082]),
        ]),
      variants: ({ file }) => [idle, own('check with conflicts', ['check', file], [1])],
      lines: [{ target: '3', of: 'check with conflicts', to: 'node -e 0', atMost: 2.2 }],
    },
    {
      name: 'run',
      where: 'engine',
      rounds: 9,
      load: () => containers(5, { image, firstPort: 21_000 }),
      variants: () => [
        idle,
        {
          name: 'docker run -d',
          command: ['docker', 'run', '-d', '--rm', '--label', 'portplan-bench-run', '-P', image],
        },
        own('portplan run -d', ['run', '-d', '--rm', '--label', 'portplan-bench-run', '-P', image]),
      ],
      lines: [{ target: '11', of: 'portplan run -d', to: 'docker run -d', atMost: 1.3 }],
    },
    {
      name: 'containers',
      where: 'engine',
      sizes: [5, 50, 200],
      load: (count) => together([containers(count, { image, firstPort: 21_000 }), composeFiles(1)]),
      variants: ({ files }) => [
        idle,
        { name: 'docker ps', command: ['docker', 'ps'] },
        own('check FILE', ['check', ...files]),
        own('ps', ['ps']),
        ...tool('ss -ltnup', ['ss', '-ltnup']),
        ...tool('lsof -i', ['lsof', '-nP', '-i'], [0, 1]),
        ...(naive === undefined ? [] : [{ name: 'naive ps', command: [node, naive, 'ps'] }]),
      ],
      lines: [
        { target: '5', of: 'check FILE', to: 'docker ps', atMost: 1.3 },
        { target: '5', of: 'ps', to: 'docker ps', atMost: 2 },
        { target: '12', of: 'ps', to: 'naive ps', atMost: 0.15 },
      ],
    },
    {
      name: 'connections',
      where: 'empty',
      sizes: [1000, 10_000, 100_000],
      rounds: 9,
      load: connections,
      variants: () => [
        idle,
        own('check 8080', ['check', '8080'], withoutEngine),
        ...tool('ss -ltnup', ['ss', '-ltnup']),
      ],
      lines: [
        { target: '6', of: 'check 8080', to: 'ss -ltnup', atMost: 0.1 },
        { target: '6', of: 'check 8080', to: 'node -e 0', atMost: 2.5 },
      ],
    },
    {
      name: 'time-wait',
      where: 'empty',
      rounds: 9,
      load: () => timeWaits(20_000),
      variants: () => [
        idle,
        own('check 8080', ['check', '8080'], withoutEngine),
        ...tool('ss -ltnup', ['ss', '-ltnup']),
      ],
      lines: [{ target: '6', of: 'check 8080', to: 'node -e 0', atMost: 2.5 }],
    },
    {
      name: 'processes',
      where: 'empty',
      sizes: [20, 200, 2000],
      rounds: 9,
      load: (count) => processes(count, { listening: 20, firstPort: 18_000 }),
      variants: () => [
        idle,
        own('check, no conflict', ['check', '8080'], withoutEngine),
        own('check, 20 holders', ['check', '18000-18019'], [1]),
        ...tool('ss -ltnup', ['ss', '-ltnup']),
        ...tool('lsof -i', ['lsof', '-nP', '-i'], [0, 1]),
      ],
      lines: [
        { target: '7', of: 'check, no conflict', to: 'node -e 0', atMost: 2 },
        { target: '7', of: 'check, 20 holders', to: 'ss -ltnup', atMost: 0.2 },
      ],
    },
    {
      name: 'files',
      where: 'empty',
      sizes: [1, 100, 1000],
      rounds: 7,
      load: composeFiles,
      variants: ({ files }) => [
        idle,
        own('check --static', ['check', '--static', ...files], [0, 1]),
        // It takes a second for ten files, so one size is enough.
        ...(files.length <= 100 ? dclint(files) : []),
      ],
      lines: [
        { target: '8', of: 'check --static', to: 'dclint', atMost: 0.02, from: 100, upTo: 100 },
        { target: '8', of: 'check --static', to: 'node -e 0', perItem: 2 },
      ],
    },
    {
      ...planThousand,
      name: 'plan-1000',
      where: 'empty',
      load: nothing,
      variants: () => planThousand.variants(undefined, withoutEngine),
    },
    {
      ...planThousand,
      // Each container adds an interface, and get-port tries the addresses of all interfaces.
      name: 'plan-1000 beside containers',
      where: 'engine',
      sizes: [200],
      rounds: 3,
      load: (count) => containers(count, { image, firstPort: 21_000 }),
    },
  ];
}
