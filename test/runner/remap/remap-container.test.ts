import { describe, expect, test } from '@jest/globals';
import { readContainer } from '../../../src/engine/containers/inspect.ts';
import { type Engine, openEngine } from '../../../src/engine/open-engine.ts';
import { PortplanError } from '../../../src/errors.ts';
import type { Assignment } from '../../../src/model/findings/plan.ts';
import { toPort } from '../../../src/model/ports/port.ts';
import { publishesOfContainer } from '../../../src/runner/container-publishes.ts';
import { recoverRemap } from '../../../src/runner/remap/recover-remap.ts';
import { type RemapRequest, remapContainer } from '../../../src/runner/remap/remap-container.ts';
import {
  type EngineModel,
  engineModel,
  type Fate,
  type GivenContainer,
  oldId,
} from '../engine-model.ts';

/** Calls of a remap that change the engine's state, in order. */
const steps = [
  '/commit',
  '/containers/create',
  'rename web',
  'rename web-portplan-new',
  'start web',
  'container web-portplan-old',
];
const image = `image portplan-remap:${oldId.slice(0, 12)}`;
const before = ['web stopped'];
const after = [image, 'web running'];

function remap(model: EngineModel, more: Partial<RemapRequest> = {}) {
  return withEngine(model, async (engine) => {
    const container = await readContainer(engine, oldId);
    if (container === undefined) throw new Error('the model has no container');
    const published = publishesOfContainer(container);
    const assignTo = (port: number): readonly Assignment[] =>
      published.map(({ publish }) => ({
        ...{ publish, address: publish.address, port: toPort(port), choice: 'moved', reason: '' },
      }));
    return await remapContainer({
      ...{ engine, container, published, firstPlan: { assignments: assignTo(8081) } },
      plan: async (unavailable) => ({ assignments: assignTo(8081 + unavailable.length) }),
      ...more,
    });
  });
}

const withoutToken = (change: string) => change.replace(/-[0-9a-f]{8}$/, '');

describe('remapContainer', () => {
  test('executes its steps in this order', async () => {
    await using model = await engineModel();
    const { assignments, leftover } = await remap(model);

    expect(model.changes.map(withoutToken)).toEqual(steps);
    expect(assignments.map(({ port }) => port)).toEqual([8081]);
    expect(leftover).toBeUndefined();
    expect(model.left()).toEqual(after);
  });

  const fates: readonly Fate[] = ['refuse', 'break-before', 'break-after'];
  const faults = steps
    .slice(0, -1)
    .flatMap((step, index) => fates.map((fate) => [fate, step, index + 1] as const));

  test.each(faults)('restores the old container after %s at %s', async (fate, _step, at) => {
    await using model = await engineModel({ fate: (change) => (change === at ? fate : 'answer') });

    await expect(remap(model)).rejects.toBeInstanceOf(PortplanError);
    expect(model.left()).toEqual(before);
  });

  test.each(fates)('removes the old container after %s at its removal', async (fate) => {
    const last = steps.length;
    await using model = await engineModel({
      fate: (change) => (change === last ? fate : 'answer'),
    });
    const { leftover } = await remap(model);

    expect(leftover).toBeUndefined();
    expect(model.left()).toEqual(after);
  });

  test.each(steps.slice(0, -1).map((step, index) => [step, index + 1] as const))(
    'restores the old container after an interrupt at %s',
    async (_step, at) => {
      const controller = new AbortController();
      await using model = await engineModel({
        fate: (change) => {
          if (change === at) controller.abort(new PortplanError('interrupted', 'interrupted'));
          return 'answer';
        },
      });

      await expect(remap(model, { signal: controller.signal })).rejects.toMatchObject({
        code: 'interrupted',
      });
      expect(model.left()).toEqual(before);
    },
  );

  test('plans a lost port again and reuses the copy of the files', async () => {
    await using model = await engineModel({ taken: (port) => port === '8081' });
    const { assignments } = await remap(model);

    expect(assignments.map(({ port }) => port)).toEqual([8082]);
    expect(model.changes.filter((change) => change.startsWith('/commit'))).toHaveLength(1);
    expect(model.left()).toEqual(after);
  });

  test('names what cannot be rolled back, with the command that does it', async () => {
    // From the second rename on, all renames fail.
    await using model = await engineModel({
      fate: (change, what) => (what === 'POST rename' && change >= 4 ? 'forbid' : 'answer'),
    });

    await expect(remap(model)).rejects.toMatchObject({
      message: expect.stringContaining('web is now named web-portplan-old-'),
      hint: expect.stringMatching(/rename web-portplan-old-[0-9a-f]{8} web/),
    });
    expect(model.left().map((line) => line.replace(/-[0-9a-f]{8} /, ' '))).toEqual([
      'web-portplan-old stopped',
    ]);
  });

  test('reports failed rollbacks of the start and of the copy of the files together', async () => {
    await using model = await engineModel({
      fate: (change) => (change >= 3 ? 'forbid' : 'answer'),
    });

    await expect(remap(model)).rejects.toMatchObject({
      hint: expect.stringMatching(/^when the engine .* rm -f \S+; .* rmi portplan-remap:\S+$/),
    });
  });
});

describe('recoverRemap', () => {
  const newId = 'b'.repeat(64);
  const labels = { 'portplan.remap': oldId };
  const old = (name: string): GivenContainer => ({ id: oldId, name, state: 'exited' });
  const next = (name: string, state: GivenContainer['state']): GivenContainer => ({
    ...{ id: newId, name, state, labels },
  });
  const backup = 'web-portplan-old-1f3a0000';
  const temporary = 'web-portplan-new-1f3a0000';

  test.each([
    ['nothing was done', [old('web')], 'web', ['web stopped'], oldId],
    [
      'the new container was created',
      [old('web'), next(temporary, 'created')],
      'web',
      ['web stopped'],
      oldId,
    ],
    [
      'the old container was renamed',
      [old(backup), next(temporary, 'created')],
      'web',
      ['web stopped'],
      oldId,
    ],
    ['the same, by its backup name', [old(backup)], backup, ['web stopped'], oldId],
    [
      'the new container had its name',
      [old(backup), next('web', 'created')],
      '/web',
      ['web stopped'],
      oldId,
    ],
    [
      'the new container runs',
      [old(backup), next('web', 'running')],
      'web',
      ['web running'],
      newId,
    ],
    [
      'the new container has run',
      [old(backup), next('web', 'exited')],
      'web',
      ['web stopped'],
      newId,
    ],
    [
      'the same, by the old id',
      [old(backup), next('web', 'exited')],
      oldId,
      ['web stopped'],
      newId,
    ],
  ] as const)('recovers after a kill when %s', async (_name, containers, asked, expected, id) => {
    await using model = await engineModel({ containers });
    const recovered = await recover(model, asked);

    expect(recovered?.container.Id).toBe(id);
    expect(recovered?.notes.join()).toMatch(
      asked === 'web' && containers.length === 1 ? /^$/ : /an interrupted remap/,
    );
    expect(model.left()).toEqual(expected);
  });

  test.each([
    ['a successor of another container', [old(backup), { ...next('web', 'running'), labels: {} }]],
    [
      'a container whose label names a container with another name',
      [old('db'), next('web', 'created')],
    ],
    ['a copy under another name', [old('web'), next('kept', 'created')]],
  ] as const)('changes nothing for %s', async (_name, containers) => {
    await using model = await engineModel({ containers });
    const recovered = await recover(model, 'web');

    expect(recovered?.notes).toEqual([]);
    expect(model.changes).toEqual([]);
  });

  test('returns undefined for an unknown name and for two candidates', async () => {
    const containers = [old(backup), { ...next('web-portplan-old-2e', 'exited') }];
    await using model = await engineModel({ containers });

    expect(await recover(model, 'db')).toBeUndefined();
    expect(await recover(model, 'web')).toBeUndefined();
    expect(model.changes).toEqual([]);
  });
});

async function recover(model: EngineModel, name: string) {
  return withEngine(model, (engine) => recoverRemap(engine, name, async () => model.names()));
}

async function withEngine<T>(
  { dockerHost }: EngineModel,
  work: (engine: Engine) => Promise<T>,
): Promise<T> {
  const search = await openEngine({ host: dockerHost, timeoutMs: 2000 });
  if (search.kind === 'none') throw search.error;
  try {
    return await work(search.engine);
  } finally {
    search.engine.client.close();
  }
}
