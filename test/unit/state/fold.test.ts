import { describe, expect, it } from 'vitest';
import type { StateStore } from '../../../lambdas/shared/ports/state-store.ts';
import { NO_TIME } from '../../../lambdas/shared/rules/lateness.ts';
import { isWhole, readLog, ShardFold } from '../../../lambdas/shared/state/fold.ts';
import type { ShardHead } from '../../../lambdas/shared/state/shard-head.ts';
import { placed } from '../../support/bytes-of.ts';
import {
  A_HEAD,
  at,
  fence,
  fillLog,
  openWorld,
  records,
  SHARD,
  timeOf,
} from '../../support/shard-logs.ts';

describe('a log that was read', () => {
  it.each<[string, readonly number[], number, number, boolean]>([
    ['all of it', [3, 4, 5], 3, 5, true],
    ['one entry', [3], 3, 3, true],
    ['no entry where there is none', [], 4, 3, true],
    ['nothing of a range that ends far below', [], 9, 3, true],
    ['without the first', [4, 5], 3, 5, false],
    ['without one between', [3, 5], 3, 5, false],
    ['without the last', [3, 4], 3, 5, false],
    ['others instead', [4, 5, 6], 3, 5, false],
    ['nothing', [], 3, 3, false],
    ['one more', [3, 4], 3, 3, false],
  ])('is whole or not: %s', (_name, versions, from, to, expected) => {
    const entries = versions.map((version) => fence(version));

    expect(isWhole(entries, from, to)).toBe(expected);
  });

  it('is asked for only where there are versions', async () => {
    const { context } = await openWorld();
    await fillLog(context, SHARD, [fence(1), fence(2), fence(3)]);
    const versions = async (from: number, to: number) =>
      (await readLog(context, SHARD, from, to)).map(({ version }) => version);

    expect(await versions(1, 3)).toEqual([1, 2, 3]);
    expect(await versions(2, 2)).toEqual([2]);
    const nothingAsked = { ...context, state: {} as StateStore };
    expect(await readLog(nothingAsked, SHARD, 3, 2)).toEqual([]);
  });
});

describe('the first version whose claims count', () => {
  it('is that of the first entry that has not expired', async () => {
    const { context } = await openWorld();
    const fold = new ShardFold(SHARD, { ...A_HEAD, version: 4 });
    for (const entry of [records(1, 'a', 1_000), fence(2), records(3, 'b', 2_000), fence(4)]) {
      fold.addRead(entry);
    }

    expect(fold.claimsFromAt(at(60_999), context)).toBe(1);
    expect(fold.claimsFromAt(at(61_000), context)).toBe(3);
    expect(fold.claimsFromAt(at(61_999), context)).toBe(3);
    expect(fold.claimsFromAt(at(62_000), context)).toBe(5);
  });

  it('is that of the next entry where it alone has claims that count, and else behind it', async () => {
    const { context } = await openWorld();
    const fold = new ShardFold(SHARD, { ...A_HEAD, version: 1 });
    fold.addRead(records(1, 'a', 1_000));

    expect(fold.claimsFromAt(at(60_999), context, records(2, 'b', 9_000))).toBe(1);
    expect(fold.claimsFromAt(at(61_000), context, records(2, 'b', 9_000))).toBe(2);
    expect(fold.claimsFromAt(at(61_000), context, records(2, 'b', null))).toBe(3);
    expect(fold.claimsFromAt(at(61_000), context, fence(2))).toBe(3);
  });
});

describe('claims of a fold', () => {
  it('are those of entries that were read, not of its own, which has them already', () => {
    const fold = new ShardFold(SHARD, A_HEAD);
    fold.addRead(records(1, 'a', 1_000));
    fold.addRead({ ...records(2, 'b', 2_000), kind: 'redrive' });
    fold.addRead(fence(3));
    fold.addOwn(records(4, 'c', 3_000));

    expect([timeOf(fold, 'a'), timeOf(fold, 'b'), timeOf(fold, 'c')]).toEqual([
      1_000,
      2_000,
      NO_TIME,
    ]);
    expect(fold.sizeBytes).toBe(fold.claims.sizeBytes);
  });

  /** With claims of so many ids, of one millisecond each, at a watermark. */
  function foldOf(count: number, head: Partial<ShardHead>): ShardFold {
    const fold = new ShardFold(SHARD, { ...A_HEAD, ...head });
    addIds(fold, 0, count);
    return fold;
  }

  function addIds(fold: ShardFold, from: number, to: number): void {
    for (let i = from; i < to; i++) {
      const { view, start, end } = placed(`o${i}`);
      fold.claims.add(view, start, end, i);
    }
  }

  it('are forgotten once there are many', async () => {
    const { context } = await openWorld();
    const few = foldOf(4_095, at(160_000));
    const many = foldOf(4_096, at(64_000));

    few.forgetExpired(context);
    many.forgetExpired(context);

    expect(few.claims.size).toBe(4_095);
    // Those up to 64,000 - 60,000.
    expect(many.claims.size).toBe(95);

    // From now on at more than twice as many as were left, and 4,096.
    many.head = { ...many.head, ...at(164_000) };
    addIds(many, 10_000, 10_000 + 4_190);
    many.forgetExpired(context);
    expect(many.claims.size).toBe(4_285);
    addIds(many, 20_000, 20_001);
    many.forgetExpired(context);
    expect(many.claims.size).toBe(0);
  });

  it('all stay while there is no watermark', async () => {
    const { context } = await openWorld();
    const fold = foldOf(5_000, {});

    fold.forgetExpired(context);

    expect(fold.claims.size).toBe(5_000);
  });

  it('are looked for in entries from `claimsFrom` on', async () => {
    const { context } = await openWorld();
    const fold = new ShardFold(SHARD, { ...A_HEAD, version: 3, claimsFrom: 2 });
    for (const version of [1, 2, 3]) fold.addRead(records(version, `o${version}`, 1_000));

    fold.forgetExpired(context);

    expect(fold.claimsFromAt(at(1_000), context)).toBe(2);
    fold.head = { ...fold.head, claimsFrom: 4 };
    fold.forgetExpired(context);
    expect(fold.claimsFromAt(at(1_000), context)).toBe(4);
  });
});
