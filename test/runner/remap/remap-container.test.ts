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

/** The steps of a remap, as the engine sees them. */
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
      ...{ engine, container, published, assignments: assignTo(8081) },
      replan: async (lost) => assignTo(8081 + lost.length),
      ...more,
    });
  });
}

const withoutToken = (change: string) => change.replace(/-[0-9a-f]{8}$/, '');

describe('remapContainer', () => {
  test('goes its way in this order', async () => {
    await using model = await engineModel();
    const { assignments, left } = await remap(model);

    expect(model.changes.map(withoutToken)).toEqual(steps);
    expect(assignments.map(({ port }) => port)).toEqual([8081]);
    expect(left).toBeUndefined();
    expect(model.left()).toEqual(after);
  });

  const fates: readonly Fate[] = ['refuse', 'break-before', 'break-after'];
  const faults = steps
    .slice(0, -1)
    .flatMap((step, index) => fates.map((fate) => [fate, step, index + 1] as const));

  test.each(faults)('%s at %s: all is as before', async (fate, _step, at) => {
    await using model = await engineModel({ fate: (change) => (change === at ? fate : 'answer') });

    await expect(remap(model)).rejects.toBeInstanceOf(PortplanError);
    expect(model.left()).toEqual(before);
  });

  test.each(fates)('%s when the old one is removed: it is removed in the end', async (fate) => {
    const last = steps.length;
    await using model = await engineModel({
      fate: (change) => (change === last ? fate : 'answer'),
    });
    const { left } = await remap(model);

    expect(left).toBeUndefined();
    expect(model.left()).toEqual(after);
  });

  test.each(steps.slice(0, -1).map((step, index) => [step, index + 1] as const))(
    'an interrupt at %s: all is as before',
    async (_step, at) => {
      const controller = new AbortController();
      await using model = await engineModel({
        fate: (change) => {
          if (change === at) controller.abort(new PortplanError('interrupted', 'enough'));
          return 'answer';
        },
      });

      await expect(remap(model, { signal: controller.signal })).rejects.toMatchObject({
        code: 'interrupted',
      });
      expect(model.left()).toEqual(before);
    },
  );

  test('a port that is lost is planned again, from the same copy of the files', async () => {
    await using model = await engineModel({ taken: (port) => port === '8081' });
    const { assignments } = await remap(model);

    expect(assignments.map(({ port }) => port)).toEqual([8082]);
    expect(model.changes.filter((change) => change.startsWith('/commit'))).toHaveLength(1);
    expect(model.left()).toEqual(after);
  });

  test('what cannot be undone is told, with the command that does it', async () => {
    // From the second rename on nothing is renamed any more.
    await using model = await engineModel({
      fate: (change, what) => (what === 'POST rename' && change >= 4 ? 'forbid' : 'answer'),
    });

    await expect(remap(model)).rejects.toMatchObject({
      message: expect.stringContaining('web is called web-portplan-old-'),
      hint: expect.stringMatching(/rename web-portplan-old-[0-9a-f]{8} web/),
    });
    expect(model.left().map((line) => line.replace(/-[0-9a-f]{8} /, ' '))).toEqual([
      'web-portplan-old stopped',
    ]);
  });

  test('what neither the start nor the copy of the files can undo is told together', async () => {
    await using model = await engineModel({
      fate: (change) => (change >= 3 ? 'forbid' : 'answer'),
    });

    await expect(remap(model)).rejects.toMatchObject({
      hint: expect.stringMatching(/^when the engine .* rm -f \S+; .* rmi portplan-remap:\S+$/),
    });
  });
});

describe('settleRemap', () => {
  const newId = 'b'.repeat(64);
  const labels = { 'portplan.remap': oldId };
  const old = (name: string): GivenContainer => ({ id: oldId, name, state: 'exited' });
  const next = (name: string, state: GivenContainer['state']): GivenContainer => ({
    ...{ id: newId, name, state, labels },
  });
  const aside = 'web-portplan-old-1f3a0000';
  const fresh = 'web-portplan-new-1f3a0000';

  test.each([
    ['nothing was done', [old('web')], 'web', ['web stopped'], oldId],
    ['the new one was made', [old('web'), next(fresh, 'created')], 'web', ['web stopped'], oldId],
    [
      'the old one was moved aside',
      [old(aside), next(fresh, 'created')],
      'web',
      ['web stopped'],
      oldId,
    ],
    ['the same, by its name aside', [old(aside)], aside, ['web stopped'], oldId],
    [
      'the new one had its name',
      [old(aside), next('web', 'created')],
      '/web',
      ['web stopped'],
      oldId,
    ],
    ['the new one runs', [old(aside), next('web', 'running')], 'web', ['web running'], newId],
    ['the new one has run', [old(aside), next('web', 'exited')], 'web', ['web stopped'], newId],
    ['the same, by the old id', [old(aside), next('web', 'exited')], oldId, ['web stopped'], newId],
  ] as const)('after a kill when %s', async (_name, containers, asked, expected, id) => {
    await using model = await engineModel({ containers });
    const settled = await settle(model, asked);

    expect(settled?.container.Id).toBe(id);
    expect(settled?.notes.join()).toMatch(
      asked === 'web' && containers.length === 1 ? /^$/ : /a remap (of web )?that was killed/,
    );
    expect(model.left()).toEqual(expected);
  });

  test.each([
    ['a successor of another container', [old(aside), { ...next('web', 'running'), labels: {} }]],
    [
      'a container that says it stands in for one with its own name',
      [old('db'), next('web', 'created')],
    ],
    ['a copy under another name', [old('web'), next('kept', 'created')]],
  ] as const)('touches nothing for %s', async (_name, containers) => {
    await using model = await engineModel({ containers });
    const settled = await settle(model, 'web');

    expect(settled?.notes).toEqual([]);
    expect(model.changes).toEqual([]);
  });

  test('knows none that is not there, nor which of two was meant', async () => {
    const containers = [old(aside), { ...next('web-portplan-old-2e', 'exited') }];
    await using model = await engineModel({ containers });

    expect(await settle(model, 'db')).toBeUndefined();
    expect(await settle(model, 'web')).toBeUndefined();
    expect(model.changes).toEqual([]);
  });
});

async function settle(model: EngineModel, name: string) {
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
