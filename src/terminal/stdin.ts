import type { Io } from './io.ts';

/** The text of stdin. */
export interface Input {
  readonly text: string;
  /** Whether the beginning was dropped because the text exceeds 4 MiB. */
  readonly cut: boolean;
}

/** Errors are at the end of a log, so only its end is kept. */
const maxBytes = 4 * 1024 * 1024;

/**
 * Reads stdin to its end and returns the last 4 MiB. Ctrl-C ends the input and keeps what was read, because
 * `docker compose up` continues when one service fails. Decodes UTF-8, and UTF-16 as PowerShell writes it.
 */
export async function readInput(io: Pick<Io, 'stdin' | 'on' | 'off'>): Promise<Input> {
  const { stdin } = io;
  const chunks: Buffer[] = [];
  let [size, total] = [0, 0];
  let wide: boolean | undefined;
  const stop = () => stdin.destroy();
  io.on('SIGINT', stop);
  try {
    for await (const data of stdin) {
      const chunk = Buffer.from(data);
      wide ??= chunk[0] === 0xff && chunk[1] === 0xfe;
      chunks.push(chunk);
      size += chunk.length;
      total += chunk.length;
      while (size - (chunks[0]?.length ?? 0) >= maxBytes) size -= chunks.shift()?.length ?? 0;
    }
  } catch (error) {
    if (!stdin.destroyed) throw error;
  } finally {
    io.off('SIGINT', stop);
  }
  const bytes = Buffer.concat(chunks);
  const encoding = wide ? 'utf16le' : 'utf8';
  const kept = bytes.subarray(Math.max(0, bytes.length - maxBytes));
  return { text: kept.toString(encoding), cut: total > kept.length };
}
