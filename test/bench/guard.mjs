/**
 * What became slower than the baseline says: ratios, because times belong to a machine. A ratio moves by a tenth or two
 * with the weather, so only what is half as slow again, even in the better quarter of the rounds, counts.
 */
export function compareWithBaseline(lines, baseline) {
  return lines.flatMap(({ scenario, size, of, to, unit, low, median }) => {
    const key = `${scenario}${size === undefined ? '' : ` ${size}`}: ${of} / ${to}`;
    const known = baseline[key];
    if (unit !== 'x' || known === undefined || low <= known * tolerance) return [];
    return [`${key}: ${median.toFixed(2)}, was ${known}`];
  });
}

const tolerance = 1.5;
