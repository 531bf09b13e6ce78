/**
 * Calls `run` for each item, at most `limit` at once; answers in the order of the items. After the
 * first error it starts no more, waits for those under way, and throws it.
 */
export async function inParallel<Item, Answer>(
  items: readonly Item[],
  limit: number,
  run: (item: Item, index: number) => Promise<Answer>,
): Promise<Answer[]> {
  const answers: Answer[] = [];
  let next = 0;
  let failure: { readonly error: unknown } | null = null;
  const lane = async () => {
    while (next < items.length && failure === null) {
      const index = next++;
      try {
        answers[index] = await run(items[index], index);
      } catch (error) {
        failure ??= { error };
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, lane));
  const stopped = failure as { readonly error: unknown } | null;
  if (stopped !== null) throw stopped.error;
  return answers;
}

/** Waits until all have ended, even if one fails; then throws the first error in list order. */
export async function untilAllEnd<Answers extends unknown[]>(
  ...steps: { [Index in keyof Answers]: Promise<Answers[Index]> }
): Promise<Answers> {
  await Promise.allSettled(steps);
  return (await Promise.all(steps)) as Answers;
}
