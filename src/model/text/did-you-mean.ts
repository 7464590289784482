/**
 * Returns the name that is most similar to the word; `undefined` if every name differs by more than a third of its
 * characters (added, removed, changed or swapped), at least one.
 */
export function findNearest(word: string, names: Iterable<string>): string | undefined {
  let best: { readonly name: string; readonly distance: number } | undefined;
  for (const name of names) {
    const distance = editDistance(word, name);
    if (distance > Math.max(1, Math.floor(name.length / 3))) continue;
    if (best === undefined || distance < best.distance) best = { name, distance };
  }
  return best?.name;
}

const maxNameLength = 255;

/** Returns the optimal string alignment distance: a swap of adjacent characters is one edit. */
function editDistance(one: string, other: string): number {
  // A much longer word is never similar, and comparing names of megabytes would be slow.
  if (Math.max(one.length, other.length) > maxNameLength) return Number.POSITIVE_INFINITY;
  if (Math.abs(one.length - other.length) > other.length) return Number.POSITIVE_INFINITY;
  let before: number[] = [];
  let above = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (let row = 1; row <= one.length; row += 1) {
    const line = [row];
    for (let column = 1; column <= other.length; column += 1) {
      const same = one[row - 1] === other[column - 1];
      const swapped = one[row - 1] === other[column - 2] && one[row - 2] === other[column - 1];
      line.push(
        Math.min(
          cell(above, column) + 1,
          cell(line, column - 1) + 1,
          cell(above, column - 1) + (same ? 0 : 1),
          swapped ? cell(before, column - 2) + 1 : Number.POSITIVE_INFINITY,
        ),
      );
    }
    [before, above] = [above, line];
  }
  return cell(above, other.length);
}

function cell(line: readonly number[], column: number): number {
  return line[column] ?? Number.POSITIVE_INFINITY;
}
