import { once } from 'node:events';
import type { Readable, Writable } from 'node:stream';
import { PortplanError } from '../../errors.ts';

const headerBytes = 8;
const stderrStream = 2;
/** Messages of the engine itself. */
const lastStream = 3;

/**
 * Copies the output of a container without a terminal to two streams: frames of one byte for the stream, three unused
 * and four for the length (moby: api, attach). Waits for slow readers.
 * @throws PortplanError `engine-failed` for an invalid frame
 */
export async function demultiplex(
  source: Readable,
  stdout: Writable,
  stderr: Writable,
): Promise<void> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of source) {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    while (rest.length > 0) {
      if ((rest[0] ?? 0) > lastStream) throw invalidFrame();
      if (rest.length < headerBytes) break;
      const end = headerBytes + rest.readUInt32BE(4);
      if (rest.length < end) break;
      await write(rest[0] === stderrStream ? stderr : stdout, rest.subarray(headerBytes, end));
      rest = rest.subarray(end);
    }
  }
}

function invalidFrame(): PortplanError {
  return new PortplanError(
    'engine-failed',
    'invalid container output from the engine: unknown stream type',
  );
}

/** Writes data, and waits until the stream accepts more. */
export async function write(stream: Writable, data: Buffer): Promise<void> {
  if (stream.destroyed || stream.write(data)) return;
  await Promise.race([once(stream, 'drain'), once(stream, 'close')]);
}
