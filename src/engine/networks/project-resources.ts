import { EngineApiError } from '../client/error.ts';
import type { Engine } from '../open-engine.ts';

/** A network. */
export interface NamedNetwork {
  readonly id: string;
  readonly name: string;
  /** The Compose project that created it. */
  readonly project?: string | undefined;
  /** In CIDR notation. */
  readonly subnets: readonly string[];
}

/** A volume. */
export interface NamedVolume {
  readonly name: string;
  readonly project?: string | undefined;
}

/** Returns the networks of an engine. @throws PortplanError */
export async function listNetworks({
  client,
}: Pick<Engine, 'client'>): Promise<readonly NamedNetwork[]> {
  const entries = await client.read('networks', 'listing networks', '/networks');
  return entries.map(({ Id = '', Name = '', Labels, IPAM }) => ({
    id: Id,
    name: Name,
    project: projectOf(Labels),
    subnets: (IPAM?.Config ?? []).flatMap((pool) => pool.Subnet ?? []),
  }));
}

/** Returns the volumes of an engine. @throws PortplanError */
export async function listVolumes({
  client,
}: Pick<Engine, 'client'>): Promise<readonly NamedVolume[]> {
  const found = await client.read('volumes', 'listing volumes', '/volumes');
  return (found?.Volumes ?? []).map(({ Name = '', Labels }) => ({
    name: Name,
    project: projectOf(Labels),
  }));
}

/** Removes a network; ignores one that is in use or does not exist. @throws PortplanError */
export async function removeNetwork({ client }: Pick<Engine, 'client'>, id: string): Promise<void> {
  await ignoreRejection(
    client.call('removing a network', (docker, abortSignal) =>
      docker.getNetwork(id).remove({ abortSignal }),
    ),
  );
}

/** Removes a volume; ignores one that is in use or does not exist. @throws PortplanError */
export async function removeVolume(
  { client }: Pick<Engine, 'client'>,
  name: string,
): Promise<void> {
  await ignoreRejection(
    client.call('removing a volume', (docker, abortSignal) =>
      docker.getVolume(name).remove({ abortSignal }),
    ),
  );
}

async function ignoreRejection(removal: Promise<unknown>): Promise<void> {
  try {
    await removal;
  } catch (error) {
    const isRejected = error instanceof EngineApiError && error.status < 500;
    if (!isRejected) throw error;
  }
}

function projectOf(labels: Readonly<Record<string, string>> | null | undefined) {
  return labels?.['com.docker.compose.project'];
}
