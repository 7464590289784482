/** A line of two texts that are compared: in both, in the old one only, or in the new one only. */
export interface DiffLine {
  readonly kind: ' ' | '-' | '+';
  readonly text: string;
}

/**
 * The shortest way from one list of lines to the other, after E. Myers, "An O(ND) Difference Algorithm" (1986). Cost
 * grows with the number of differences; beyond a bound the whole middle counts as changed.
 */
export function diffLines(
  before: readonly string[],
  after: readonly string[],
): readonly DiffLine[] {
  let head = 0;
  while (head < before.length && head < after.length && before[head] === after[head]) head += 1;
  let tail = 0;
  const most = Math.min(before.length, after.length) - head;
  while (tail < most && before[before.length - 1 - tail] === after[after.length - 1 - tail])
    tail += 1;
  const old = before.slice(head, before.length - tail);
  const fresh = after.slice(head, after.length - tail);
  return [
    ...before.slice(0, head).map((text) => ({ kind: ' ', text }) as const),
    ...diffMiddle(old, fresh),
    ...before.slice(before.length - tail).map((text) => ({ kind: ' ', text }) as const),
  ];
}

/** More differences are not looked for one by one. */
const maxSteps = 500;

function diffMiddle(before: readonly string[], after: readonly string[]): readonly DiffLine[] {
  const trace = search(before, after);
  if (trace !== undefined) return walkBack(before, after, trace);
  return [
    ...before.map((text) => ({ kind: '-', text }) as const),
    ...after.map((text) => ({ kind: '+', text }) as const),
  ];
}

type Frontier = ReadonlyMap<number, number>;

/** How far along `before` each diagonal gets, after each number of steps, until the end is reached. */
function search(
  before: readonly string[],
  after: readonly string[],
): readonly Frontier[] | undefined {
  const trace: Frontier[] = [];
  let reached: Frontier = new Map([[1, 0]]);
  for (let steps = 0; steps <= Math.min(maxSteps, before.length + after.length); steps += 1) {
    trace.push(reached);
    const next = new Map(reached);
    for (let diagonal = -steps; diagonal <= steps; diagonal += 2) {
      let x = startOf(reached, diagonal, steps);
      while (x < before.length && x - diagonal < after.length && before[x] === after[x - diagonal])
        x += 1;
      next.set(diagonal, x);
      if (x >= before.length && x - diagonal >= after.length) return trace;
    }
    reached = next;
  }
  return undefined;
}

function startOf(reached: Frontier, diagonal: number, steps: number): number {
  const [below, above] = [reached.get(diagonal - 1) ?? -1, reached.get(diagonal + 1) ?? -1];
  return isDown(below, above, diagonal, steps) ? above : below + 1;
}

function isDown(below: number, above: number, diagonal: number, steps: number): boolean {
  return diagonal === -steps || (diagonal !== steps && below < above);
}

function walkBack(
  before: readonly string[],
  after: readonly string[],
  trace: readonly Frontier[],
): readonly DiffLine[] {
  const lines: DiffLine[] = [];
  let [x, y] = [before.length, after.length];
  for (let steps = trace.length - 1; steps >= 0; steps -= 1) {
    const reached = trace[steps] ?? new Map<number, number>();
    const diagonal = x - y;
    const [below, above] = [reached.get(diagonal - 1) ?? -1, reached.get(diagonal + 1) ?? -1];
    const down = isDown(below, above, diagonal, steps);
    const fromX = down ? above : below;
    const fromY = fromX - (down ? diagonal + 1 : diagonal - 1);
    while (x > Math.max(fromX, 0) && y > Math.max(fromY, 0)) {
      x -= 1;
      y -= 1;
      lines.push({ kind: ' ', text: before[x] ?? '' });
    }
    if (steps > 0 && down) lines.push({ kind: '+', text: after[fromY] ?? '' });
    else if (steps > 0) lines.push({ kind: '-', text: before[fromX] ?? '' });
    [x, y] = [fromX, fromY];
  }
  return lines.reverse();
}
