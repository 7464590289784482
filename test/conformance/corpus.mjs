#!/usr/bin/env node
/*
 * Loads every project of a folder of Compose files and compares it with the result of Compose's own loader:
 *
 *   npm run build && node test/conformance/corpus.mjs FOLDER [--show N] [--only TEXT] [--strict]
 *
 * FOLDER holds `files/` and `expected.json` with projects[]: { project, dir, files, explicit_files, env?, level,
 * services: { name: [{ host_ip, published, target, protocol, mode }] }, meta, conflicts? }.
 * Prints the number of projects that agree, by level, then differences, crashes and times. Exits with 1 on a difference.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { loadProject } from '../../dist/compose/load.js';
import { publishesOf } from '../../dist/compose/project.js';
import { defaultRules } from '../../dist/model/host/engine-traits.js';
import { kindOf, publishedText } from '../../dist/model/ports/publish.js';
import { findProjectFindings } from '../../dist/workflows/findings/project-findings.js';

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    show: { type: 'string', default: '20' },
    only: { type: 'string' },
    strict: { type: 'boolean', default: false },
  },
});
const [folder] = positionals;
if (folder === undefined) throw new Error('usage: corpus.mjs FOLDER [--show N] [--only TEXT]');

const root = join(folder, 'files');
const { projects } = JSON.parse(readFileSync(join(folder, 'expected.json'), 'utf8'));
const chosen = projects.filter(({ project }) => project.includes(values.only ?? ''));
const results = chosen.map(compare);
report(results);
process.exitCode = results.some(({ outcome }) => outcome !== 'agrees' && outcome !== 'rejected')
  ? 1
  : 0;

function compare(expected) {
  const started = performance.now();
  const { project, milliseconds, error } = load(expected, started);
  const base = { name: expected.project, level: expected.level, milliseconds };
  if (error !== undefined) {
    const known = error.name === 'PortplanError';
    const isExpected = expected.level === 'error' && known;
    const position = error.location && `${error.location.file}:${error.location.line}`;
    const detail = known ? `${error.reason}: ${error.message} (${position})` : String(error.stack);
    return { ...base, outcome: isExpected ? 'rejected' : known ? 'error' : 'crash', detail };
  }
  if (expected.level === 'error') return { ...base, outcome: 'agrees', detail: 'loads' };
  const differences = [
    ...differencesOf('ports', describePorts(project), describeExpectedPorts(expected)),
    ...differencesOf('meta', describeMeta(project), describeExpectedMeta(expected)),
    ...differencesOf('conflict', describeConflicts(project), describeExpectedConflicts(expected)),
  ];
  const outcome = differences.length === 0 ? 'agrees' : 'differs';
  return { ...base, outcome, detail: differences.join('\n    ') };
}

function load({ dir, files, explicit_files, env = [] }, started) {
  const cwd = join(root, dir);
  const variables = env.map((line) => line.replaceAll('@ROOT@', root).split(/=(.*)/s));
  try {
    const project = loadProject({
      cwd,
      env: Object.fromEntries(variables.map(([name, value]) => [name, value])),
      files: explicit_files ? files : [],
      strict: values.strict,
    });
    return { project, milliseconds: performance.now() - started };
  } catch (error) {
    return { error, milliseconds: performance.now() - started };
  }
}

function differencesOf(subject, actual, expected) {
  const missing = expected.filter((line) => !actual.includes(line));
  const surplus = actual.filter((line) => !expected.includes(line));
  const counts =
    actual.length === expected.length
      ? []
      : [`${subject}: expected ${expected.length}, got ${actual.length}`];
  return [
    ...missing.map((line) => `- ${subject} ${line}`),
    ...surplus.map((line) => `+ ${subject} ${line}`),
    ...(missing.length + surplus.length === 0 ? counts : []),
  ];
}

function describePorts({ services }) {
  return services.flatMap((service) => [
    service.name,
    ...publishesOf(service).map((publish) => {
      const { hostIp, target, protocol, mode } = publish;
      return `${service.name} ${hostIp}:${publishedText(publish)}:${target}/${protocol} ${mode}`;
    }),
  ]);
}

function describeExpectedPorts({ services }) {
  return Object.entries(services).flatMap(([name, ports]) => [
    name,
    ...ports.map(({ host_ip, published, target, protocol, mode }) => {
      const port = published === '0' ? '' : published;
      return `${name} ${host_ip}:${port}:${target}/${protocol} ${mode}`;
    }),
  ]);
}

function describeMeta({ services }) {
  return services.flatMap(({ name, profiles, networkMode, replicas, enabled }) => [
    ...(profiles.length > 0 ? [`${name} profiles ${profiles}`] : []),
    ...(networkMode === undefined ? [] : [`${name} network_mode ${networkMode}`]),
    ...(replicas === 1 ? [] : [`${name} replicas ${replicas}`]),
    ...(enabled ? [] : [`${name} disabled`]),
  ]);
}

function describeExpectedMeta({ meta }) {
  return Object.entries(meta ?? {}).flatMap(([name, one]) => {
    const replicas = one.scale ?? one.replicas ?? 1;
    return [
      ...(one.profiles ? [`${name} profiles ${one.profiles}`] : []),
      ...(one.network_mode ? [`${name} network_mode ${one.network_mode}`] : []),
      ...(replicas === 1 ? [] : [`${name} replicas ${replicas}`]),
      ...(one.disabled ? [`${name} disabled`] : []),
    ];
  });
}

/** Pairs of services that need the same fixed port, as `check` finds them, with at most one profile. */
function describeConflicts(project) {
  const { conflicts } = findProjectFindings([project], defaultRules);
  return conflicts
    .filter(({ code, profiles }) => code === 'published-twice' && (profiles ?? []).length < 2)
    .filter(({ publish, other }) => publish.origin.service !== other.origin.service)
    .filter(({ publish, other }) => kindOf(publish) === 'fixed' && kindOf(other) === 'fixed')
    .map(({ publish, other, profiles }) => {
      const sides = [publish, other]
        .map(({ origin, target }) => `${origin.service}:${target}`)
        .sort();
      return `${profiles === undefined ? 'default' : 'profile'} ${publish.hostPorts.first}/${publish.protocol} ${sides.join(' ')}`;
    });
}

function describeExpectedConflicts({ conflicts }) {
  return (conflicts ?? []).map(({ class: together, port, protocol, a, b }) => {
    const sides = [a, b].map(({ service, target }) => `${service}:${target}`).sort();
    return `${together} ${port}/${protocol} ${sides.join(' ')}`;
  });
}

function report(all) {
  const levels = [...new Set(all.map(({ level }) => level))].sort();
  for (const level of levels) {
    const ofLevel = all.filter((result) => result.level === level);
    const counts = Object.entries(countOutcomes(ofLevel));
    const shown = counts.map(([outcome, number]) => `${outcome} ${number}`).join(', ');
    print(`${level.padEnd(16)} ${String(ofLevel.length).padStart(5)}: ${shown}`);
  }
  const crashes = all.filter(({ outcome }) => outcome === 'crash').length;
  const times = all.map(({ milliseconds }) => milliseconds).sort((a, b) => a - b);
  const total = times.reduce((sum, time) => sum + time, 0);
  const median = times[times.length >> 1] ?? 0;
  print(
    `crashes ${crashes}; ${total.toFixed(0)} ms in total, ${(total / times.length).toFixed(2)} ms each,`,
  );
  print(`median ${median.toFixed(2)} ms, slowest ${(times.at(-1) ?? 0).toFixed(0)} ms`);
  const failures = all.filter(({ outcome }) => outcome !== 'agrees');
  for (const { name, level, outcome, detail } of failures.slice(0, Number(values.show))) {
    print(`\n${outcome} (${level}) ${name}\n    ${detail}`);
  }
}

function countOutcomes(ofLevel) {
  const counts = {};
  for (const { outcome } of ofLevel) counts[outcome] = (counts[outcome] ?? 0) + 1;
  return counts;
}

function print(line) {
  process.stdout.write(`${line}\n`);
}
