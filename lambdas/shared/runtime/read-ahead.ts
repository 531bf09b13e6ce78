/**
 * Answers of `run` in the order of the items, with up to `limit` under way while nobody has asked
 * for them yet. An error is thrown in its turn, after the answers before it. Whoever stops early
 * waits for those under way.
 */
export async function* readAhead<Item, Answer>(
  items: Iterable<Item>,
  limit: number,
  run: (item: Item) => Promise<Answer>,
): AsyncGenerator<Answer> {
  // Settled, so that an error may wait for its turn and is not one that nobody handles.
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
