import type { Readable } from 'node:stream';
import { messageOf, PortplanError } from '../../errors.ts';
import { EngineApiError } from '../client/error.ts';
import { withLivenessCheck } from '../client/liveness.ts';
import { parse, type Schema } from '../client/schema.ts';
import type { Engine } from '../open-engine.ts';
import type { RegistryCredentials } from './credentials.ts';
import type { ImageName } from './reference.ts';

/** Progress of a pull. */
export interface PullProgress {
  /** Number of known layers, and of completed ones. */
  readonly layers: number;
  readonly finished: number;
  /** Bytes, as far as the registry reports them. */
  readonly current: number;
  readonly total: number;
}

export interface PullOptions {
  readonly credentials?: RegistryCredentials | undefined;
  readonly platform?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: PullProgress) => void) | undefined;
}

interface PullEvent {
  readonly id?: string;
  readonly status?: string;
  readonly error?: string;
  readonly progressDetail?: { readonly current?: number; readonly total?: number };
}

/**
 * Pulls an image and waits until it is complete, without a timeout while the engine responds.
 * @throws PortplanError `image-unavailable` with the registry's message, `engine-timeout`, `engine-failed`
 */
export async function pullImage(
  engine: Engine,
  image: ImageName,
  options: PullOptions = {},
): Promise<void> {
  const { credentials, platform, signal } = options;
  const query = { ...sourceOf(image), ...(platform !== undefined && { platform }) };
  try {
    await engine.client.call(
      `pulling ${image.familiar}`,
      (docker, abortSignal) =>
        withLivenessCheck(engine, abortSignal, async (alive) => {
          const stream = await docker.createImage(credentials, { ...query, abortSignal });
          alive();
          const progress = createProgress();
          for await (const line of readLines(stream)) {
            alive();
            progress.add(parseEvent(line));
            options.onProgress?.(progress.now());
          }
        }),
      { timeoutMs: Number.POSITIVE_INFINITY, signal },
    );
  } catch (error) {
    throw error instanceof EngineApiError ? unavailable(image, error.message, error) : error;
  }
}

/** Yields the lines of a stream. Unlike readline, throws no error of the stream after its last line. */
async function* readLines(stream: Readable): AsyncGenerator<string> {
  // After an error the reader destroys the stream, which emits another error.
  stream.on('error', () => {});
  let rest = '';
  for await (const chunk of stream.setEncoding('utf8')) {
    const lines = `${rest}${chunk}`.split('\n');
    rest = lines.pop() ?? '';
    if (rest.length > maxEventLength) throw invalidProgress('unterminated event');
    yield* lines.filter((line) => line.trim() !== '');
  }
  if (rest.trim() !== '') yield rest;
}

function sourceOf({ registry, repository, tag, digest }: ImageName) {
  const name =
    registry === 'docker.io' ? repository.replace(/^library\//, '') : `${registry}/${repository}`;
  if (digest !== undefined) return { fromImage: `${name}@${digest}` };
  return { fromImage: name, ...(tag !== undefined && { tag }) };
}

/** @throws EngineApiError for an event that reports a failed pull */
function parseEvent(line: string): PullEvent {
  const event = parse(parseJson(line), eventSchema) as PullEvent | undefined;
  if (event === undefined) throw invalidProgress('not an event');
  if (event.error !== undefined) throw new EngineApiError(event.error, 500);
  return event;
}

const eventSchema: Schema = {
  fields: {
    id: 'string',
    status: 'string',
    error: 'string',
    progressDetail: { fields: { current: 'number', total: 'number' } },
  },
};

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch (cause) {
    throw invalidProgress(messageOf(cause), cause);
  }
}

function invalidProgress(reason: string, cause?: unknown): PortplanError {
  const message = `invalid pull progress from the engine: ${reason}`;
  return new PortplanError('engine-failed', message, { cause });
}

/** In characters; events have hundreds. */
const maxEventLength = 1024 * 1024;
/** More than any image has: engines support 127 layers. */
const maxLayers = 1000;

function createProgress() {
  const layers = new Map<string, { current: number; total: number; done: boolean }>();
  return {
    add({ id, status = '', progressDetail }: PullEvent) {
      if (id === undefined || !/^[0-9a-f]{12}/.test(id)) return;
      if (layers.size >= maxLayers && !layers.has(id)) return;
      const layer = layers.get(id) ?? { current: 0, total: 0, done: false };
      if (status === 'Downloading') {
        layer.current = progressDetail?.current ?? layer.current;
        layer.total = progressDetail?.total ?? layer.total;
      }
      layer.done ||=
        status === 'Pull complete' || status === 'Already exists' || status === 'Download complete';
      layers.set(id, layer);
    },
    now(): PullProgress {
      const all = [...layers.values()];
      return {
        layers: all.length,
        finished: all.filter(({ done }) => done).length,
        current: all.reduce((sum, { current, total, done }) => sum + (done ? total : current), 0),
        total: all.reduce((sum, { total }) => sum + total, 0),
      };
    },
  };
}

/** Hints by the message of the registry. */
const hints: readonly { readonly message: RegExp; readonly hint: string }[] = [
  {
    message: /not found|manifest unknown|does not exist|name unknown|unknown: /i,
    hint: 'check the name and the tag; a private image needs docker login first',
  },
  {
    message: /unauthorized|denied|authentication required|no basic auth/i,
    hint: 'docker login to that registry, then try again',
  },
  {
    message: /no such host|connection refused|timeout|TLS|certificate|server gave HTTP/i,
    hint: 'the engine cannot reach the registry',
  },
  {
    message: /no matching manifest|no image found .* platform/i,
    hint: 'the image has no variant for this platform; try --platform',
  },
];

function unavailable({ familiar }: ImageName, message: string, cause: unknown): PortplanError {
  const hint = hints.find((known) => known.message.test(message))?.hint;
  return new PortplanError('image-unavailable', `cannot pull ${familiar}: ${message}`, {
    hint,
    cause,
  });
}
