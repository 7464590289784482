import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * Plugin for esbuild that removes or delays parts of packages that are slow to load and rarely needed.
 * - string-width compiles patterns of all emoji when it is loaded (50 ms): now only for text that is not plain ASCII.
 * - yargs searches for files and translations (10 ms).
 * - cli-table3 is only for tables that are not plain (10 ms).
 * - dockerode loads its own ssh, gRPC and tar (150 ms) for `ssh://`, which portplan connects itself, and to build images.
 */
export const slimDependencies = {
  name: 'slim-dependencies',
  setup(build) {
    build.onResolve(
      { filter: /^string-width$/ },
      async ({ path, importer, kind, resolveDir, pluginData }) => {
        if (pluginData === originalPackage) return undefined;
        const original = await build.resolve(path, {
          importer,
          kind,
          resolveDir,
          pluginData: originalPackage,
        });
        return { path: original.path, namespace: 'slim-string-width', pluginData: { kind } };
      },
    );
    build.onLoad({ filter: /./, namespace: 'slim-string-width' }, ({ path, pluginData }) => ({
      contents: slimStringWidth(path, pluginData.kind),
      resolveDir: dirname(path),
    }));
    build.onResolve({ filter: /^cli-table3$/ }, ({ pluginData }) =>
      pluginData === originalPackage || pluginData?.isLazy
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
          ? { path, namespace: 'omitted' }
          : undefined,
    );
    build.onLoad({ filter: /./, namespace: 'omitted' }, () => ({
      contents: 'module.exports = {};',
    }));
  },
};

const here = fileURLToPath(new URL('.', import.meta.url));
const originalPackage = Symbol('original package');

function slimStringWidth(path, kind) {
  const isScript = kind === 'require-call';
  return `
    const original = (...args) => require(${JSON.stringify(path)})${isScript ? '' : '.default'}(...args);
    const slim = (text, options) =>
      typeof text === 'string' && /^[ -~]*$/.test(text) ? text.length : original(text, options);
    ${isScript ? 'module.exports =' : 'export default'} slim;`;
}
