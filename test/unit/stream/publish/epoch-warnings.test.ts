import { describe, expect, it } from 'vitest';
import { parseJson } from '../../../../lambdas/shared/runtime/json.ts';
import type { EpochPlan } from '../../../../lambdas/shared/state/epoch-plan.ts';
import {
  type EpochSnapshot,
  readSnapshot,
} from '../../../../lambdas/shared/state/epoch-snapshot.ts';
import type { ShardNotices, ShardResult } from '../../../../lambdas/shared/state/shard-result.ts';
import type { StreamManifest } from '../../../../lambdas/shared/state/stream-manifest.ts';
import { OrderConsumer } from '../../../../lambdas/stream/consume/consume-orders.ts';
import { drainStream } from '../../../../lambdas/stream/operate/drain/drain-stream.ts';
import { warningsOfEpoch } from '../../../../lambdas/stream/publish/commit/epoch-warnings.ts';
import { InlineEpochWriter } from '../../../../lambdas/stream/publish/write/inline-epoch-writer.ts';
import { anEvent, createStreamWorld, type StreamWorld } from '../../../support/stream-world.ts';

const CUSTOMERS = 'customer_id,customer_name,customer_email,customer_segment,registration_date';
const PRODUCTS = 'product_id,product_name,category,brand,list_price';

async function drained(
  world: StreamWorld,
  orders: readonly Readonly<Record<string, unknown>>[],
): Promise<StreamManifest> {
  await world.stream.put(orders.map((order) => ({ partitionKey: 'k', data: anEvent(order) })));
  const context = await world.open();
  await drainStream(context, new OrderConsumer(context), new InlineEpochWriter(context));
  const current = await world.lake.get(context.lakeKeys.current);
  const { manifest } = parseJson<{ manifest: string }>(current);
  return parseJson<StreamManifest>(await world.lake.get(manifest));
}

async function worldWith(files: Readonly<Record<string, string>>): Promise<StreamWorld> {
  const world = createStreamWorld();
  for (const [key, text] of Object.entries(files)) {
    await world.landing.put(key, Buffer.from(text));
  }
  return world;
}

const BOTH = {
  'customers/c.csv': `${CUSTOMERS}\nc1,Ada,,,\n`,
  'products/p.csv': `${PRODUCTS}\np1,Pen,,,1\n`,
};

const codesOf = ({ warnings }: StreamManifest) => warnings.map(({ code }) => code);

describe('the warnings of an epoch', () => {
  it('count active rows without customer or product once, and name one', async () => {
    const world = await worldWith(BOTH);

    const manifest = await drained(world, [
      { order_id: 'a' },
      { order_id: 'b', customer_id: 'c9' },
      { order_id: 'c', product_id: 'p9' },
      { order_id: 'd', customer_id: 'c9', product_id: 'p9' },
      { order_id: 'e', customer_id: 'c9', status: 'cancelled' },
    ]);

    expect(manifest.joins).toEqual({ customers_missed: 2, products_missed: 2 });
    const [{ code, count, example }, ...others] = manifest.warnings;
    expect(others).toEqual([]);
    expect([code, count]).toEqual(['join_misses', 3]);
    expect(example).toMatch(/^customer_id c9 of orders\/shardId-000000000000 \d+$/);
  });

  it('do not speak of misses where there is no file to find anything in', async () => {
    const manifest = await drained(createStreamWorld(), [{ order_id: 'a' }]);
    const half = await worldWith({ 'products/p.csv': `${PRODUCTS}\np1,Pen,,,1\n` });

    expect(manifest.joins).toEqual({ customers_missed: 1, products_missed: 1 });
    expect(manifest.warnings).toEqual([]);
    expect((await drained(half, [{ order_id: 'a' }])).warnings).toEqual([]);
  });

  it('add up over the epochs, and tell what is of the newest one', async () => {
    const world = await worldWith(BOTH);
    await drained(world, [{ order_id: 'a', product_id: 'p9' }]);
    const later = { order_timestamp: '2026-01-10T12:09:00Z' };

    const second = await drained(world, [
      { order_id: 'b', product_id: 'p8', ...later },
      { order_id: 'c', product_id: 'p8', ...later },
    ]);
    const third = await drained(world, [
      { order_id: 'd', order_timestamp: '2026-01-10T12:19:00Z' },
    ]);

    expect(second.warnings.map(({ count }) => count)).toEqual([3]);
    expect(third.warnings.map(({ count }) => count)).toEqual([3]);
    expect(third.warnings[0].example).toContain('product_id p8');
    expect(third.epoch_warnings).toEqual([]);
    expect(third.joins).toEqual({ customers_missed: 0, products_missed: 3 });
  });

  it('count orders that are more than a day ahead of their arrival', async () => {
    const manifest = await drained(createStreamWorld(), [
      { order_id: 'a', order_timestamp: '2026-01-11T12:00:00.000Z' },
      { order_id: 'b', order_timestamp: '2026-01-11T12:00:00.001Z' },
      { order_id: 'c', order_timestamp: '2126-01-10T12:00:00Z', status: 'cancelled' },
      { order_id: 'c', order_timestamp: '2126-01-10T12:00:00Z' },
    ]);

    const [{ code, count, example }] = manifest.warnings;
    expect([code, count]).toEqual(['future_events', 2]);
    expect(example).toMatch(/^orders\/shardId-000000000000 \d+$/);
  });

  it('tell of rows of the dimensions that were skipped or lost a value', async () => {
    const world = await worldWith({
      'customers/c.csv': `${CUSTOMERS}\nc1,Ada,,,2021-13-01\n`,
      'products/p.csv': `${PRODUCTS}\np1,Pen,,,x\n,Pot,,,1\n`,
    });

    const manifest = await drained(world, [{ order_id: 'a' }]);

    expect(codesOf(manifest)).toEqual(['dimension_issues']);
    expect(manifest.warnings[0]).toMatchObject({ count: 3, example: 'customers/c.csv' });
  });

  it('begin at nothing after a snapshot of a version that did not count them', async () => {
    const world = await worldWith(BOTH);
    const first = await drained(world, [{ order_id: 'a', product_id: 'p9' }]);
    const { lakeKeys, lake } = await world.open();
    const key = lakeKeys.snapshot(first.epoch);
    const { joins: _, warned: __, ...old } = await readSnapshot(lake, key, first.epoch);
    const { zstdCompressSync } = await import('node:zlib');
    await lake.put(key, zstdCompressSync(JSON.stringify(old)));
    const order = { order_id: 'b', order_timestamp: '2026-01-10T12:09:00Z' };

    const next = await drained(world, [order]);

    expect(next.warnings).toEqual([]);
    expect(next.joins).toEqual({ customers_missed: 0, products_missed: 0 });
  });
});

describe('the warnings of an epoch of several shards', () => {
  const QUIET: ShardNotices = {
    customers_missed: 0,
    products_missed: 0,
    both_missed: 0,
    customer_miss: null,
    product_miss: null,
    future_events: 0,
    future_event: null,
  };
  const NOTICES = [
    QUIET,
    {
      customers_missed: 4,
      products_missed: 5,
      both_missed: 2,
      customer_miss: 'customer of b',
      product_miss: 'product of b',
      future_events: 1,
      future_event: 'event of b',
    },
    {
      customers_missed: 1,
      products_missed: 1,
      both_missed: 1,
      customer_miss: 'customer of c',
      product_miss: 'product of c',
      future_events: 2,
      future_event: 'event of c',
    },
  ];
  const BEFORE: Pick<EpochSnapshot, 'joins' | 'warned'> = {
    joins: { customers_missed: 100, products_missed: 200 },
    warned: {
      join_misses: { count: 30, example: 'miss of before' },
      future_events: { count: 40, example: 'event of before' },
    },
  };

  /** With files of `kinds`, and so many issues in them. */
  function warningsOf(
    notices: readonly ShardNotices[],
    before: typeof BEFORE | null = null,
    kinds: readonly ('customers' | 'products')[] = ['customers', 'products'],
    issues: readonly [number, number] = [0, 0],
  ) {
    const files = (kind: 'customers' | 'products') =>
      kinds.includes(kind) ? [{ key: `${kind}/1.csv` }, { key: `${kind}/2.csv` }] : [];
    const dimensions = { customers: files('customers'), products: files('products') };
    const counted = (dimension_issues: number) => ({
      rows: 9,
      dimension_issues,
      dimension_duplicates: 0,
    });
    const found = warningsOfEpoch(
      { dimensions, warnings: [] } as unknown as EpochPlan,
      notices.map((own) => ({ notices: own }) as ShardResult),
      before as EpochSnapshot | null,
      { dimensionCounts: { customers: counted(issues[0]), products: counted(issues[1]) } },
    );
    const short = (warnings: StreamManifest['warnings']) =>
      warnings.map(({ code, count, example }) => [code, count, example]);
    return {
      ...found,
      warnings: short(found.warnings),
      epochWarnings: short(found.epochWarnings),
    };
  }

  it('name the first of all shards; the manifest tells those of the epoch apart', () => {
    const { warned, ...found } = warningsOf(NOTICES, BEFORE);

    expect(found).toEqual({
      joins: { customers_missed: 105, products_missed: 206 },
      warnings: [
        ['join_misses', 38, 'customer of b'],
        ['future_events', 43, 'event of b'],
      ],
      epochWarnings: [
        ['join_misses', 8, 'customer of b'],
        ['future_events', 3, 'event of b'],
      ],
    });
    expect(warned).toEqual({
      join_misses: { count: 38, example: 'customer of b' },
      future_events: { count: 43, example: 'event of b' },
    });
  });

  it('keep what was before where the epoch has nothing to warn of', () => {
    const found = warningsOf([QUIET, QUIET], BEFORE);

    expect(found.warned).toEqual(BEFORE.warned);
    expect(found.joins).toEqual(BEFORE.joins);
    expect(found.warnings).toEqual([
      ['join_misses', 30, 'miss of before'],
      ['future_events', 40, 'event of before'],
    ]);
    expect(found.epochWarnings).toEqual([]);
  });

  it('count misses only of what there are files of', () => {
    const missesOf = (...kinds: ('customers' | 'products')[]) =>
      warningsOf(NOTICES, null, kinds).warned.join_misses;

    expect(missesOf('customers')).toEqual({ count: 5, example: 'customer of b' });
    expect(missesOf('products')).toEqual({ count: 6, example: 'product of b' });
    expect(missesOf()).toEqual({ count: 0, example: null });
    const products = { ...QUIET, products_missed: 1, product_miss: 'product of a' };
    expect(warningsOf([QUIET, products]).warned.join_misses).toEqual({
      count: 1,
      example: 'product of a',
    });
  });

  it.each<[string, [number, number], (number | string)[]]>([
    ['customers', [2, 0], [2, 'customers/1.csv']],
    ['products', [0, 3], [3, 'products/1.csv']],
    ['both', [2, 3], [5, 'customers/1.csv']],
  ])('name the first file of the dimension with issues: %s', (_name, issues, expected) => {
    const found = warningsOf([QUIET], null, undefined, issues);

    expect(found.warnings).toEqual([['dimension_issues', ...expected]]);
    expect(found.epochWarnings).toEqual(found.warnings);
  });
});
