#!/usr/bin/env node
/*
 * Forces every fixed port of every project of a folder of compose files to move, edits the files in memory, and loads
 * them again:
 *
 *   npm run build && node test/conformance/moves.mjs FOLDER [--kind file|env|override|mapping] [--show N] [--only TEXT] [--open]
 *
 * FOLDER holds `files/` and `expected.json`, as for corpus.mjs. A port counts as moved when the project, loaded again,
 * has exactly the planned ports, and as refused when it keeps its old one and a reason was given. For `file`, nothing
 * but the planned numbers may differ between the texts. A second run must find nothing left to do. Exit code 1 on any
 * mismatch.
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
process.exitCode = results.some(({ faults }) => faults.length > 0) ? 1 : 0;

function move(expected) {
  const name = expected.project;
  const options = optionsFor(expected);
  const project = attempt(() => loadProject(options));
  if (project instanceof Error) {
    const known = project.name === 'PortplanError';
    return { name, outcome: 'not loaded', faults: known ? [] : [String(project.stack)] };
  }
  const assignments = forceMoves(project);
  if (assignments.length === 0) return { name, outcome: 'no fixed port', faults: [] };
  const started = performance.now();
  if (values.kind === 'mapping') return mapOver(project, assignments, { name, options });
  const plan = attempt(() => planEdits(project, assignments, { kind: values.kind, options }));
  const milliseconds = performance.now() - started;
  if (plan instanceof Error) return { name, outcome: 'crash', faults: [String(plan.stack)] };
  const refused = new Set(plan.skipped.map(({ publish }) => publish));
  const moved = assignments.filter(({ publish }) => !refused.has(publish));
  const faults = [
    ...portFaults(project, moved, plan.edits, options),
    ...stabilityFaults(plan.edits, options),
    ...(values.kind === 'file' && !values.open ? textFaults(moved, plan.edits) : []),
    ...(refused.size === plan.skipped.length ? [] : ['a port was refused twice']),
    ...(moved.length === 0 && plan.edits.length > 0 ? ['nothing moved, and yet edits'] : []),
  ];
  return {
    name,
    outcome: 'planned',
    moved,
    refused: plan.skipped,
    edits: plan.edits,
    milliseconds,
    faults,
  };
}

/** The file that `up` puts on top: it proves itself, so that all that is left to see is a refusal. */
function mapOver(project, assignments, { name, options }) {
  const path = join(root, 'portplan-mapping.yaml');
  const started = performance.now();
  const text = attempt(() => renderPortsOverride(project, assignments, { options, path }));
  const milliseconds = performance.now() - started;
  const base = {
    name,
    outcome: 'planned',
    milliseconds,
    edits: [],
    moved: assignments,
    refused: [],
  };
  if (!(text instanceof Error)) return { ...base, faults: text === '' ? ['nothing moved'] : [] };
  if (text.name !== 'PortplanError') return { ...base, faults: [String(text.stack)] };
  const refused = assignments.map(({ publish }) => ({
    publish,
    reason: text.message,
    message: '',
  }));
  return { ...base, moved: [], refused, faults: [] };
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

/** Where files are named, Compose reads an override only if it is named too. */
function namedFiles(files, cwd) {
  if (files.length === 0 || values.kind !== 'override')
    return { files, fileSystem: nodeFileSystem };
  const path = join(cwd, 'compose.override.yaml');
  return {
    files: [...files, path],
    fileSystem: diskWith(new Map([[path, 'x-by-hand: 1']]), nodeFileSystem),
  };
}

function attempt(step) {
  try {
    return step();
  } catch (error) {
    return error;
  }
}

/** Every fixed port goes 10,000 up, or to the next port from there that nothing has; a range stays in a row. */
function forceMoves(project) {
  const taken = new Set();
  const planned = new Map();
  const all = project.services.flatMap(publishesOf);
  const forced = all.filter((one) => values.open || kindOf(one) === 'fixed');
  for (const { hostPorts } of all) if (hostPorts) taken.add(hostPorts.first);
  return forced.map((publish) => {
    const { entry, key, address, hostPorts, target } = publish;
    const place = `${(entry.publishedRange ?? entry.range).start} ${entry.range.path} ${key}`;
    const port = planned.get(place) ?? nextFree(hostPorts?.first ?? target, taken);
    planned.set(place, port);
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

function portFaults(project, moved, edits, options) {
  const texts = new Map(edits.map(({ path, after }) => [path, after]));
  const after = attempt(() =>
    loadProject({ ...options, fileSystem: diskWith(texts, options.fileSystem) }),
  );
  if (after instanceof Error) return [`the result does not load: ${after.message}`];
  const ports = new Map(moved.map(({ publish, port }) => [publish, `${port}`]));
  const wanted = describePorts(project, (publish) => ports.get(publish) ?? publishedText(publish));
  const found = describePorts(after, publishedText);
  return [
    ...wanted.filter((line) => !found.includes(line)).map((line) => `- ${line}`),
    ...found.filter((line) => !wanted.includes(line)).map((line) => `+ ${line}`),
    ...(wanted.length === found.length ? [] : [`${found.length} ports, not ${wanted.length}`]),
  ];
}

/** A second run, with what the first one wrote, finds every port where it wants it and changes nothing. */
function stabilityFaults(edits, options) {
  const texts = new Map(edits.map(({ path, after }) => [path, after]));
  const again = { ...options, fileSystem: diskWith(texts, options.fileSystem) };
  const project = attempt(() => loadProject(again));
  if (project instanceof Error) return [];
  const fixed = project.services.flatMap(publishesOf).filter((one) => kindOf(one) === 'fixed');
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

function diskWith(texts, disk) {
  return {
    ...disk,
    stat(path) {
      if (!texts.has(path)) return disk.stat(path);
      const text = texts.get(path);
      return text === undefined ? undefined : { kind: 'file', size: text.length };
    },
    readText: (path) => texts.get(path) ?? disk.readText(path),
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

/** Between the texts of a file, only numbers differ, and each by a planned move. */
function textFaults(moved, edits) {
  const planned = new Set(moved.map(({ publish, port }) => `${publish.hostPorts.first} → ${port}`));
  return edits.flatMap(({ path, before, after }) => {
    if (before.replace(/\d+/g, '#') !== after.replace(/\d+/g, '#'))
      return [`${path}: more than numbers`];
    const old = before.match(/\d+/g) ?? [];
    const fresh = after.match(/\d+/g) ?? [];
    return old.flatMap((digits, index) => {
      const step = `${Number(digits)} → ${fresh[index]}`;
      return digits === fresh[index] || planned.has(step)
        ? []
        : [`${path}: ${step} was not planned`];
    });
  });
}

function report(all) {
  const outcomes = count(all.map(({ outcome }) => outcome));
  print(`${all.length} projects: ${describeCounts(outcomes)}`);
  const planned = all.filter(({ outcome }) => outcome === 'planned');
  const refused = planned.flatMap(({ name, refused: list }) =>
    list.map((one) => ({ ...one, name })),
  );
  const moved = planned.reduce((sum, one) => sum + one.moved.length, 0);
  print(
    `ports: moved ${moved}, refused ${refused.length}: ${describeCounts(count(refused.map(({ reason }) => reason)))}`,
  );
  print(
    `projects with every port moved: ${planned.filter((one) => one.skipped.length === 0).length} of ${planned.length}`,
  );
  const times = planned.map(({ milliseconds }) => milliseconds).sort((a, b) => a - b);
  print(
    `median ${(times[times.length >> 1] ?? 0).toFixed(1)} ms, slowest ${(times.at(-1) ?? 0).toFixed(0)} ms`,
  );
  const wrong = all.filter(({ faults }) => faults.length > 0);
  print(`mismatches: ${wrong.length}`);
  for (const { name, faults } of wrong.slice(0, Number(values.show))) {
    print(`\n${name}\n    ${faults.slice(0, 10).join('\n    ')}`);
  }
  const byReason =
    Map.groupBy === undefined ? group(refused) : Map.groupBy(refused, ({ reason }) => reason);
  for (const [reason, list] of byReason) {
    print(`\n${reason} ${list.length}`);
    for (const { name, message, publish } of list.slice(0, Number(values.show))) {
      print(`    ${name}: ${publish.origin.service}: ${message}`);
    }
  }
}

function group(refused) {
  const groups = new Map();
  for (const one of refused) groups.set(one.reason, [...(groups.get(one.reason) ?? []), one]);
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
    .map(([name, found]) => `${name} ${found}`)
    .join(', ');
}

function print(line) {
  process.stdout.write(`${line}\n`);
}
