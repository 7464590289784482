import type { OnProgress, Progress } from '../model/findings/progress.ts';
import type { OutputStream } from './io.ts';

const clearLine = '\r\u001b[K';
/** Delay before the first line, and the interval between updates. */
const delayMs = 1000;
const intervalMs = 100;

const labels: Readonly<Record<Progress['of'], string>> = {
  files: 'reading files',
  containers: 'inspecting containers',
};

/** Shows the progress of work that takes longer than a second; only on a terminal. */
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
      if (time - startedAt < delayMs || time - drawnAt < intervalMs) return;
      drawnAt = time;
      stream.write(`${clearLine}${labels[of]}  ${done} of ${total}`);
    },
    end: () => {
      if (drawnAt > 0) stream.write(clearLine);
      drawnAt = 0;
    },
  };
}
