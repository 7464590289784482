const nanoseconds: ReadonlyMap<string, number> = new Map([
  ['ns', 1],
  ['us', 1e3],
  ['µs', 1e3],
  ['μs', 1e3],
  ['ms', 1e6],
  ['s', 1e9],
  ['m', 60e9],
  ['h', 3600e9],
]);

/** Parses a Go duration (time.ParseDuration) such as `1m30s`, `1.5h` or `0` to nanoseconds; `undefined` if invalid. */
export function parseDuration(text: string): number | undefined {
  const match = /^([+-]?)(0|(?:(?:\d+\.?\d*|\.\d+)(?:ns|[uµμ]s|ms|s|m|h))+)$/.exec(text);
  if (match === null) return undefined;
  const [, sign, parts = ''] = match;
  let total = 0;
  for (const [, number, unit = ''] of parts.matchAll(/([\d.]+)([a-zµμ]+)/g)) {
    total += Number(number) * (nanoseconds.get(unit) ?? 0);
  }
  return Math.round(sign === '-' ? -total : total) + 0;
}
