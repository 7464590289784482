import type { PullProgress } from '../engine/images/pull.ts';
import { safeText } from '../model/text/safe-text.ts';
import type { OutputStream } from './io.ts';

const clearLine = '\r\u001b[K';
/** Interval between updates of the line. */
const intervalMs = 100;

/** Shows a pull on stderr: one line that is updated on a terminal, two plain lines elsewhere. */
export function createPullDisplay(stream: OutputStream, { quiet }: { readonly quiet: boolean }) {
  let drawnAt = 0;
  let open = false;
  const end = () => {
    if (open) stream.write(clearLine);
    open = false;
  };
  if (quiet) return { end };
  return {
    end,
    onPull: (image: string) => {
      if (!stream.isTTY) stream.write(`portplan: pulling ${safeText(image)}\n`);
    },
    onPullProgress: (image: string, progress: PullProgress) => {
      if (!stream.isTTY || Date.now() - drawnAt < intervalMs) return;
      drawnAt = Date.now();
      open = true;
      stream.write(`${clearLine}pulling ${safeText(image)}  ${describeProgress(progress)}`);
    },
    onPulled: (image: string) => {
      end();
      stream.write(`portplan: pulled ${safeText(image)}\n`);
    },
  };
}

function describeProgress({ layers, finished, current, total }: PullProgress): string {
  const bytes = total === 0 ? '' : `  ${formatBytes(current)} of ${formatBytes(total)}`;
  return `${finished} of ${layers} layers${bytes}`;
}

function formatBytes(bytes: number): string {
  return bytes < 1e6 ? `${Math.round(bytes / 1e3)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}
