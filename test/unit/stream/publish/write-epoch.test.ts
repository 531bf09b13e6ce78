import { describe, expect, it } from 'vitest';
import { parseJson } from '../../../../lambdas/shared/runtime/json.ts';
import { readSnapshot } from '../../../../lambdas/shared/state/epoch-snapshot.ts';
import type { ShardResult } from '../../../../lambdas/shared/state/shard-result.ts';
import {
  anEvent,
  contentOf,
  EpochLake,
  publishMemory,
  type TestRecord,
} from '../../../support/epoch-lake.ts';
import { hookedStore } from '../../../support/hooked-store.ts';
import { readStreamTables } from '../../../support/lake-tables.ts';
import { readShardResults } from '../../../support/shard-results.ts';
import { failureOf } from '../../../support/small-landing.ts';

const SHARD = 'shardId-000000000000';
const OTHER = 'shardId-000000000001';
const at = (time: string) => Date.parse(`2026-01-05T${time}Z`);

let nextSequence = 1;

function active(values: Readonly<Record<string, unknown>> = {}): TestRecord {
  const sequenceNumber = String(nextSequence++);
  return { sequenceNumber, data: anEvent(values), outcome: 'active' };
}

function timed(time: string, values: Readonly<Record<string, unknown>> = {}): TestRecord {
  return active({ order_timestamp: `2026-01-05T${time}Z`, ...values });
}

function twoShards(): EpochLake {
  const epochs = new EpochLake();
  epochs.addShard(SHARD);
  epochs.addShard(OTHER);
  return epochs;
}

describe('windows', () => {
  it('are published once, by the epoch whose watermark reaches their end', async () => {
    const epochs = twoShards();
    await epochs.append(SHARD, [timed('10:09:59'), timed('10:10:00')]);
    await epochs.append(OTHER, [timed('10:01:00', { product_id: 'p0' })]);
    const first = await epochs.publishNext(at('10:09:59.999'));
    await epochs.append(OTHER, [timed('10:05:00'), timed('10:30:00')]);
    const second = await epochs.publishNext(at('10:10:00'));
    const third = await epochs.publishNext(at('10:35:00'));

    const cells = async (manifest: typeof first) => {
      const { window_revenue: rows } = await readStreamTables(epochs.lake, manifest);
      return rows.map((row) => [
        row.window_start,
        row.window_end,
        row.product_id,
        row.orders_count,
      ]);
    };
    const ten = ['2026-01-05T10:00:00.000Z', '2026-01-05T10:10:00.000Z'];
    expect(await cells(first)).toEqual([]);
    expect(await cells(second)).toEqual([
      [...ten, 'p0', '1'],
      [...ten, 'p1', '2'],
    ]);
    expect(await cells(third)).toEqual([
      [...ten, 'p0', '1'],
      [...ten, 'p1', '2'],
      ['2026-01-05T10:10:00.000Z', '2026-01-05T10:20:00.000Z', 'p1', '1'],
    ]);
    expect(third.tables.window_revenue.files).toHaveLength(1);
    const snapshot = await readSnapshot(epochs.lake, epochs.keys.snapshot(3), 3);
    expect(snapshot.windows).toEqual([{ start_ms: at('10:30:00'), products: [['p1', 1, '1998']] }]);
  });

  it('stay open while a shard has no watermark', async () => {
    const epochs = twoShards();
    await epochs.append(SHARD, [timed('10:00:00')]);

    const manifest = await epochs.publishNext(null);

    expect(manifest.watermark).toBeNull();
    expect(manifest.tables.window_revenue.files).toEqual([]);
  });

  it('take no active record once they are final', async () => {
    const epochs = twoShards();
    await epochs.publishNext(at('10:10:00'));
    await epochs.append(SHARD, [timed('10:09:59')]);

    await expect(epochs.publishNext(at('10:10:00'))).rejects.toThrow(
      'the window of 2026-01-05T10:00:00.000Z was not final before',
    );
  });
});

describe('cumulative tables', () => {
  it('hold all epochs so far, products by revenue', async () => {
    const epochs = twoShards();
    await epochs.append(SHARD, [timed('10:00:00', { product_id: 'ｚ', price: '5', quantity: 1 })]);
    await epochs.append(OTHER, [timed('23:00:00', { product_id: '😀', price: '5', quantity: 1 })]);
    await epochs.publishNext(null);
    await epochs.append(OTHER, [timed('10:59:59', { product_id: 'a,"b"', price: '7' })]);
    const manifest = await epochs.publishNext(null);

    const tables = await readStreamTables(epochs.lake, manifest);

    expect(tables.daily_revenue).toEqual([
      { order_date: '2026-01-05', total_orders: '3', total_revenue: '24.00' },
    ]);
    expect(tables.hourly_revenue).toEqual([
      { hour_of_day: 10, total_orders: '2', total_revenue: '19.00' },
      { hour_of_day: 23, total_orders: '1', total_revenue: '5.00' },
    ]);
    const products = tables.product_revenue.map(({ product_id: id }) => id);
    expect(products).toEqual(['a,"b"', 'ｚ', '😀']);
    expect(tables.top_products.map(({ rank, product_id: id }) => [rank, id])).toEqual([
      [1, 'a,"b"'],
      [2, 'ｚ'],
      [3, '😀'],
    ]);
    expect(manifest.tables.product_revenue.files.map(({ key }) => key)).toEqual([
      'tables/stream/product_revenue/epoch=00000002/part-0000.parquet',
    ]);
    const csv = await epochs.lake.get('snapshots/product_totals/epoch=00000002.csv');
    expect(Buffer.from(csv).toString()).toBe(
      'product_id,total_orders,total_revenue\n"a,""b""",1,14.00\nｚ,1,5.00\n😀,1,5.00\n',
    );
  });

  it('are safe to open in a spreadsheet as CSV, and go on from the ids as they are', async () => {
    const epochs = twoShards();
    const ids = ['=1+1', '+1', '-1', '@a', '="a,b"', "'", 'a=b'];
    const priced = (id: string, index: number) =>
      timed('10:00:00', { product_id: id, price: index });
    await epochs.append(SHARD, ids.map(priced));
    await epochs.publishNext(null);

    const manifest = await epochs.publishNext(null);

    const csv = await epochs.lake.get('snapshots/product_totals/epoch=00000002.csv');
    const cells = Buffer.from(csv).toString().split('\n').slice(1, -1);
    const found = cells.map((line) => line.replace(/,1,[0-9.]+$/, ''));
    expect(found).toEqual(['a=b', "'", '"\'=""a,b"""', "'@a", "'-1", "'+1", "'=1+1"]);
    const { product_revenue: rows } = await readStreamTables(epochs.lake, manifest);
    expect(rows.map((row) => row.product_id).toReversed()).toEqual(ids);
  });

  it('have no file while there is no active order', async () => {
    const epochs = twoShards();
    await epochs.append(SHARD, [{ ...active({ status: 'cancel' }), outcome: 'cancelled' }]);

    const { tables } = await epochs.publishNext(at('11:00:00'));

    const withFiles = Object.keys(tables).filter((name) => tables[name].files.length > 0);
    expect(withFiles).toEqual(['cancelled']);
    expect(Object.keys(tables)).toHaveLength(10);
  });

  it('fail when a sum does not fit, and name the cell', async () => {
    const epochs = twoShards();
    await epochs.append(SHARD, [timed('10:00:00', { product_id: 'big' }), timed('10:00:00')]);
    const plan = await epochs.plan(null);
    await epochs.publish(plan);
    const results = await readShardResults(plan, epochs.lake, epochs.keys);
    const cents = String(10n ** 18n);
    const sum = String(10n ** 18n + 1998n);
    const [first, ...rest] = results;
    const large: ShardResult = {
      ...first,
      days: [[20_458, 2, sum]],
      hours: [[10, 2, sum]],
      products: [
        ['big', 1, cents],
        ['p1', 1, '1998'],
      ],
      windows: [
        {
          start_ms: at('10:00:00'),
          products: [
            ['big', 1, cents],
            ['p1', 1, '1998'],
          ],
        },
      ],
    };
    await epochs.lake.delete([epochs.keys.manifest(1)]);

    const failure = await failureOf(() => epochs.commit(plan, [large, ...rest]));

    expect(failure).toMatchObject({ code: 'revenue_overflow' });
    expect(String(failure)).toContain('product_revenue of big');
    expect(await contentOf(epochs.lake)).not.toHaveProperty([epochs.keys.manifest(1)]);
  });
});

describe('the manifest of an epoch', () => {
  it('counts what the epoch has, and everything so far', async () => {
    const epochs = twoShards();
    const bad: TestRecord = {
      sequenceNumber: '1',
      data: anEvent({ quantity: 0 }),
      outcome: 'quarantined',
    };
    await epochs.append(SHARD, [active(), bad]);
    await epochs.publishNext(null);
    await epochs.append(OTHER, [active(), { ...bad, sequenceNumber: '2' }, active()]);

    const manifest = await epochs.publishNext(at('10:00:00'));

    const zero = { cancelled: 0, duplicate: 0, late: 0 };
    expect(manifest.counts).toEqual({ read: 5, active: 3, quarantined: 2, ...zero });
    expect(manifest.epoch_counts).toEqual({ read: 3, active: 2, quarantined: 1, ...zero });
    expect(manifest.issues).toEqual({ quantity_not_positive: 2 });
    expect(manifest.revenue).toBe('59.94');
    expect(
      manifest.inputs.map(({ shard, from_version, to_version }) => ({
        shard,
        from_version,
        to_version,
      })),
    ).toEqual([
      { shard: SHARD, from_version: 1, to_version: 1 },
      { shard: OTHER, from_version: 0, to_version: 1 },
    ]);
    expect(manifest).toMatchObject({
      kind: 'stream',
      epoch: 2,
      status: 'published',
      created_at: '2026-02-01T00:00:00.000Z',
      code_version: 'v1',
      config_hash: 'c1',
      stream: 'orders',
      consumer: 'default',
      watermark: '2026-01-05T10:00:00.000Z',
      previous: 'manifests/stream/00000001.json',
      previous_complete: null,
      complete: false,
      rejected_files: [],
    });
    const stored = parseJson(await epochs.lake.get('manifests/stream/00000002.json'));
    expect(stored).toEqual(manifest);
  });

  it('follows the last published epoch, whose number may be some below', async () => {
    const epochs = twoShards();
    await epochs.append(SHARD, [active()]);
    await epochs.publish(await epochs.plan(null, 3));
    await epochs.append(SHARD, [active()]);

    const manifest = await epochs.publish(await epochs.plan(null, 7));

    expect(manifest).toMatchObject({ epoch: 7, previous: 'manifests/stream/00000003.json' });
    const { orders } = await readStreamTables(epochs.lake, manifest);
    expect(orders).toHaveLength(2);
  });
});

it('gives the same bytes when two publishers write one epoch side by side', async () => {
  const epochs = twoShards();
  await epochs.append(SHARD, [timed('10:00:00'), timed('11:00:00', { product_id: 'p2' })]);
  await epochs.append(OTHER, [timed('10:05:00')]);
  const plan = await epochs.plan(at('10:30:00'));
  let operations = 0;
  // Each waits for the other now and then.
  const slow = (every: number) =>
    hookedStore(epochs.lake, async () => {
      operations += 1;
      for (let turn = 0; turn < operations % every; turn++) await Promise.resolve();
    });

  const [one, other] = await Promise.all([
    epochs.publish(plan, slow(7)),
    epochs.publish(plan, slow(5), publishMemory(64)),
  ]);

  expect(one).toEqual(other);
  const { orders, window_revenue: windows } = await readStreamTables(epochs.lake, one);
  expect(orders).toHaveLength(3);
  expect(windows).toHaveLength(1);
});
