import { BlockList } from 'node:net';
import { ipVersion } from './address.ts';

/** Returns whether two subnets in CIDR notation share an address; false if one of the texts is not a subnet. */
export function subnetsOverlap(one: string, other: string): boolean {
  const [a, b] = [parse(one), parse(other)];
  if (a === undefined || b === undefined || a.family !== b.family) return false;
  // Of two subnets that overlap, one contains the first address of the other.
  return contains(a, b.address) || contains(b, a.address);
}

interface Subnet {
  readonly address: string;
  readonly length: number;
  readonly family: 'ipv4' | 'ipv6';
}

function parse(text: string): Subnet | undefined {
  const [, address = '', digits = ''] = /^([0-9a-fA-F.:]+)\/(\d{1,3})$/.exec(text.trim()) ?? [];
  const version = ipVersion(address);
  const length = Number(digits);
  if (version === 0 || digits === '' || length > (version === 4 ? 32 : 128)) return undefined;
  return { address, length, family: version === 4 ? 'ipv4' : 'ipv6' };
}

function contains({ address, length, family }: Subnet, candidate: string): boolean {
  const list = new BlockList();
  list.addSubnet(address, length, family);
  return list.check(candidate, family);
}
