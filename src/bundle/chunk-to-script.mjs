import { transform } from 'esbuild';

/** What a part is called with, by launcher/start.cjs. */
export const givenToParts = 'exports,require,module,__filename,__export,__toESM';

/** The text of a module, as esbuild writes it, as the body of a function of `givenToParts`. */
export async function toScript(text, target) {
  const options = { platform: 'node', target, minifySyntax: true, minifyWhitespace: true };
  const { code: framed } = await transform(text, {
    ...options,
    format: 'cjs',
    // import() of a part becomes require(): the parts are scripts.
    supported: { 'dynamic-import': false },
  });
  // Names stay as they are, and lines short: what a fault prints must be readable.
  const { code } = await transform(withoutFrame(framed), { ...options, lineLimit: 120 });
  // esbuild leaves patterns as they are; with ASCII alone the file is read without decoding it.
  return code.replace(/[\u0080-\uffff]/g, (unit) => {
    const digits = unit.charCodeAt(0).toString(16).padStart(4, '0');
    return `\\u${digits}`;
  });
}

/** From the first helper to the exports; then the exports once more, for readers of text. */
const frame =
  /^var __.*?;(__export\(stdin_exports,(\{.*?\})\);)?module\.exports=__toCommonJS\(stdin_exports\);/s;
const frameEnd = /0&&\(module\.exports=\{[^}]*\}\);\s*$/;

/**
 * What esbuild writes around each part, to give its exports to require(), is as long as many a part: launcher/start.cjs
 * has it once for all of them.
 */
function withoutFrame(code) {
  const [whole, , getters] = frame.exec(code) ?? [];
  if (whole === undefined)
    throw new Error(`esbuild frames modules in another way now: ${code.slice(0, 300)}`);
  const rest = code.slice(whole.length).replace(frameEnd, '');
  return getters === undefined ? rest : `__export(exports,${getters});${rest}`;
}
