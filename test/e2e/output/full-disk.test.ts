import { open, readdir } from 'node:fs/promises';
import { expect, test } from '@jest/globals';
import { describeEngines } from '../../rig/engines.ts';
import { portplan } from '../../rig/portplan.ts';
import { runOrThrow } from '../../rig/run.ts';
import { holdSocket } from '../../rig/sockets.ts';
import { type TempFolder, tempFolder } from '../../rig/temp.ts';
import { listContainers } from '../ask.ts';
import { compareWorlds, readWorld } from '../faults/world.ts';

/** Mounts a file system without a free byte on `full`, for this user only: leases reject a world-writable folder. */
async function mountFull({ path }: TempFolder): Promise<AsyncDisposable> {
  await runOrThrow('mount', ['-t', 'tmpfs', '-o', 'size=64k,mode=700', 'tmpfs', `${path}/full`]);
  await using file = await open(`${path}/full/fill`, 'w');
  await file.writeFile(Buffer.alloc(1024 * 1024)).catch(() => {});
  return {
    async [Symbol.asyncDispose]() {
      await runOrThrow('umount', [`${path}/full`]);
    },
  };
}

const project = 'name: fulldisk\nservices: { web: { image: "nginx:1.25", ports: ["7530:80"] } }\n';

describeEngines('a disk that is full', ['moby-28'], (engine) => {
  test.each([
    ['for temporary files', 'TMPDIR', ['up', '-d'], 125, 'no space left on device'],
    ['for what is remembered', 'PORTPLAN_STATE_DIR', ['up', '-d'], 125, 'no space left'],
    ['for leases', 'PORTPLAN_STATE_DIR', ['plan', '--lease'], 2, 'no space left'],
  ])('%s (%s) ends %j, and nothing is left', async (_what, variable, args, expected, words) => {
    await engine.docker(['pull', '-q', 'nginx:1.25']);
    await using folder = await tempFolder({ 'compose.yaml': project, 'full/.keep': '' });
    await using _full = await mountFull(folder);
    await using _held = await holdSocket({
      ...{ protocol: 'tcp', state: 'listen', address: '127.0.0.1', port: 7530, network: engine },
    });
    const before = await readWorld(engine);
    const { code, stderr } = await portplan(args, {
      ...{ engine, cwd: folder.path },
      env: { PORTPLAN_STATE_DIR: `${folder.path}/state`, [variable]: `${folder.path}/full` },
    });

    expect({ code, stderr }).toEqual({ code: expected, stderr: expect.stringContaining(words) });
    expect(stderr).not.toContain('internal error');
    expect(compareWorlds(before, await readWorld(engine))).toEqual([]);
    expect(await listContainers(engine)).toEqual([]);
    expect(await readdir(`${folder.path}/full`)).toEqual(['fill']);
  });
});
