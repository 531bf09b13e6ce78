import { describe, expect, it } from 'vitest';
import { NO_TIME } from '../../../lambdas/shared/rules/lateness.ts';
import { foldShard, ShardFold } from '../../../lambdas/shared/state/fold.ts';
import {
  A_HEAD,
  append,
  at,
  fence,
  fillLog,
  openWorld,
  PARENT,
  putHead,
  records,
  SHARD,
  timeOf,
} from '../../support/shard-logs.ts';

describe('folding a shard', () => {
  it('answers null where it has no HEAD', async () => {
    const { context } = await openWorld();

    expect(await foldShard(context, SHARD, null)).toBeNull();
  });

  it('reads the log from `claimsFrom` on, and later only what came since', async () => {
    const { context } = await openWorld();
    await fillLog(context, SHARD, [records(1, 'a', 1), records(2, 'b', 2), records(3, 'c', 3)]);
    await putHead(context, SHARD, { version: 3, claimsFrom: 2 });

    const fold = await foldShard(context, SHARD, null);
    expect(['a', 'b', 'c'].map((id) => timeOf(fold, id))).toEqual([NO_TIME, 2, 3]);
    expect(fold?.head.version).toBe(3);

    // What is gone by now was read before.
    const keys = [2, 3].map((version) => context.keys.log(SHARD, version));
    await context.state.transact(
      keys.map((key) => ({ kind: 'delete', key })),
      context.randomness.id(),
    );
    expect(await append(context, SHARD, records(4, 'd', 4))).toBe('committed');
    const again = await foldShard(context, SHARD, fold);

    expect(again).toBe(fold);
    expect(['b', 'c', 'd'].map((id) => timeOf(again, id))).toEqual([2, 3, 4]);
    expect(again?.head.version).toBe(4);
    expect(again?.claimsFromAt(at(1), context)).toBe(2);
  });

  it('reads nothing twice where nothing came', async () => {
    const { context } = await openWorld();
    await fillLog(context, SHARD, [records(1, 'a', 1)]);
    const fold = await foldShard(context, SHARD, null);

    expect(await foldShard(context, SHARD, fold)).toBe(fold);
    fold?.forgetExpired(context);
    fold?.addOwn(records(5, 'b', 2));
    // One entry of each version: with a second copy of the first this would be 1.
    expect(fold?.claimsFromAt(at(60_001), context)).toBe(5);
  });

  it('begins anew where the state is older than what it knows', async () => {
    const { context } = await openWorld();
    await fillLog(context, SHARD, [records(1, 'a', 1)]);
    const ahead = new ShardFold(SHARD, { ...A_HEAD, version: 2 });

    const fold = await foldShard(context, SHARD, ahead);

    expect(fold).not.toBe(ahead);
    expect(timeOf(fold, 'a')).toBe(1);
  });

  it('takes the claims of ancestors from their own logs', async () => {
    const { context } = await openWorld();
    const log = [records(1, 'a', 1), records(2, 'b', 2), fence(3)];
    await fillLog(context, PARENT, [...log, { ...records(4, 'r', 5), kind: 'redrive' }]);
    await putHead(context, PARENT, { version: 4, claimsFrom: 2 });
    await putHead(context, SHARD, { inherits: [PARENT] });

    const fold = await foldShard(context, SHARD, null);

    expect(['a', 'b', 'r'].map((id) => timeOf(fold, id))).toEqual([NO_TIME, 2, 5]);
    // They are no entries of its own log.
    expect(fold?.claimsFromAt(at(1), context)).toBe(1);
    // Nor are they read again.
    const key = context.keys.head(PARENT);
    await context.state.transact([{ kind: 'delete', key }], context.randomness.id());
    expect(await foldShard(context, SHARD, fold)).toBe(fold);
  });

  it('fails when an ancestor has no HEAD: it may still be written', async () => {
    const { context } = await openWorld();
    await putHead(context, SHARD, { inherits: [PARENT] });

    await expect(foldShard(context, SHARD, null)).rejects.toMatchObject({
      name: 'RetryableError',
      message: expect.stringContaining(PARENT),
    });
  });

  it.each([SHARD, PARENT])('fails when an entry of %s stays missing, after pauses', async (gap) => {
    const { world, context } = await openWorld();
    await fillLog(context, PARENT, [records(1, 'p', 1), records(2, 'q', 2)]);
    await fillLog(context, SHARD, [records(1, 'a', 1), records(2, 'b', 2)]);
    await putHead(context, SHARD, { version: 2, inherits: [PARENT] });
    await context.state.transact(
      [{ kind: 'delete', key: context.keys.log(gap, 1) }],
      context.randomness.id(),
    );
    const pausesMs: number[] = [];
    const clock = { ...context.clock, sleep: async (ms: number) => void pausesMs.push(ms) };

    await expect(foldShard({ ...context, clock }, SHARD, null)).rejects.toMatchObject({
      code: 'StateLogGap',
      message: expect.stringContaining('read 3 times'),
    });
    expect(pausesMs).toEqual([100, 200]);
    expect(world.metrics.counted).toEqual([{ name: 'StateLogGap', where: { shardId: SHARD } }]);
  });

  it('goes on where a missing entry shows up', async () => {
    const { context } = await openWorld();
    await fillLog(context, SHARD, [records(1, 'a', 1), records(2, 'b', 2)]);
    const key = context.keys.log(SHARD, 1);
    const item = await context.state.get(key);
    await context.state.transact([{ kind: 'delete', key }], context.randomness.id());
    const found = async () => {
      const attributes = item?.attributes ?? {};
      await context.state.transact([{ kind: 'put', key, attributes }], context.randomness.id());
    };

    const fold = await foldShard(
      { ...context, clock: { ...context.clock, sleep: found } },
      SHARD,
      null,
    );

    expect(['a', 'b'].map((id) => timeOf(fold, id))).toEqual([1, 2]);
  });
});
