import { expect, it } from 'vitest';
import { inlinePool } from '../../../../lib/embedded/batch/worker-pool.ts';

it('begins no task after it was closed, and waits for the one that runs', async () => {
  const log: string[] = [];
  let finish = () => {};
  const pool = inlinePool({
    run: async () => {
      log.push('begun');
      await new Promise<void>((resolve) => {
        finish = resolve;
      });
      log.push('ended');
      return null as never;
    },
  });
  const task = { kind: 'merge', rangeIndex: 0, sums: [] } as const;
  const first = pool.run(task);
  await new Promise((resolve) => {
    setImmediate(resolve);
  });
  const second = pool.run(task);
  const closed = pool.close().then(() => log.push('closed'));
  finish();

  await first;
  await closed;
  await expect(second).rejects.toThrow('closed');
  expect(log).toEqual(['begun', 'ended', 'closed']);
});
