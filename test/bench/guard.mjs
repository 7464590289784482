/**
 * What became slower than the baseline says: ratios, because times belong to a machine, and only those to the start of
 * Node itself: beside a program that takes a few milliseconds, the mood of the machine is all that is measured. A busy one
 * moves a ratio by half, so only what is twice as slow, even in the better quarter of the rounds, counts.
 */
export function compareWithBaseline(lines, baseline) {
  return lines.flatMap(({ scenario, size, of, to, unit, low, median }) => {
    const key = `${scenario}${size === undefined ? '' : ` ${size}`}: ${of} / ${to}`;
    const known = baseline[key];
    if (unit !== 'x' || to !== 'node -e 0') return [];
    if (known === undefined || low <= known * tolerance) return [];
    return [`${key}: ${median.toFixed(2)}, was ${known}`];
  });
}

const tolerance = 2;
