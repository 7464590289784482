import { stat } from 'node:fs/promises';
import { PortplanError } from '../../errors.ts';
import type { EngineKind } from '../../model/host/engine-traits.ts';
import type { EngineClient } from '../client/client.ts';
import type { Response } from '../client/response-schemas.ts';
import { formatEngineAddress } from './address.ts';

/** What kind of engine answers, and what it speaks. */
export interface EngineVersionInfo {
  readonly kind: EngineKind;
  readonly version: string;
  readonly apiVersion: string;
}

/** What the engine says of itself; texts are empty where it was not asked. */
export interface EngineFacts {
  /** The name of its host. */
  readonly hostName: string;
  readonly kernel: string;
  /** `Debian GNU/Linux 12`, `Docker Desktop`. */
  readonly system: string;
  readonly rootless: boolean;
  /** Whether this node is part of a swarm and may ask for its services. */
  readonly swarmManager: boolean;
}

/**
 * Greets an engine. The headers of a ping tell all, in a thousandth of the time that podman takes for /version; where
 * a proxy has taken them away, /version is asked. Both unversioned, so that engines of any age answer.
 * @throws PortplanError `engine-failed` when something else than an engine answers
 */
export async function readVersion(client: EngineClient): Promise<EngineVersionInfo> {
  const headers = await client.ping('say hello');
  const [, program, version] = /^(Docker|Libpod)\/(\S+)/.exec(`${headers.server ?? ''}`) ?? [];
  const apiVersion = headers['api-version'];
  if (version === undefined || typeof apiVersion !== 'string') return askVersion(client);
  return { kind: program === 'Libpod' ? 'podman' : 'docker', version, apiVersion };
}

async function askVersion(client: EngineClient): Promise<EngineVersionInfo> {
  const answer = await client.read('version', 'tell its version', '/version');
  const { Version: version, ApiVersion: apiVersion, Components: components } = answer ?? {};
  if (typeof version !== 'string' || typeof apiVersion !== 'string') {
    const where = formatEngineAddress(client.address);
    throw new PortplanError('engine-failed', `what answers at ${where} is no container engine`, {
      hint: 'check the address: it has no /version as Docker and Podman have',
    });
  }
  const podman = (components ?? []).some(({ Name }) => Name === 'Podman Engine');
  return { kind: podman ? 'podman' : 'docker', version, apiVersion };
}

type Info = Response<'info'>;

/** Asks an engine to describe itself, which takes Docker 10 ms; an error is for whoever waits for the answer. */
export function askInfo(client: EngineClient): Promise<Info> {
  const answer = client.read('info', 'describe itself', '/info');
  answer.catch(() => {});
  return answer;
}

/**
 * What the engine says of itself. Podman behind a socket of this Linux is not asked: that takes it long, and the owner
 * of the socket tells whether it is rootless.
 * @throws PortplanError
 */
export async function readFacts(
  client: EngineClient,
  { kind }: EngineVersionInfo,
  asked?: Promise<Info>,
  platform: string = process.platform,
): Promise<EngineFacts> {
  const { address } = client;
  if (kind === 'podman' && address.scheme === 'unix' && platform === 'linux') {
    const owner = await stat(address.path).catch(() => undefined);
    return {
      hostName: '',
      kernel: '',
      system: '',
      rootless: owner !== undefined && owner.uid !== 0,
      swarmManager: false,
    };
  }
  const info = await (asked ?? askInfo(client));
  return {
    hostName: info.Name ?? '',
    kernel: info.KernelVersion ?? '',
    system: info.OperatingSystem ?? '',
    rootless: info.SecurityOptions?.includes('name=rootless') === true,
    swarmManager: info.Swarm?.ControlAvailable === true,
  };
}
