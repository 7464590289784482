/**
 * Compares the speed of portplan with other programs: npm run bench -- [--json] [--only NAME,…] [--rounds N] [--guard]
 *
 * Loads are real: sockets, processes, containers of a real engine, files. The commands run alternately, and the result is
 * the ratio within each round, because times depend on the machine. Needs root and the engines of test/engines; lines that
 * need a missing engine or program are skipped and listed.
 */
import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { arch, cpus, release } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import { benchEnvironment } from './environment.mjs';
import { compareWithBaseline } from './guard.mjs';
import { ratioOf, summaryOf } from './measure.mjs';
import { timePlanner } from './planner.mjs';
import { printResult } from './report.mjs';
import { scenariosFor } from './scenarios.mjs';

const run = promisify(execFile);
const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const engineScript = here('../engines/engines.sh');
const baseline = here('baseline.json');
const { values: flags } = parseArgs({
  options: {
    json: { type: 'boolean' },
    only: { type: 'string' },
    rounds: { type: 'string' },
    guard: { type: 'boolean' },
    'write-baseline': { type: 'boolean' },
  },
});

const around = await benchEnvironment();
const skipped = [];
const isWanted = (name) => flags.only === undefined || flags.only.split(',').includes(name);
const wanted = scenariosFor(around).filter(({ name }) => isWanted(name));
const engine = wanted.some(({ where }) => where === 'engine') ? await startEngine() : undefined;
const lines = [];
for (const scenario of wanted) {
  const { name, where, sizes = [undefined], rounds = 15 } = scenario;
  const prefix = prefixFor(where);
  if (prefix === undefined) {
    skipped.push(`${name}: needs ${where === 'engine' ? 'the engines of test/engines' : 'root'}`);
    continue;
  }
  for (const size of sizes) {
    say(`${name}${size === undefined ? '' : ` ${size}`} …`);
    try {
      const [file, ...args] = [...prefix, process.execPath, here('run-scenario.mjs'), name];
      const count = `${flags.rounds ?? rounds}`;
      const options = { env: { ...process.env, ...engine?.env }, timeout: 1_200_000 };
      const { stdout } = await run(file, [...args, `${size ?? 0}`, count], options);
      lines.push(...linesOf(scenario, size, JSON.parse(stdout)));
    } catch (error) {
      skipped.push(`${name} ${size ?? ''}: ${reasonOf(error)}`);
    }
  }
}
if (isWanted('planner')) lines.push(...plannerLines());

const result = { machine: machine(), lines, skipped };
if (flags.json) process.stdout.write(`${JSON.stringify(result, undefined, 2)}\n`);
else process.stdout.write(printResult(result));
if (flags['write-baseline'])
  await writeFile(baseline, `${JSON.stringify(ratiosOf(lines), undefined, 2)}\n`);
if (flags.guard) {
  const regressions = compareWithBaseline(lines, JSON.parse(await readFile(baseline, 'utf8')));
  for (const text of regressions) process.stderr.write(`slower: ${text}\n`);
  process.exitCode = regressions.length > 0 ? 1 : 0;
}
await engine?.stop();

function linesOf({ name, lines: wanted }, size, times) {
  return wanted
    .filter(({ from = 0, upTo = Infinity }) => size === undefined || (size >= from && size <= upTo))
    .flatMap(({ target, of, to, atMost, perItem, lessIdle }) => {
      if (times[of] === undefined || times[to] === undefined) {
        skipped.push(`${name}: ${of} / ${to}: ${to} is not there`);
        return [];
      }
      const line = { target, scenario: name, size, of, to, time: summaryOf(times[of]).median };
      if (perItem !== undefined) {
        const net = times[of].map((time, round) => (time - times[to][round]) / size);
        return [
          { ...line, unit: 'ms each', ...summaryOf(net), ...(size >= 100 && { atMost: perItem }) },
        ];
      }
      const idle = times['node -e 0'];
      const compared = lessIdle
        ? { [of]: less(times[of], idle), [to]: less(times[to], idle) }
        : times;
      return [{ ...line, unit: 'x', ...ratioOf(compared, of, to), atMost }];
    });
}

/** Returns the line of a program's output that gives the reason of its failure. */
function reasonOf({ stderr, message }) {
  const output = `${stderr || message}`.trim().split('\n');
  return output.find((line) => /Error\b/.test(line)) ?? output.at(-1);
}

function less(times, idle) {
  return times.map((time, round) => time - idle[round]);
}

function plannerLines() {
  return [100, 1000, 10_000].map((size) => {
    const { plan } = timePlanner(size);
    const value = { median: plan, low: plan, high: plan };
    return {
      target: '10',
      scenario: 'planner',
      size,
      of: 'planPorts',
      to: '',
      time: plan,
      unit: 'ms',
      ...value,
      ...(size === 10_000 && { atMost: 100 }),
    };
  });
}

function ratiosOf(all) {
  const ratios = all.filter(({ unit }) => unit === 'x');
  return Object.fromEntries(ratios.map((line) => [keyOf(line), Number(line.median.toFixed(3))]));
}

function keyOf({ scenario, size, of, to }) {
  return `${scenario}${size === undefined ? '' : ` ${size}`}: ${of} / ${to}`;
}

/** Starts a separate set of engines, so that 200 containers do not disturb the tests. */
async function startEngine() {
  if (process.getuid?.() !== 0) return undefined;
  const folder = process.env.BENCH_ENGINES ?? '/var/lib/portplan-engines/runs/bench';
  const env = { ...process.env, ENGINES_RUN: folder };
  try {
    await run('bash', [engineScript, 'up', 'moby-28'], { env, timeout: 300_000 });
    const { stdout } = await run('bash', [engineScript, 'env', 'moby-28'], { env });
    const told = Object.fromEntries(
      stdout
        .trim()
        .split('\n')
        .map((line) => line.split(/=(.*)/s, 2)),
    );
    const { NETWORK: network, ...client } = told;
    await run('docker', ['pull', '-q', around.image], { env: { ...env, ...client } }).catch(
      () => {},
    );
    return {
      network,
      env: client,
      stop: async () => {
        if (process.env.BENCH_ENGINES === undefined)
          await run('bash', [engineScript, 'down', 'moby-28'], { env, timeout: 300_000 });
      },
    };
  } catch (error) {
    say(`no engine: ${reasonOf(error)}`);
    return undefined;
  }
}

function prefixFor(where) {
  if (process.getuid?.() !== 0) return undefined;
  if (where === 'engine') return engine && ['nsenter', `--net=${engine.network}`, '--'];
  const settings =
    'ip link set lo up; sysctl -qw net.ipv4.ip_local_port_range="10000 65000"; exec "$@"';
  return [
    'unshare',
    '--net',
    '--',
    'sh',
    '-c',
    settings,
    'sh',
    'env',
    'DOCKER_HOST=unix:///nonexistent.sock',
  ];
}

function machine() {
  return `${cpus().length} x ${cpus()[0]?.model ?? arch()}, Linux ${release()}, Node ${process.version}`;
}

function say(text) {
  process.stderr.write(`bench: ${text}\n`);
}
