const powers = ['', 'k', 'm', 'g', 't', 'p'];

/**
 * A size in bytes, as docker reads it (docker/go-units: RAMInBytes): `64m`, `1.5GB`, `1 GiB`; every unit is a power of
 * 1024 and any letter case will do. Nothing when the text is not a size.
 */
export function parseSize(text: string): number | undefined {
  const match = /^(\d+\.?\d*|\.\d+) ?(?:([kmgtp])(?:i?b)?|b)?$/i.exec(text);
  if (match === null) return undefined;
  const [, number = '', unit = ''] = match;
  return Math.trunc(Number(number) * 1024 ** powers.indexOf(unit.toLowerCase()));
}
