import { EngineApiError } from '../client/error.ts';
import type { Engine } from '../open-engine.ts';

/** A network of the engine. */
export interface NamedNetwork {
  readonly id: string;
  readonly name: string;
  /** The compose project that made it. */
  readonly project?: string | undefined;
  /** In CIDR notation. */
  readonly subnets: readonly string[];
}

/** A volume of the engine. */
export interface NamedVolume {
  readonly name: string;
  readonly project?: string | undefined;
}

/** The networks of an engine. @throws PortplanError */
export async function listNetworks({
  client,
}: Pick<Engine, 'client'>): Promise<readonly NamedNetwork[]> {
  const entries = await client.read('networks', 'list its networks', '/networks');
  return entries.map(({ Id = '', Name = '', Labels, IPAM }) => ({
    id: Id,
    name: Name,
    project: projectOf(Labels),
    subnets: (IPAM?.Config ?? []).flatMap((pool) => pool.Subnet ?? []),
  }));
}

/** The volumes of an engine. @throws PortplanError */
export async function listVolumes({
  client,
}: Pick<Engine, 'client'>): Promise<readonly NamedVolume[]> {
  const found = await client.read('volumes', 'list its volumes', '/volumes');
  return (found?.Volumes ?? []).map(({ Name = '', Labels }) => ({
    name: Name,
    project: projectOf(Labels),
  }));
}

/** Removes a network that nobody uses; one that is used, or gone, stays as it is. @throws PortplanError */
export async function removeNetwork({ client }: Pick<Engine, 'client'>, id: string): Promise<void> {
  await unlessRefused(
    client.call('remove a network', (docker, abortSignal) =>
      docker.getNetwork(id).remove({ abortSignal }),
    ),
  );
}

/** Removes a volume that nobody uses; one that is used, or gone, stays as it is. @throws PortplanError */
export async function removeVolume(
  { client }: Pick<Engine, 'client'>,
  name: string,
): Promise<void> {
  await unlessRefused(
    client.call('remove a volume', (docker, abortSignal) =>
      docker.getVolume(name).remove({ abortSignal }),
    ),
  );
}

async function unlessRefused(removal: Promise<unknown>): Promise<void> {
  try {
    await removal;
  } catch (error) {
    const refused = error instanceof EngineApiError && error.status < 500;
    if (!refused) throw error;
  }
}

function projectOf(labels: Readonly<Record<string, string>> | null | undefined) {
  return labels?.['com.docker.compose.project'];
}
