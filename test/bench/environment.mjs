import { access, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

/** Finds the installed programs to compare with. `npm run bench:tools` installs dclint into a folder of its own. */
export async function benchEnvironment() {
  const tools = new Map();
  for (const name of ['docker', 'ss', 'lsof']) if (await findProgram(name)) tools.set(name, name);
  const dclint = (await isThere(here('tools/node_modules/.bin/dclint')))
    ? here('tools/node_modules/.bin/dclint')
    : await findProgram('dclint');
  if (dclint !== undefined) {
    tools.set('dclint', dclint);
    tools.set(dclint, dclint);
  }
  return {
    portplan: [process.execPath, '--', here('../../bin/portplan.js')],
    node: process.execPath,
    tools,
    image: 'nginx:1.25',
    naive: here('naive.mjs'),
    env: cleanEnvironment(),
  };
}

/** Without NODE_EXTRA_CA_CERTS, which adds 80 ms to every start of Node and so flatters every ratio. */
function cleanEnvironment() {
  const { NODE_EXTRA_CA_CERTS, NODE_OPTIONS, NODE_DISABLE_COMPILE_CACHE, ...env } = process.env;
  return Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith('PORTPLAN_')));
}

async function findProgram(name) {
  for (const folder of (process.env.PATH ?? '').split(delimiter))
    if (await isThere(join(folder, name))) return join(folder, name);
  return undefined;
}

async function isThere(path) {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}
