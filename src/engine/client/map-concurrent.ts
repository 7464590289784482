/** How many questions are open at the same time; more gains nothing on a busy engine. */
const concurrency = 16;

/** Asks for each item, some side by side; answers that are nothing are left out, and the order is nobody's. */
export async function mapConcurrent<Item, Answer>(
  items: readonly Item[],
  ask: (item: Item) => Promise<Answer | undefined>,
): Promise<Answer[]> {
  const queue = [...items];
  const answers: Answer[] = [];
  const work = async () => {
    for (let item = queue.pop(); item !== undefined; item = queue.pop()) {
      const answer = await ask(item);
      if (answer !== undefined) answers.push(answer);
    }
  };
  await Promise.all(Array.from({ length: Math.min(concurrency, items.length) }, work));
  return answers;
}
