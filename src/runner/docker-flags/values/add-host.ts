import { isIP } from 'node:net';
import { invalidFlag } from '../flag-error.ts';

/**
 * Parses a value of `--add-host`, `NAME:IP` or `NAME=IP`, where the address may be in brackets or `host-gateway`
 * (docker/cli: opts.ValidateExtraHost). Returns the engine's form, `NAME:IP` without brackets.
 * @throws PortplanError `invalid-usage`
 */
export function parseAddHost(text: string): string {
  const [, name = '', addressText = ''] = /^([^=:]+)[=:](.*)$/.exec(text) ?? [];
  const address = /^\[(.+)\]$/.exec(addressText)?.[1] ?? addressText;
  if (name !== '' && (address === 'host-gateway' || isIP(address) !== 0))
    return `${name}:${address}`;
  const reason = name === '' ? 'the host name is missing' : `"${address}" is not an IP address`;
  throw invalidFlag('add-host', text, reason, 'expected NAME:IP, NAME=IP or NAME:host-gateway');
}
