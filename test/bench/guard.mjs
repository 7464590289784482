/**
 * Returns the lines that are slower than the baseline. Compares only ratios to the start of Node: ratios to a program that
 * takes a few milliseconds measure mostly noise. A busy machine moves a ratio by half, so a line counts only when it is
 * twice as slow even in the better quarter of the rounds.
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
