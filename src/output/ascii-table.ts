/**
 * A table as cli-table3 lays it out, where that is simple: plain ASCII, every cell on one line. cli-table3 takes 10 ms to
 * load and 0.35 ms for each row, this a hundredth of it. Gives up on everything else, and a property test holds the two
 * equal.
 * @param width how wide the last column may be at most; absent: as wide as it is
 */
export function layOutPlain(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  faint: (text: string) => string,
  width?: number,
): string | undefined {
  const all = [head, ...rows];
  if (!all.every((row) => row.length === head.length && row.every(isPlain))) return undefined;
  const widths = head.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  const last = widths.at(-1) ?? 0;
  if (width !== undefined && last > width) return undefined;
  const gap = '  ';
  const line = (row: readonly string[], paint: (text: string) => string) =>
    row
      .map((cell, column) => `${paint(cell)}${' '.repeat((widths[column] ?? 0) - cell.length)}`)
      .join(gap)
      .trimEnd();
  return [line(head, faint), ...rows.map((row) => line(row, (text) => text))].join('\n');
}

/** Printable ASCII. cli-table3 takes an empty cell for none, and trims some: those are left to it. */
function isPlain(cell: string): boolean {
  return /^[!-~]([ -~]*[!-~])?$/.test(cell);
}
