import type { Engine } from '../../rig/engines.ts';

/** State of an engine as comparable lines, read directly from it. */
export interface World {
  /** `NAME VERSION STATE PORTS`, with the version of a test label and the host ports. */
  readonly containers: readonly string[];
  readonly networks: readonly string[];
  readonly volumes: readonly string[];
  /** Names; ids of images without a name. */
  readonly images: readonly string[];
}

interface Listed {
  readonly Id: string;
  readonly Names: readonly string[];
  readonly State: string;
  readonly Labels: Readonly<Record<string, string>> | null;
  readonly Ports: readonly { readonly PublicPort?: number }[] | null;
}

export async function readWorld(engine: Engine): Promise<World> {
  const [containers, networks, volumes, images] = await Promise.all([
    engine.api<readonly Listed[]>('GET', '/containers/json?all=true'),
    engine.api<readonly { Name: string }[]>('GET', '/networks'),
    engine.api<{ Volumes: readonly { Name: string }[] | null }>('GET', '/volumes'),
    engine.api<readonly { Id: string; RepoTags: readonly string[] | null }[]>(
      'GET',
      '/images/json',
    ),
  ]);
  return {
    containers: containers.json
      .map(({ Names, State, Labels, Ports }) => {
        const version = Labels?.['fault.version'] ?? '-';
        const ports = new Set((Ports ?? []).flatMap(({ PublicPort }) => PublicPort ?? []));
        return `${Names[0]?.slice(1)} ${version} ${State} ${[...ports].join(',')}`.trim();
      })
      .sort(),
    networks: networks.json.map(({ Name }) => Name).sort(),
    volumes: (volumes.json.Volumes ?? []).map(({ Name }) => Name).sort(),
    images: images.json
      .flatMap(({ Id, RepoTags }) => (RepoTags?.length ? RepoTags : [Id.slice(0, 19)]))
      .sort(),
  };
}

/** Returns one line per difference; empty when both are equal. */
export function compareWorlds(before: World, after: World): readonly string[] {
  return (['containers', 'networks', 'volumes', 'images'] as const).flatMap((kind) => [
    ...after[kind]
      .filter((one) => !before[kind].includes(one))
      .map((one) => `left ${kind}: ${one}`),
    ...before[kind]
      .filter((one) => !after[kind].includes(one))
      .map((one) => `lost ${kind}: ${one}`),
  ]);
}

/** Removes everything that tests created, except shared images. */
export async function clearWorld(engine: Engine): Promise<void> {
  await engine.removeAllContainers();
  const { volumes, images } = await readWorld(engine);
  for (const name of volumes) await engine.api('DELETE', `/volumes/${name}?force=true`);
  for (const name of images.filter((one) => one.startsWith('portplan-remap')))
    await engine.api('DELETE', `/images/${name}?force=true`);
}
