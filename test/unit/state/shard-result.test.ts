import { describe, expect, it } from 'vitest';
import { TerminalError } from '../../../lambdas/shared/model/errors.ts';
import type { EpochPlan } from '../../../lambdas/shared/state/epoch-plan.ts';
import { StreamLakeKeys } from '../../../lambdas/shared/state/lake-keys.ts';
import {
  encodeShardResult,
  findShardResult,
  type ShardResult,
} from '../../../lambdas/shared/state/shard-result.ts';
import { hookedStore } from '../../support/hooked-store.ts';
import { MemoryObjectStore } from '../../support/memory/memory-object-store.ts';
import { readShardResults } from '../../support/shard-results.ts';

const aFile = (rows: number) => ({
  key: 'tables/stream/a',
  rows,
  bytes: 1,
  sha256: '',
  partition: null,
});

const aResult = (shard: string): ShardResult => ({
  result_format: 1,
  epoch: 7,
  shard,
  counts: { read: 1, active: 1, cancelled: 0, quarantined: 0, duplicate: 0, late: 0 },
  issues: {},
  files: { orders: [aFile(1)] },
  days: [[20_000, 1, '5']],
  hours: [[23, 1, '5']],
  products: [['p1', 1, '5']],
  windows: [],
  notices: {
    customers_missed: 0,
    products_missed: 0,
    both_missed: 0,
    customer_miss: null,
    product_miss: null,
    future_events: 0,
    future_event: null,
  },
});

const KEYS = new StreamLakeKeys('default', 'orders');

async function lakeWith(shards: readonly string[]) {
  const lake = new MemoryObjectStore();
  for (const shard of shards) {
    await lake.put(KEYS.result(7, shard), encodeShardResult(aResult(shard)));
  }
  return lake;
}

function planOf(shards: readonly string[]) {
  return { epoch: 7, shards: shards.map((shard) => ({ shard })) } as unknown as EpochPlan;
}

describe('results of shards', () => {
  it('come in the order of the plan, as they were written', async () => {
    const lake = await lakeWith(['a', 'b', 'c']);

    expect(await readShardResults(planOf(['b', 'a']), lake, KEYS)).toEqual([
      aResult('b'),
      aResult('a'),
    ]);
  });

  it('fail when one is missing, and name it', async () => {
    const lake = await lakeWith(['a']);

    await expect(readShardResults(planOf(['a', 'b']), lake, KEYS)).rejects.toMatchObject({
      code: 'result_missing',
      message: expect.stringContaining('state/stream/results/00000007/b.json'),
    });
  });

  it('are looked for: null where there is none that can be read', async () => {
    const lake = await lakeWith(['a']);
    await lake.put('damaged', Buffer.from('{'));

    expect(await findShardResult(lake, KEYS.result(7, 'a'))).toEqual(aResult('a'));
    expect(await findShardResult(lake, KEYS.result(7, 'b'))).toBeNull();
    expect(await findShardResult(lake, 'damaged')).toBeNull();
  });

  it.each([
    new TerminalError('bucket_denied', 'no'),
    Object.assign(new Error('no'), { code: 'result_like' }),
  ])('fail when the store does: %s', async (broken) => {
    const lake = hookedStore(await lakeWith(['a']), () => Promise.reject(broken));

    await expect(findShardResult(lake, KEYS.result(7, 'a'))).rejects.toBe(broken);
  });

  it.each(Object.keys(aResult('a')))('is published again when it has no %s', async (name) => {
    const lake = new MemoryObjectStore();
    await lake.put('r', Buffer.from(JSON.stringify({ ...aResult('a'), [name]: undefined })));

    expect(await findShardResult(lake, 'r')).toBeNull();
  });
});
