import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf, PortplanError, systemCodeOf } from '../../errors.ts';
import type { TlsMaterial } from './address.ts';
import { readConfigFile } from './config-file.ts';
import { readTlsFiles } from './tls-files.ts';

/** The engine of a docker context. */
export interface DockerContext {
  readonly name: string;
  /** In the notation of DOCKER_HOST; empty for the default address. */
  readonly host: string;
  readonly tls?: TlsMaterial | undefined;
}

/** The name of the context without files: DOCKER_HOST, or the default address. */
export const defaultContext = 'default';

const maxContexts = 1000;

/**
 * Reads a context from docker's folder (docker/cli: cli/context/store): `contexts/meta/HASH/meta.json` and
 * `contexts/tls/HASH/docker/*.pem`, where HASH is the SHA-256 of the name.
 * @throws PortplanError `unknown-context` if the context does not exist (the hint lists those that do), or, with the
 *   reason `damaged-context`, if its files are damaged
 */
export async function readContext(folder: string, name: string): Promise<DockerContext> {
  const { createHash } = await import('node:crypto');
  const hash = createHash('sha256').update(name).digest('hex');
  const file = join(folder, 'contexts', 'meta', hash, 'meta.json');
  const { host, skipVerify } = parseMetadata(await readMetadata(folder, name, file), name, file);
  const files = await readTlsFiles(join(folder, 'contexts', 'tls', hash, 'docker'));
  const hasFiles = Object.values(files).some((text) => text !== undefined);
  return {
    name,
    host,
    tls: hasFiles || skipVerify ? { ...files, verify: !skipVerify } : undefined,
  };
}

/** Returns the names of all readable contexts: `default` first, the others sorted. */
export async function listContexts(folder: string): Promise<readonly string[]> {
  const meta = join(folder, 'contexts', 'meta');
  const hashes = await readdir(meta).catch(() => []);
  const names = await Promise.all(
    hashes.slice(0, maxContexts).map((hash) => readName(join(meta, hash, 'meta.json'))),
  );
  const known = names.filter((name) => name !== undefined);
  return [defaultContext, ...known.filter((name) => name !== defaultContext).sort()];
}

async function readName(file: string): Promise<string | undefined> {
  try {
    const json: unknown = JSON.parse(await readConfigFile(file));
    const name = fieldOf(json, 'Name');
    return typeof name === 'string' && name !== '' ? name : undefined;
  } catch {
    // Only the requested context has to be intact.
    return undefined;
  }
}

async function readMetadata(folder: string, name: string, file: string): Promise<string> {
  try {
    return await readConfigFile(file);
  } catch (cause) {
    if (systemCodeOf(cause) !== 'ENOENT') throw damagedContext(name, file, messageOf(cause), cause);
    const known = (await listContexts(folder)).join(', ');
    throw new PortplanError('unknown-context', `docker context "${name}" not found in ${folder}`, {
      hint: `known contexts: ${known}`,
      cause,
    });
  }
}

function parseMetadata(text: string, name: string, file: string) {
  const json = parseJson(text, name, file);
  const endpoint = fieldOf(fieldOf(json, 'Endpoints'), 'docker');
  const host = fieldOf(endpoint, 'Host') ?? '';
  if (endpoint === undefined || typeof host !== 'string') {
    throw damagedContext(name, file, 'missing Endpoints.docker.Host');
  }
  return { host, skipVerify: fieldOf(endpoint, 'SkipTLSVerify') === true };
}

function parseJson(text: string, name: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw damagedContext(name, file, messageOf(cause), cause);
  }
}

function fieldOf(json: unknown, key: string): unknown {
  if (typeof json !== 'object' || json === null || !Object.hasOwn(json, key)) return undefined;
  return (json as Readonly<Record<string, unknown>>)[key];
}

function damagedContext(
  name: string,
  file: string,
  reason: string,
  cause?: unknown,
): PortplanError {
  return new PortplanError(
    'unknown-context',
    `damaged docker context "${name}": ${file}: ${reason}`,
    {
      reason: 'damaged-context',
      hint: `remove it and create it again: docker context rm ${name}`,
      cause,
    },
  );
}
