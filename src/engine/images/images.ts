import { isProtocol, type Protocol } from '../../model/ports/port.ts';
import { EngineApiError } from '../client/error.ts';
import { mapConcurrent } from '../client/map-concurrent.ts';
import type { Engine } from '../open-engine.ts';

/** A port that an image declares with EXPOSE. */
export interface ExposedPort {
  readonly target: number;
  readonly protocol: Protocol;
}

/** An image that the engine has. */
export interface LocalImage {
  readonly id: string;
  /** Such as `nginx:1.25`; empty for an untagged image. */
  readonly names: readonly string[];
  /** In ascending order, TCP first. */
  readonly exposed: readonly ExposedPort[];
}

/** Returns a local image; `undefined` when the engine does not have it. @throws PortplanError */
export async function inspectImage(
  { client }: Pick<Engine, 'client'>,
  name: string,
): Promise<LocalImage | undefined> {
  try {
    // Slashes in the name stay slashes in the path.
    const path = `/images/${encodeURI(name).replaceAll('?', '%3F').replaceAll('#', '%23')}/json`;
    const image = await client.read('image', `inspecting image ${name}`, path);
    return {
      id: image.Id,
      names: image.RepoTags ?? [],
      exposed: toExposed(image.Config?.ExposedPorts),
    };
  } catch (error) {
    if (error instanceof EngineApiError && error.status === 404) return undefined;
    throw error;
  }
}

/** Returns all tagged local images, sorted by name. @throws PortplanError */
export async function listImages(engine: Pick<Engine, 'client'>): Promise<readonly LocalImage[]> {
  const entries = await engine.client.read('images', 'listing images', '/images/json');
  const named = entries.filter(({ RepoTags }) => namesOf(RepoTags).length > 0);
  const images = await mapConcurrent(named, async ({ Id, RepoTags }) => {
    const image = await inspectImage(engine, Id);
    return image && { ...image, names: namesOf(RepoTags) };
  });
  return images.sort((a, b) => (a.names[0] ?? '').localeCompare(b.names[0] ?? '', 'en'));
}

function namesOf(tags: readonly string[] | null | undefined): readonly string[] {
  return (tags ?? []).filter((name) => name !== '<none>:<none>');
}

function toExposed(
  ports: Readonly<Record<string, unknown>> | null | undefined,
): readonly ExposedPort[] {
  return Object.keys(ports ?? {})
    .flatMap((key) => {
      const [, number, protocol = 'tcp'] = /^(\d{1,5})(?:\/(\w+))?$/.exec(key) ?? [];
      const target = Number(number);
      return target >= 1 && target <= 65535 && isProtocol(protocol) ? [{ target, protocol }] : [];
    })
    .sort((a, b) => a.target - b.target || a.protocol.localeCompare(b.protocol));
}
