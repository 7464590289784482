import type { OnProgress, Progress } from '../model/findings/progress.ts';
import type { OutputStream } from './io.ts';

const clearLine = '\r\u001b[K';
/** How long nothing is said, and how often the line is drawn anew; milliseconds. */
const patience = 1000;
const interval = 100;

const words: Readonly<Record<Progress['of'], string>> = {
  files: 'reading files',
  containers: 'asking about containers',
};

/** Shows on a terminal, and only there, how far work has come that takes longer than a second. */
export function createProgressDisplay(
  stream: Pick<OutputStream, 'isTTY' | 'write'>,
  { quiet, now = Date.now }: { readonly quiet: boolean; readonly now?: () => number },
): { readonly onProgress?: OnProgress; end(): void } {
  if (quiet || !stream.isTTY) return { end: () => {} };
  const startedAt = now();
  let drawnAt = 0;
  return {
    onProgress: ({ of, done, total }) => {
      const time = now();
      if (time - startedAt < patience || time - drawnAt < interval) return;
      drawnAt = time;
      stream.write(`${clearLine}${words[of]}  ${done} of ${total}`);
    },
    end: () => {
      if (drawnAt > 0) stream.write(clearLine);
      drawnAt = 0;
    },
  };
}
