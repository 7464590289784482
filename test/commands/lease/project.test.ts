import { describe, expect, jest, test } from '@jest/globals';
import { portplan } from '../../rig/portplan.ts';
import { tempFolder } from '../../rig/temp.ts';

// Several starts of node, on a machine that may be busy.
jest.setTimeout(60_000);

const composeFile = `name: fancy
services:
  web:
    image: nginx:1.25
    ports: ["127.0.0.1:7001:80", "7002:443"]
  db:
    image: postgres:16
    ports: ["7003:5432"]
`;

/** A project under another name than its folder's, and the real program in its folders. */
async function project(text = composeFile) {
  const folder = await tempFolder({ 'shop/compose.yaml': text, 'shop/sub/file': '' });
  return {
    folder,
    run: (place: string, ...args: string[]) =>
      portplan(args, {
        cwd: `${folder.path}/${place}`,
        env: {
          PORTPLAN_STATE_DIR: `${folder.path}/state`,
          DOCKER_HOST: undefined,
          PORTPLAN_HOST: `unix://${folder.path}/no-engine`,
        },
      }),
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  };
}

describe('lease means the project that plan and up mean', () => {
  test.each(['shop', 'shop/sub'])('pins, lists and releases a lease in %s', async (place) => {
    await using shop = await project();
    expect(await shop.run(place, 'lease', 'pin', 'db', '7100')).toMatchObject({ code: 0 });
    expect(await shop.run(place, 'lease', 'pin', 'web', '7101:80')).toMatchObject({ code: 0 });

    const { stdout } = await shop.run('shop', 'lease', 'ls');
    expect(stdout).toMatch(/7100\/tcp +db 5432 +fancy .*\/shop\n/);
    // The address of the file's own entry: another one would be nobody's.
    expect(stdout).toMatch(/127\.0\.0\.1:7101\/tcp +web 80 +fancy .*\/shop\n/);

    const given = await shop.run(place, 'lease', 'release', 'db');
    expect(given.stdout).toContain('7100/tcp');
    expect((await shop.run(place, 'lease', 'ls')).stdout).not.toContain('7100/tcp');
  });

  test('uses the project name of the file', async () => {
    await using shop = await project();
    const file = ['-f', 'shop/compose.yaml'];
    expect(await shop.run('.', 'lease', 'pin', 'db', '7100', ...file)).toMatchObject({ code: 0 });
    expect((await shop.run('.', 'lease', 'ls', ...file)).stdout).toMatch(
      /7100\/tcp +db 5432 +fancy/,
    );
    expect((await shop.run('shop', 'lease', 'ls')).stdout).toMatch(/7100\/tcp +db 5432 +fancy/);
  });

  test.each([
    ['a service that it has not', ['nobody', '7100:80'], 'unknown service "nobody"'],
    [
      'a port that the service does not publish',
      ['db', '7100:80'],
      '"db" does not publish "7100:80"',
    ],
    ['an address of no entry', ['web', '127.0.0.2:7100:80'], 'it publishes 80/tcp on 127.0.0.1'],
    ['one of several', ['web', '7100'], 'several (80, 443): which container port'],
  ])('refused: %s', async (_name, words, message) => {
    await using shop = await project();
    const { code, stderr } = await shop.run('shop', 'lease', 'pin', ...words);
    expect(code).toBe(2);
    expect(stderr).toContain(message);
  });

  test('lists leases despite an invalid file, but pins none', async () => {
    await using shop = await project();
    await shop.run('shop', 'lease', 'pin', 'db', '7100');
    await shop.folder.write('shop/compose.yaml', 'services: [');
    const { code, stdout, stderr } = await shop.run('shop', 'lease', 'ls');
    expect({ code, stdout }).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('7100/tcp'),
    });
    expect(stderr).toContain('Compose project ignored: compose.yaml:1:');
    expect(await shop.run('shop', 'lease', 'pin', 'db', '7101')).toMatchObject({ code: 2 });
  });
});
