import { transform } from 'esbuild';

/** The parameters of the function that contains a chunk; launcher/start.cjs passes the arguments. */
export const chunkParameters = 'exports,require,module,__filename,__export,__toESM';

/** Returns an ES module of esbuild's as the body of a function with `chunkParameters`, minified except for names. */
export async function chunkToScript(text, target) {
  const options = { platform: 'node', target, minifySyntax: true, minifyWhitespace: true };
  const { code: wrapped } = await transform(text, {
    ...options,
    format: 'cjs',
    // import() of a chunk becomes require(): chunks are scripts.
    supported: { 'dynamic-import': false },
  });
  // Names are kept and lines are short, so that the stack of an internal error is readable.
  const { code } = await transform(withoutHelpers(wrapped), { ...options, lineLimit: 120 });
  // esbuild does not escape regular expressions. Only ASCII text can be read without decoding it.
  return code.replace(/[\u0080-\uffff]/g, (unit) => {
    const digits = unit.charCodeAt(0).toString(16).padStart(4, '0');
    return `\\u${digits}`;
  });
}

/** From the first helper to the exports. */
const helpers =
  /^var __.*?;(__export\(stdin_exports,(\{.*?\})\);)?module\.exports=__toCommonJS\(stdin_exports\);/s;
/** The exports once more, as a hint for tools that do not run the code. */
const exportHint = /0&&\(module\.exports=\{[^}]*\}\);\s*$/;

/**
 * esbuild puts the helpers that make a CommonJS module into each chunk. They are longer than many chunks, so start.cjs has
 * them once. docs/decisions/0009-bundle-chunks.md has the measurement.
 */
function withoutHelpers(code) {
  const [prefix, , getters] = helpers.exec(code) ?? [];
  if (prefix === undefined)
    throw new Error(`unexpected CommonJS helpers of esbuild: ${code.slice(0, 300)}`);
  const rest = code.slice(prefix.length).replace(exportHint, '');
  return getters === undefined ? rest : `__export(exports,${getters});${rest}`;
}
