import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const holder = fileURLToPath(new URL('hold.mjs', import.meta.url));

/** Makes a folder with `count` Compose projects of four services each, all with different ports. */
export async function composeFiles(count) {
  const folder = await mkdtemp(join(tmpdir(), 'portplan-bench-'));
  const files = [];
  for (let index = 0; index < count; index += 1) {
    const place = join(folder, `p${index}`);
    await mkdir(place);
    files.push(join(place, 'compose.yaml'));
    await writeFile(files.at(-1), composeText(10_000 + (index % 5000) * 4));
  }
  return { folder, files, dispose: () => rm(folder, { recursive: true }) };
}

function composeText(port) {
  const services = ['web', 'api', 'db', 'cache'].map(
    (name, at) => `  ${name}:
    image: example/${name}:1
    environment:
      MODE: production
    ports:
      - "127.0.0.1:${port + at}:80"
    restart: unless-stopped
`,
  );
  return `services:\n${services.join('')}`;
}

/** Makes a folder with one project whose services publish these ports. */
export async function projectWith(ports) {
  const folder = await mkdtemp(join(tmpdir(), 'portplan-bench-'));
  const file = join(folder, 'compose.yaml');
  const services = ports.map(
    (port) => `  s${port}: { image: x, ports: ["127.0.0.1:${port}:80"] }\n`,
  );
  await writeFile(file, `services:\n${services.join('')}`);
  return { file, dispose: () => rm(folder, { recursive: true }) };
}

/** Opens TCP listeners on 127.0.0.1 on consecutive ports. */
export async function listeners(first, count) {
  return hold(['listen', first, count]);
}

/** Opens established connections: two table rows for each pair, in processes with less than 20,000 descriptors each. */
export async function connections(rows) {
  const perProcess = 9000;
  const all = [];
  for (let left = rows / 2, at = 0; left > 0; left -= perProcess, at += 1)
    all.push(await hold(['connect', Math.min(left, perProcess), at]));
  return together(all);
}

/** Leaves closed connections in TIME_WAIT; the kernel keeps them for a minute. */
export async function timeWaits(rows) {
  return hold(['time-wait', rows]);
}

/** Starts processes with 100 descriptors each, `listening` of them with a listener among the first ten. */
export async function processes(count, { listening, firstPort }) {
  const script = `
    use Socket; $0 = 'bench-holder'; my @keep;
    for my $n (1 .. ${count}) {
      my $pid = fork; next if $pid;
      if ($n <= ${listening}) {
        socket(my $s, PF_INET, SOCK_STREAM, 0) or die; bind($s, sockaddr_in(${firstPort} + $n - 1, inet_aton('127.0.0.1'))) or die $!;
        listen($s, 1) or die; push @keep, $s;
      }
      while (1) { open my $f, '<', '/dev/null' or last; last if fileno($f) > 99; push @keep, $f }
      sleep 3600; exit;
    }
    $| = 1; print "ready\\n"; sleep 3600;`;
  return start('perl', ['-e', script]);
}

/** Starts containers that publish one port of 127.0.0.1 each; reuses those of an earlier run. */
export async function containers(count, { image, firstPort }) {
  const listed = await run('docker', ['ps', '-q', '--filter', 'label=portplan-bench']);
  const there = listed.stdout.split('\n').filter(Boolean);
  if (there.length > count) {
    await run('docker', ['rm', '-f', ...there]);
    there.length = 0;
  }
  const missing = Array.from(
    { length: count - there.length },
    (_, at) => firstPort + there.length + at,
  );
  const work = async () => {
    for (let port = missing.pop(); port !== undefined; port = missing.pop()) {
      const flags = ['-d', '--label', 'portplan-bench', '-p', `127.0.0.1:${port}:80`];
      await run('docker', ['run', ...flags, image]);
    }
  };
  await Promise.all([work(), work(), work(), work()]);
  return { dispose: async () => {} };
}

/** Makes no load. */
export async function nothing() {
  return { dispose: async () => {} };
}

export async function together(loads) {
  const made = await Promise.all(loads);
  return {
    ...Object.assign({}, ...made),
    dispose: async () => {
      for (const load of made) await load.dispose();
    },
  };
}

function hold(args) {
  return start(process.execPath, [holder, ...args.map(String)]);
}

/** Starts a process in a group of its own, which prints a line when it is ready; the whole group is killed at the end. */
async function start(file, args) {
  const child = spawn(file, args, { detached: true, stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = await Promise.race([
    once(child.stdout, 'data'),
    once(child, 'exit').then(() => ['it ended']),
  ]);
  if (!`${line}`.startsWith('ready')) throw new Error(`the load could not be made: ${line}`);
  return {
    dispose: async () => {
      const ended = once(child, 'exit');
      process.kill(-child.pid, 'SIGKILL');
      await ended;
    },
  };
}
