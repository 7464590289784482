/** How many calls run at the same time; more gain nothing on a busy engine. */
const maxConcurrent = 16;

/** Maps items with at most 16 calls at a time. Drops `undefined` results; the order is not preserved. */
export async function mapConcurrent<Item, Result>(
  items: readonly Item[],
  map: (item: Item) => Promise<Result | undefined>,
): Promise<Result[]> {
  const queue = [...items];
  const results: Result[] = [];
  const work = async () => {
    for (let item = queue.pop(); item !== undefined; item = queue.pop()) {
      const result = await map(item);
      if (result !== undefined) results.push(result);
    }
  };
  await Promise.all(Array.from({ length: Math.min(maxConcurrent, items.length) }, work));
  return results;
}
