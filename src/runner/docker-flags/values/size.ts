const powers = ['', 'k', 'm', 'g', 't', 'p'];

/**
 * Parses a size as docker does (docker/go-units: RAMInBytes) to bytes: `64m`, `1.5GB`, `1 GiB`. Units are powers of 1024, in
 * any letter case. Returns `undefined` for an invalid size.
 */
export function parseSize(text: string): number | undefined {
  const match = /^(\d+\.?\d*|\.\d+) ?(?:([kmgtp])(?:i?b)?|b)?$/i.exec(text);
  if (match === null) return undefined;
  const [, number = '', unit = ''] = match;
  return Math.trunc(Number(number) * 1024 ** powers.indexOf(unit.toLowerCase()));
}
