import { readFileSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { Ajv } from 'ajv';
import { lease } from '../../../src/commands/lease/lease.ts';
import { renderLeases } from '../../../src/commands/lease/text.ts';
import type { Lease } from '../../../src/leases/lease.ts';
import { openLeaseStore } from '../../../src/leases/store.ts';
import { describeHolder, summarizeHolder } from '../../../src/model/findings/describe-holder.ts';
import type { Binding } from '../../../src/model/host/binding.ts';
import { defaultRules } from '../../../src/model/host/engine-traits.ts';
import { toPort } from '../../../src/model/ports/port.ts';
import { renderJson } from '../../../src/output/json.ts';
import { plainStyle } from '../../../src/output/style.ts';
import { findConflicts } from '../../../src/planner/host-conflicts.ts';
import { remedyFor } from '../../../src/planner/remedy.ts';
import { withLeaseBindings } from '../../../src/workflows/plans/plan-with-leases.ts';
import { someLease } from '../../leases/made-up.ts';
import { tempFolder } from '../../rig/temp.ts';

const validate = new Ajv({ strict: true, allErrors: true }).compile(
  JSON.parse(
    readFileSync(new URL('../../../src/schema/portplan-v1.schema.json', import.meta.url), 'utf8'),
  ),
);

/** A state folder with leases of a checkout `shop` and of another project. */
async function shop(changes: Partial<Lease> = {}) {
  const folder = await tempFolder();
  const directory = join(folder.path, 'shop');
  await mkdir(directory);
  const env = { PORTPLAN_STATE_DIR: join(folder.path, 'state') };
  const store = openLeaseStore({ env });
  const other = join(folder.path, 'other');
  await store.update(() => [
    someLease(8081, { directory, ...changes }),
    someLease(8444, { directory, target: 443 }),
    someLease(5433, { directory, service: 'db', target: 5432 }),
    someLease(5432, { directory: other, project: 'other', service: 'db', target: 5432 }),
  ]);
  return {
    env,
    directory,
    other,
    run: (...words: string[]) => lease({ words, env, projectDirectory: directory }),
    ports: async () => (await store.read()).leases.map(({ port }) => port).sort(),
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  };
}

test('ls lists the leases of this project; --all those of every project', async () => {
  await using place = await shop();
  const { leases } = await place.run();
  expect(leases.map(({ port }) => port)).toEqual([5433, 8081, 8444]);
  const all = await lease({ words: ['ls'], all: true, env: place.env });
  expect(all.leases.map(({ port }) => port)).toEqual([5432, 5433, 8081, 8444]);
  const unknown = await lease({ words: ['ls'], env: place.env, projectName: 'unknown' });
  expect(unknown).toMatchObject({ leases: [], notes: ['4 of other projects: --all'] });
});

describe('pin', () => {
  test.each([
    ['the one port of a service', ['db', '6000'], { target: 5432, port: 6000 }],
    ['one of several', ['web', '9443:443'], { target: 443, port: 9443 }],
    ['one that has none yet', ['api', '127.0.0.1:3000:3000'], { target: 3000, port: 3000 }],
    ['a publish that was named alone', ['7000:53/udp'], { service: '', protocol: 'udp' }],
  ])('%s', async (_name, words, expected) => {
    await using place = await shop();
    const { leases } = await place.run('pin', ...words);
    expect(leases).toEqual([expect.objectContaining({ ...expected, pinned: true })]);
    expect((await place.run('ls')).leases).toContainEqual(leases[0]);
  });

  test.each([
    ['no port', ['web'], 'is not'],
    ['too much', ['web', '1', '2'], 'expects a service and a port'],
    ['which of several', ['web', '9000'], 'several (80, 443): which container port'],
    ['a service without any', ['api', '9000'], 'has no lease'],
    ['a range', ['web', '9000-9001:80'], 'invalid port to pin'],
    ['no host port', ['web', ':80'], 'invalid port to pin'],
    ['a port beyond the last one', ['db', '70000'], 'invalid port 70000'],
    ['the port of a sibling', ['db', '8081'], 'reserved by the lease of shop/web'],
    ['the port of another project', ['db', '5432'], 'reserved by the lease of other/db'],
  ])('refused: %s', async (_name, words, message) => {
    await using place = await shop();
    const before = await place.ports();
    await expect(place.run('pin', ...words)).rejects.toThrow(message);
    expect(await place.ports()).toEqual(before);
  });
});

describe('release', () => {
  test.each([
    ['a service', ['web'], [5432, 5433]],
    ['a port', ['8081'], [5432, 5433, 8444]],
    ['a port and its protocol', ['8081/tcp', 'db'], [5432, 8444]],
    ['all of the folder', [], [5432]],
  ])('%s', async (_name, words, left) => {
    await using place = await shop();
    const { leases } = await place.run('release', ...words);
    expect(leases).toHaveLength(4 - left.length);
    expect(await place.ports()).toEqual(left);
  });

  test('names the arguments that match no lease', async () => {
    await using place = await shop();
    await expect(place.run('release', '8081/udp')).rejects.toThrow('no lease found for 8081/udp');
    const { notes } = await place.run('release', 'web', 'unknown');
    expect(notes).toEqual(['no lease found for unknown']);
  });

  test('releases nothing without arguments', async () => {
    await using place = await shop();
    await expect(lease({ words: ['release'], env: place.env })).rejects.toThrow(
      'services or ports',
    );
    expect(await place.ports()).toHaveLength(4);
  });

  test('releases the leases of a removed folder', async () => {
    await using place = await shop();
    await rm(place.directory, { recursive: true });
    await place.run('release', 'web');
    expect(await place.ports()).toEqual([5432, 5433]);
  });
});

test('gc lists stale leases, and releases them only with --yes', async () => {
  await using place = await shop();
  const shown = await place.run('gc');
  expect(shown).toMatchObject({ done: false, leases: [{ port: 5432, stale: 'directory-gone' }] });
  expect(await place.ports()).toHaveLength(4);
  const done = await lease({ words: ['gc'], yes: true, env: place.env });
  expect(done).toMatchObject({ done: true, leases: shown.leases });
  expect(await place.ports()).toEqual([5433, 8081, 8444]);
});

test.each([[['prune']], [['ls', 'web']], [['gc', 'web']]])('no such thing: %j', async (words) => {
  await using place = await shop();
  await expect(place.run(...words)).rejects.toMatchObject({ code: 'invalid-usage' });
});

test('every report matches the schema, and names cannot control the terminal', async () => {
  await using place = await shop({ service: 'we\u001b[31mb', pinned: true });
  for (const words of [['ls'], ['pin', 'db', '6000'], ['gc'], ['release', 'db']]) {
    const report = await place.run(...words);
    validate(JSON.parse(renderJson(report)));
    expect(validate.errors ?? []).toEqual([]);
    expect(renderLeases(report, { style: plainStyle })).not.toContain('\u001b');
  }
});

describe('a lease as a holder', () => {
  const ports = { platform: 'linux', reserved: [], excluded: [], firstPort: 1 } as const;
  const host = { bindings: [], rules: defaultRules, ports };

  test('check reports it as a warning, with the command that releases the port', () => {
    const state = withLeaseBindings(host, [someLease(8080, { directory: '/srv/my shop' })]);
    const asked = { first: toPort(8080), last: toPort(8080) };
    const [conflict, ...others] = findConflicts(
      [
        {
          ...someLease(8080),
          hostIp: '',
          hostPorts: asked,
          mode: 'ingress',
          origin: { kind: 'argument', text: '8080:80' },
        },
      ],
      state,
    );
    expect(others).toEqual([]);
    expect(conflict).toMatchObject({ code: 'port-claimed', severity: 'warning' });
    const [binding] = state.bindings;
    expect(binding && remedyFor(binding).command).toBe(
      "portplan lease release 8080/tcp '--project-directory=/srv/my shop' --project-name=shop",
    );
  });

  test('is described by project, service and folder', () => {
    const [binding] = withLeaseBindings(host, [someLease(8080)]).bindings;
    expect(binding && summarizeHolder(binding)).toBe('the lease of shop/web in /srv/shop');
    expect(binding && describeHolder(binding)).toEqual(['lease of shop / web', 'in /srv/shop']);
  });

  test('has no command if a terminal would not show it unchanged', () => {
    const [binding] = withLeaseBindings(host, [someLease(8080, { directory: '/srv/\u001b[2J' })])
      .bindings as readonly [Binding];
    expect(remedyFor(binding).command).toBeUndefined();
  });
});
