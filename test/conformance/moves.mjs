#!/usr/bin/env node
/*
 * Moves every fixed port of every project of a folder of Compose files, edits the files in memory and loads them again:
 *
 *   npm run build && node test/conformance/moves.mjs FOLDER [--kind file|env|override|up] [--show N] [--only TEXT] [--open]
 *
 * FOLDER holds `files/` and `expected.json`, as for corpus.mjs. A port is moved if the project, loaded again, has exactly
 * the planned ports; it is skipped if it keeps its old port and there is a reason. With `file`, only the planned numbers
 * may differ between the texts. `up` renders the override file of `portplan up`. A second run must change nothing. Exits
 * with 1 on a mismatch.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { planEdits } from '../../dist/compose/edit/plan-edits.js';
import { renderPortsOverride } from '../../dist/compose/edit/ports-override.js';
import { nodeFileSystem } from '../../dist/compose/files/file-system.js';
import { loadProject } from '../../dist/compose/load.js';
import { publishesOf } from '../../dist/compose/project.js';
import { kindOf, publishedText } from '../../dist/model/ports/publish.js';

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    kind: { type: 'string', default: 'file' },
    show: { type: 'string', default: '10' },
    only: { type: 'string' },
    open: { type: 'boolean', default: false },
  },
});
const [folder] = positionals;
if (folder === undefined) throw new Error('usage: moves.mjs FOLDER [--kind KIND] [--only TEXT]');

const root = join(folder, 'files');
const { projects } = JSON.parse(readFileSync(join(folder, 'expected.json'), 'utf8'));
const chosen = projects.filter(({ project }) => project.includes(values.only ?? ''));
const results = chosen.map(move);
report(results);
process.exitCode = results.some(({ problems }) => problems.length > 0) ? 1 : 0;

function move(expected) {
  const name = expected.project;
  const options = optionsFor(expected);
  const project = attempt(() => loadProject(options));
  if (project instanceof Error) {
    const known = project.name === 'PortplanError';
    return { name, outcome: 'not loaded', problems: known ? [] : [String(project.stack)] };
  }
  const assignments = forceMoves(project);
  if (assignments.length === 0) return { name, outcome: 'no fixed port', problems: [] };
  const started = performance.now();
  if (values.kind === 'up') return renderOverride(project, assignments, { name, options });
  const plan = attempt(() => planEdits(project, assignments, { kind: values.kind, options }));
  const milliseconds = performance.now() - started;
  if (plan instanceof Error) return { name, outcome: 'crash', problems: [String(plan.stack)] };
  const skipped = new Set(plan.skipped.map(({ publish }) => publish));
  const moved = assignments.filter(({ publish }) => !skipped.has(publish));
  const problems = [
    ...portProblems(project, moved, plan.edits, options),
    ...stabilityProblems(plan.edits, options),
    ...(values.kind === 'file' && !values.open ? textProblems(moved, plan.edits) : []),
    ...(skipped.size === plan.skipped.length ? [] : ['a port was skipped twice']),
    ...(moved.length === 0 && plan.edits.length > 0 ? ['edits without a moved port'] : []),
  ];
  return {
    name,
    outcome: 'planned',
    moved,
    skipped: plan.skipped,
    edits: plan.edits,
    milliseconds,
    problems,
  };
}

/** Renders the override file of `up`. renderPortsOverride verifies its result, so only errors are counted. */
function renderOverride(project, assignments, { name, options }) {
  const path = join(root, 'portplan-override.yaml');
  const started = performance.now();
  const text = attempt(() => renderPortsOverride(project, assignments, { options, path }));
  const milliseconds = performance.now() - started;
  const base = {
    name,
    outcome: 'planned',
    milliseconds,
    edits: [],
    moved: assignments,
    skipped: [],
  };
  if (!(text instanceof Error)) return { ...base, problems: text === '' ? ['no port moved'] : [] };
  if (text.name !== 'PortplanError') return { ...base, problems: [String(text.stack)] };
  const skipped = assignments.map(({ publish }) => ({
    publish,
    reason: text.message,
    message: '',
  }));
  return { ...base, moved: [], skipped, problems: [] };
}

function optionsFor({ dir, files, explicit_files, env = [] }) {
  const cwd = join(root, dir);
  const variables = env.map((line) => line.replaceAll('@ROOT@', root).split(/=(.*)/s));
  return {
    cwd,
    env: Object.fromEntries(variables.map(([name, value]) => [name, value])),
    ...namedFiles(explicit_files ? files : [], cwd),
  };
}

/** If files are named, Compose reads an override file only if it is named too. */
function namedFiles(files, cwd) {
  if (files.length === 0 || values.kind !== 'override')
    return { files, fileSystem: nodeFileSystem };
  const path = join(cwd, 'compose.override.yaml');
  return {
    files: [...files, path],
    fileSystem: fileSystemWith(new Map([[path, 'x-by-hand: 1']]), nodeFileSystem),
  };
}

function attempt(step) {
  try {
    return step();
  } catch (error) {
    return error;
  }
}

/** Moves every fixed port up by 10,000, or to the next unused port from there; ranges stay consecutive. */
function forceMoves(project) {
  const taken = new Set();
  const planned = new Map();
  const all = project.services.flatMap(publishesOf);
  const forced = all.filter((publish) => values.open || kindOf(publish) === 'fixed');
  for (const { hostPorts } of all) if (hostPorts) taken.add(hostPorts.first);
  return forced.map((publish) => {
    const { entry, key, address, hostPorts, target } = publish;
    const id = `${(entry.publishedRange ?? entry.range).start} ${entry.range.path} ${key}`;
    const port = planned.get(id) ?? nextFree(hostPorts?.first ?? target, taken);
    planned.set(id, port);
    return { publish, address, port, choice: 'moved', reason: 'forced' };
  });
}

function nextFree(old, taken) {
  let port = old + 10_000;
  if (port > 65_535) port = old > 45_535 ? old - 30_000 : old - 10_000;
  while (taken.has(port)) port = (port % 65_535) + 1;
  taken.add(port);
  return port;
}

function portProblems(project, moved, edits, options) {
  const texts = new Map(edits.map(({ path, after }) => [path, after]));
  const after = attempt(() =>
    loadProject({ ...options, fileSystem: fileSystemWith(texts, options.fileSystem) }),
  );
  if (after instanceof Error) return [`the result does not load: ${after.message}`];
  const ports = new Map(moved.map(({ publish, port }) => [publish, `${port}`]));
  const expected = describePorts(
    project,
    (publish) => ports.get(publish) ?? publishedText(publish),
  );
  const actual = describePorts(after, publishedText);
  return [
    ...expected.filter((line) => !actual.includes(line)).map((line) => `- ${line}`),
    ...actual.filter((line) => !expected.includes(line)).map((line) => `+ ${line}`),
    ...(expected.length === actual.length
      ? []
      : [`expected ${expected.length} ports, got ${actual.length}`]),
  ];
}

/** Plans again on the written files: every port is already as planned, so nothing may change. */
function stabilityProblems(edits, options) {
  const texts = new Map(edits.map(({ path, after }) => [path, after]));
  const again = { ...options, fileSystem: fileSystemWith(texts, options.fileSystem) };
  const project = attempt(() => loadProject(again));
  if (project instanceof Error) return [];
  const publishes = project.services.flatMap(publishesOf);
  const fixed = publishes.filter((publish) => kindOf(publish) === 'fixed');
  const assignments = fixed.map((publish) => {
    return {
      publish,
      address: publish.address,
      port: publish.hostPorts.first,
      choice: 'as-requested',
      reason: '',
    };
  });
  const plan = planEdits(project, assignments, { kind: values.kind, options: again });
  return plan.edits.map(({ path }) => `${path}: the second run changes it`);
}

function fileSystemWith(texts, fileSystem) {
  return {
    ...fileSystem,
    stat(path) {
      if (!texts.has(path)) return fileSystem.stat(path);
      const text = texts.get(path);
      return text === undefined ? undefined : { kind: 'file', size: text.length };
    },
    readText: (path) => texts.get(path) ?? fileSystem.readText(path),
  };
}

function describePorts({ services }, portOf) {
  return services.flatMap((service) =>
    publishesOf(service).map((publish) => {
      const { hostIp, target, protocol, mode } = publish;
      return `${service.name} ${hostIp}:${portOf(publish)}:${target}/${protocol} ${mode}`;
    }),
  );
}

/** Checks that the texts of a file differ only in numbers, each by a planned move. */
function textProblems(moved, edits) {
  const planned = new Set(moved.map(({ publish, port }) => `${publish.hostPorts.first} → ${port}`));
  return edits.flatMap(({ path, before, after }) => {
    if (before.replace(/\d+/g, '#') !== after.replace(/\d+/g, '#'))
      return [`${path}: text other than numbers changed`];
    const old = before.match(/\d+/g) ?? [];
    const updated = after.match(/\d+/g) ?? [];
    return old.flatMap((digits, index) => {
      const step = `${Number(digits)} → ${updated[index]}`;
      return digits === updated[index] || planned.has(step)
        ? []
        : [`${path}: ${step} was not planned`];
    });
  });
}

function report(all) {
  const outcomes = count(all.map(({ outcome }) => outcome));
  print(`${all.length} projects: ${describeCounts(outcomes)}`);
  const planned = all.filter(({ outcome }) => outcome === 'planned');
  const skipped = planned.flatMap((result) =>
    result.skipped.map((move) => ({ ...move, name: result.name })),
  );
  const moved = planned.reduce((sum, result) => sum + result.moved.length, 0);
  print(
    `ports: moved ${moved}, skipped ${skipped.length}: ${describeCounts(count(skipped.map(({ reason }) => reason)))}`,
  );
  print(
    `projects with every port moved: ${planned.filter((result) => result.skipped.length === 0).length} of ${planned.length}`,
  );
  const times = planned.map(({ milliseconds }) => milliseconds).sort((a, b) => a - b);
  print(
    `median ${(times[times.length >> 1] ?? 0).toFixed(1)} ms, slowest ${(times.at(-1) ?? 0).toFixed(0)} ms`,
  );
  const failures = all.filter(({ problems }) => problems.length > 0);
  print(`mismatches: ${failures.length}`);
  for (const { name, problems } of failures.slice(0, Number(values.show))) {
    print(`\n${name}\n    ${problems.slice(0, 10).join('\n    ')}`);
  }
  const byReason =
    Map.groupBy === undefined ? group(skipped) : Map.groupBy(skipped, ({ reason }) => reason);
  for (const [reason, list] of byReason) {
    print(`\n${reason} ${list.length}`);
    for (const { name, message, publish } of list.slice(0, Number(values.show))) {
      print(`    ${name}: ${publish.origin.service}: ${message}`);
    }
  }
}

function group(skipped) {
  const groups = new Map();
  for (const move of skipped) groups.set(move.reason, [...(groups.get(move.reason) ?? []), move]);
  return groups;
}

function count(names) {
  const counts = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}

function describeCounts(counts) {
  return Object.entries(counts)
    .sort(([, a], [, b]) => b - a)
    .map(([name, number]) => `${name} ${number}`)
    .join(', ');
}

function print(line) {
  process.stdout.write(`${line}\n`);
}
