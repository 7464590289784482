import { stat } from 'node:fs/promises';
import { PortplanError } from '../../errors.ts';
import type { EngineKind } from '../../model/host/engine-traits.ts';
import type { EngineClient } from '../client/client.ts';
import type { Response } from '../client/response-schemas.ts';
import { formatEngineAddress } from './address.ts';

/** The kind of an engine, its version and the newest API version that it supports. */
export interface EngineVersionInfo {
  readonly kind: EngineKind;
  readonly version: string;
  readonly apiVersion: string;
}

/** Facts that the engine reports about itself; strings are empty if they were not requested. */
export interface EngineFacts {
  /** The name of the engine's host. */
  readonly hostName: string;
  /** The kernel release of the engine's host: `6.1.0`. */
  readonly kernel: string;
  /** `Debian GNU/Linux 12`, `Docker Desktop`. */
  readonly system: string;
  readonly rootless: boolean;
  /** Whether this node is a swarm manager, which may list services. */
  readonly swarmManager: boolean;
}

/**
 * Detects engine and API version from the `/_ping` headers, about 1000× faster than Podman's `/version`. Falls back to
 * `/version` when a proxy strips them. Both paths are unversioned, so that engines of any age respond.
 * @throws PortplanError `engine-failed` if the response is not from a container engine
 */
export async function readVersion(client: EngineClient): Promise<EngineVersionInfo> {
  const headers = await client.ping();
  const [, program, version] = /^(Docker|Libpod)\/(\S+)/.exec(`${headers.server ?? ''}`) ?? [];
  const apiVersion = headers['api-version'];
  if (version === undefined || typeof apiVersion !== 'string') return requestVersion(client);
  return { kind: program === 'Libpod' ? 'podman' : 'docker', version, apiVersion };
}

async function requestVersion(client: EngineClient): Promise<EngineVersionInfo> {
  const response = await client.read('version', 'reading its version', '/version');
  const { Version: version, ApiVersion: apiVersion, Components: components } = response ?? {};
  if (typeof version !== 'string' || typeof apiVersion !== 'string') {
    const where = formatEngineAddress(client.address);
    throw new PortplanError(
      'engine-failed',
      `no container engine at ${where}: the response to /version has no engine version`,
      {
        hint: 'check the address: docker context ls',
      },
    );
  }
  const podman = (components ?? []).some(({ Name }) => Name === 'Podman Engine');
  return { kind: podman ? 'podman' : 'docker', version, apiVersion };
}

type Info = Response<'info'>;

/** Requests `/info`, which takes Docker 10 ms. A rejection is reported only where the promise is awaited. */
export function requestInfo(client: EngineClient): Promise<Info> {
  const response = client.read('info', 'reading its system information', '/info');
  response.catch(() => {});
  return response;
}

/**
 * Returns the facts of an engine; `pendingInfo` is an earlier `requestInfo`. Skips `/info` for Podman on a Unix socket of
 * Linux: it is slow there, and the owner of the socket shows whether Podman is rootless.
 * @throws PortplanError as `EngineClient.read`
 */
export async function readFacts(
  client: EngineClient,
  { kind }: EngineVersionInfo,
  pendingInfo?: Promise<Info>,
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
  const info = await (pendingInfo ?? requestInfo(client));
  return {
    hostName: info.Name ?? '',
    kernel: info.KernelVersion ?? '',
    system: info.OperatingSystem ?? '',
    rootless: info.SecurityOptions?.includes('name=rootless') === true,
    swarmManager: info.Swarm?.ControlAvailable === true,
  };
}
