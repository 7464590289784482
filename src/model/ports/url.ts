import { anyAddress, familyOf, type HostAddress, isLoopback, isWildcard } from './address.ts';

/** URL schemes by container port. Other TCP ports are assumed to be HTTP. */
const schemes: Readonly<Record<number, string | undefined>> = {
  22: 'ssh',
  443: 'https',
  1433: 'sqlserver',
  1883: 'mqtt',
  3306: 'mysql',
  5432: 'postgresql',
  5672: 'amqp',
  6379: 'redis',
  8443: 'https',
  9092: 'kafka',
  27017: 'mongodb',
};

/**
 * Returns the URL of a published TCP port: `http://127.0.0.1:8080`. The container port `target` selects the scheme.
 * `hostName` replaces a wildcard address; pass the engine's host if it is not this one.
 */
export function formatUrl(
  address: HostAddress,
  port: number,
  target: number,
  hostName = 'localhost',
): string {
  return `${schemes[target] ?? 'http'}://${hostOf(address, hostName)}:${port}`;
}

function hostOf(address: HostAddress, hostName: string): string {
  if (address === anyAddress || isWildcard(address)) return hostName;
  return familyOf(address) === 6 ? `[${address}]` : address;
}

/**
 * Returns the ssh command that forwards a loopback port of this host to the machine that the user connects from.
 * Returns `undefined` outside of an ssh session and for addresses that are not loopback.
 */
export function sshForward(
  port: number,
  address: HostAddress,
  env: Readonly<Record<string, string | undefined>>,
): string | undefined {
  const server = env.SSH_CONNECTION?.split(' ')[2];
  if (server === undefined || !/^[0-9a-fA-F.:]+$/.test(server) || !isLoopback(address))
    return undefined;
  const user = /^[A-Za-z0-9_.-]+$/.test(env.USER ?? '') ? `${env.USER}@` : '';
  return `ssh -N -L ${port}:${familyOf(address) === 6 ? `[${address}]` : address}:${port} ${user}${server}`;
}
