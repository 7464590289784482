/** Returns the result as a Markdown table, in the form of docs/performance.md. */
export function printResult({ machine, lines, skipped }) {
  const rows = lines.map((line) => {
    const { target, scenario, size, of, to, unit, time, median, low, high, atMost } = line;
    const digits = unit === 'ms' ? 0 : median < 0.1 ? 3 : 2;
    const spread = low === high ? '' : ` (${low.toFixed(digits)}–${high.toFixed(digits)})`;
    const met = atMost === undefined ? '' : `≤ ${atMost}${median <= atMost ? '' : ' **missed**'}`;
    const what = to === '' || unit !== 'x' ? of : `${of} / ${to}`;
    const load = `${scenario}${size === undefined ? '' : ` ${size.toLocaleString('en')}`}`;
    return [
      target,
      load,
      what,
      `${time.toFixed(0)} ms`,
      `${median.toFixed(digits)} ${unit}${spread}`,
      met,
    ];
  });
  const head = ['#', 'load', 'what', 'time', 'median (middle half)', 'target'];
  const table = [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`);
  const missing = [...new Set(skipped)].map((text) => `- skipped: ${text}`);
  return [machine, '', ...table, '', ...missing, ''].join('\n');
}
