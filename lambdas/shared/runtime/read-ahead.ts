/**
 * Answers of `run` in the order of the items, with up to `limit` calls under way ahead of the
 * consumer. An error is thrown in its turn, after the answers before it. A consumer that stops
 * early waits for the calls under way.
 */
export async function* readAhead<Item, Answer>(
  items: Iterable<Item>,
  limit: number,
  run: (item: Item) => Promise<Answer>,
): AsyncGenerator<Answer> {
  // Settled, so that an error can wait for its turn without being an unhandled rejection.
  const underWay: Promise<PromiseSettledResult<Answer>[]>[] = [];
  const rest = items[Symbol.iterator]();
  const startOne = () => {
    const { done, value } = rest.next();
    if (done !== true) underWay.push(Promise.allSettled([run(value)]));
  };
  try {
    for (let started = 0; started < limit; started++) startOne();
    for (;;) {
      const next = underWay[0];
      if (next === undefined) return;
      const [result] = await next;
      underWay.shift();
      if (result.status === 'rejected') throw result.reason;
      startOne();
      yield result.value;
    }
  } finally {
    await Promise.all(underWay);
  }
}
