import { isIP } from 'node:net';
import { invalidFlag } from '../flag-error.ts';

/**
 * Reads a value of `--add-host`, `NAME:IP` or `NAME=IP`, where the address may be in brackets or `host-gateway`
 * (docker/cli: opts.ValidateExtraHost). Gives the engine's form, `NAME:IP` without brackets.
 * @throws PortplanError `invalid-usage`
 */
export function parseAddHost(text: string): string {
  const [, name = '', written = ''] = /^([^=:]+)[=:](.*)$/.exec(text) ?? [];
  const address = /^\[(.+)\]$/.exec(written)?.[1] ?? written;
  if (name !== '' && (address === 'host-gateway' || isIP(address) !== 0))
    return `${name}:${address}`;
  const why = name === '' ? 'it has no host name' : `"${address}" is not an IP address`;
  throw invalidFlag('add-host', text, why, 'expected NAME:IP, NAME=IP or NAME:host-gateway');
}
