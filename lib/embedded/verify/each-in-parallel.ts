/**
 * Calls `run` for each item as it comes, at most `limit` at once. After the first error it takes no
 * more, waits for those under way, and throws it.
 */
export async function eachInParallel<Item>(
  items: AsyncIterable<Item>,
  limit: number,
  run: (item: Item) => Promise<void>,
): Promise<void> {
  const source = items[Symbol.asyncIterator]();
  let failure: { readonly error: unknown } | null = null;
  const lane = async () => {
    while (failure === null) {
      try {
        const next = await source.next();
        if (next.done === true) return;
        await run(next.value);
      } catch (error) {
        failure ??= { error };
      }
    }
  };
  await Promise.all(Array.from({ length: limit }, lane));
  await source.return?.();
  const stopped = failure as { readonly error: unknown } | null;
  if (stopped !== null) throw stopped.error;
}
