import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * For esbuild: parts of packages that cost much to load and are not needed, or hardly ever.
 * - string-width compiles patterns of all emoji when it is loaded (50 ms): here only for a text that is not plain ASCII.
 * - yargs looks for files and translations (10 ms).
 * - cli-table3 is for tables that are not plain (10 ms).
 * - dockerode loads its own ssh, gRPC and tar (150 ms) for `ssh://`, which we connect ourselves, and for building images.
 */
export const lightParts = {
  name: 'light-parts',
  setup(build) {
    build.onResolve(
      { filter: /^string-width$/ },
      async ({ path, importer, kind, resolveDir, pluginData }) => {
        if (pluginData === isWhole) return undefined;
        const whole = await build.resolve(path, {
          importer,
          kind,
          resolveDir,
          pluginData: isWhole,
        });
        return { path: whole.path, namespace: 'light-string-width', pluginData: { kind } };
      },
    );
    build.onLoad({ filter: /./, namespace: 'light-string-width' }, ({ path, pluginData }) => ({
      contents: lightStringWidth(path, pluginData.kind),
      resolveDir: dirname(path),
    }));
    build.onResolve({ filter: /^cli-table3$/ }, ({ pluginData }) =>
      pluginData === isWhole || pluginData?.isLazy
        ? undefined
        : { path: 'cli-table3', namespace: 'lazy' },
    );
    build.onLoad({ filter: /./, namespace: 'lazy' }, ({ path }) => ({
      contents: `export default function (options) { return new (require('${path}'))(options); }`,
      resolveDir: here,
      pluginData: { isLazy: true },
    }));
    build.onLoad(
      { filter: /[/\\]yargs[/\\]lib[/\\]platform-shims[/\\]esm\.mjs$/ },
      async ({ path }) => ({
        contents: await readFile(join(here, 'shims/yargs-platform.mjs'), 'utf8'),
        resolveDir: dirname(path),
      }),
    );
    build.onResolve(
      { filter: /^(\.\/ssh|\.\/session|tar-fs|@balena\/dockerignore)$/ },
      ({ path, importer }) =>
        /[/\\](dockerode|docker-modem)[/\\]/.test(importer)
          ? { path, namespace: 'left-out' }
          : undefined,
    );
    build.onLoad({ filter: /./, namespace: 'left-out' }, () => ({
      contents: 'module.exports = {};',
    }));
  },
};

const here = fileURLToPath(new URL('.', import.meta.url));
const isWhole = Symbol('the package itself');

function lightStringWidth(path, kind) {
  const isScript = kind === 'require-call';
  return `
    const whole = (...args) => require(${JSON.stringify(path)})${isScript ? '' : '.default'}(...args);
    const light = (text, options) =>
      typeof text === 'string' && /^[ -~]*$/.test(text) ? text.length : whole(text, options);
    ${isScript ? 'module.exports =' : 'export default'} light;`;
}
