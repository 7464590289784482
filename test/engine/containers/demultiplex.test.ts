import { PassThrough, Readable, Writable } from 'node:stream';
import { describe, expect, test } from '@jest/globals';
import { demultiplex } from '../../../src/engine/containers/demultiplex.ts';

function frame(stream: number, text: string): Buffer {
  const header = Buffer.alloc(8);
  header[0] = stream;
  header.writeUInt32BE(Buffer.byteLength(text), 4);
  return Buffer.concat([header, Buffer.from(text)]);
}

async function split(chunks: readonly Buffer[]): Promise<readonly [string, string]> {
  const texts = ['', ''] as [string, string];
  const collect = (index: 0 | 1) =>
    new Writable({
      write(chunk: Buffer, _encoding, done) {
        texts[index] += chunk.toString();
        done();
      },
    });
  await demultiplex(Readable.from(chunks), collect(0), collect(1));
  return texts;
}

const mixed = Buffer.concat([
  frame(1, 'out 1\n'),
  frame(2, 'err\n'),
  frame(1, ''),
  frame(1, 'ü\n'),
]);

describe('demultiplex', () => {
  test.each([
    ['in one piece', [mixed]],
    ['byte by byte', [...mixed].map((byte) => Buffer.from([byte]))],
    ['cut inside a header', [mixed.subarray(0, 3), mixed.subarray(3)]],
    ['cut inside a letter', [mixed.subarray(0, -2), mixed.subarray(-2)]],
  ])('separates the streams, %s', async (_name, chunks) => {
    expect(await split(chunks)).toEqual(['out 1\nü\n', 'err\n']);
  });

  test('drops an incomplete frame', async () => {
    expect(await split([frame(1, 'whole'), frame(2, 'half').subarray(0, 10)])).toEqual([
      'whole',
      '',
    ]);
  });

  test.each(['{}', '<html>nothing of the kind'])('rejects %s', async (text) => {
    await expect(split([frame(1, 'a'), Buffer.from(text)])).rejects.toMatchObject({
      code: 'engine-failed',
    });
  });

  test('waits for a slow reader', async () => {
    const slow = new PassThrough({ highWaterMark: 4 });
    let isDone = false;
    const copied = demultiplex(
      Readable.from([frame(1, 'more than fits'), frame(1, '!')]),
      slow,
      slow,
    ).then(() => {
      isDone = true;
    });
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(isDone).toBe(false);
    slow.resume();
    await copied;
  });

  test('ends when the reader is closed', async () => {
    const closed = new PassThrough({ highWaterMark: 1 });
    const copied = demultiplex(Readable.from([frame(1, 'text'), frame(1, 'text')]), closed, closed);
    setTimeout(() => closed.destroy(), 10);

    await expect(copied).resolves.toBeUndefined();
  });
});
