import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { readRows } from '../../../../lambdas/shared/parquet/reader.ts';
import { parseJson } from '../../../../lambdas/shared/runtime/json.ts';
import type { ShardResult } from '../../../../lambdas/shared/state/shard-result.ts';
import { anEvent, EpochLake, type TestRecord } from '../../../support/epoch-lake.ts';
import { readStreamTables, type TableRow } from '../../../support/lake-tables.ts';

const SHARD = 'shardId-000000000000';
const OTHER = 'shardId-000000000001';

function active(sequenceNumber: string, values: object = {}): TestRecord {
  const order = { order_id: `o${sequenceNumber}`, ...values };
  return { sequenceNumber, data: anEvent(order), outcome: 'active' };
}

async function lakeWith(...entries: readonly (readonly TestRecord[])[]): Promise<EpochLake> {
  const epochs = new EpochLake({ rowGroupRows: 4 });
  epochs.addShard(SHARD);
  for (const records of entries) await epochs.append(SHARD, records);
  return epochs;
}

async function rowsAt({ lake }: EpochLake, key: string): Promise<TableRow[]> {
  const rows: TableRow[] = [];
  for await (const row of readRows(await lake.get(key))) rows.push(row);
  return rows;
}

describe('the rows of a shard', () => {
  it('go to the table of their outcome, with where they came from', async () => {
    const epochs = await lakeWith([
      active('1'),
      { ...active('2'), outcome: 'duplicate' },
      { sequenceNumber: '3', data: anEvent({ status: 'cancel' }), outcome: 'cancelled' },
      { ...active('4'), outcome: 'late', watermarkMs: Date.UTC(2026, 0, 5, 10, 40) },
      { sequenceNumber: '5', data: anEvent({ quantity: 0, price: null }), outcome: 'quarantined' },
    ]);

    const manifest = await epochs.publishNext(null);
    const tables = await readStreamTables(epochs.lake, manifest);

    const source = `orders/${SHARD}`;
    const positionsOf = (name: string) =>
      tables[name].map((row) => [row.source, row.sequence_number]);
    expect(positionsOf('orders')).toEqual([[source, '1']]);
    expect(positionsOf('duplicates')).toEqual([[source, '2']]);
    expect(positionsOf('cancelled')).toEqual([[source, '3']]);
    expect(positionsOf('late')).toEqual([[source, '4']]);
    expect(tables.late[0].watermark).toBe('2026-01-05T10:40:00.000Z');
    expect(positionsOf('quarantine')).toEqual([[source, '5']]);
    expect(tables.quarantine[0]).toMatchObject({
      issues: 'quantity_not_positive,price_missing',
      quantity: '0',
      price: null,
      order_id: 'o1',
    });
    expect(manifest.counts).toEqual({
      read: 5,
      active: 1,
      cancelled: 1,
      quarantined: 1,
      duplicate: 1,
      late: 1,
    });
    expect(manifest.issues).toEqual({ quantity_not_positive: 1, price_missing: 1 });
  });

  it('are joined with the copies of the plan, plain and compressed', async () => {
    const dimensions = {
      customers: Buffer.from(
        'customer_id,customer_name,customer_email,customer_segment,registration_date\n' +
          'c1,Ada,a@b.example,gold,2020-02-29\n',
      ),
      products: gzipSync(
        'product_id,product_name,category,brand,list_price\np1,Tea,Drink,Alder,12.5\n',
      ),
    };
    const epochs = new EpochLake({ dimensions });
    epochs.addShard(SHARD);
    await epochs.append(SHARD, [active('1'), active('2', { product_id: 'p2' })]);

    const manifest = await epochs.publishNext(null);
    const { orders, top_products: top } = await readStreamTables(epochs.lake, manifest);

    const found = { customer_name: 'Ada', registration_date: '2020-02-29' };
    expect(orders[0]).toMatchObject({ ...found, product_name: 'Tea', list_price: '12.50' });
    expect(orders[1]).toMatchObject({ ...found, product_name: null, list_price: null });
    expect(top[0]).toMatchObject({ product_id: 'p1', product_name: 'Tea', category: 'Drink' });
    expect(manifest.dimensions.products).toEqual({
      files: [{ key: 'products/p.csv.gz', etag: 'e1' }],
      rows: 1,
      dimension_issues: 0,
      dimension_duplicates: 0,
    });
  });

  it('lie in files of a day, of a few rows each', async () => {
    const day = (number: number) => ({ order_timestamp: `2026-01-0${number}T00:00:00Z` });
    const epochs = await lakeWith(
      [active('1', day(2)), active('2', day(1)), active('3', day(2))],
      [active('4', day(1)), active('5', day(2))],
    );

    const manifest = await epochs.publishNext(null);

    const folder = 'tables/stream/orders/epoch=00000001';
    expect(manifest.tables.orders.files.map(({ key, rows }) => [key, rows])).toEqual([
      [`${folder}/day=2026-01-01/part-${SHARD}-0.parquet`, 2],
      [`${folder}/day=2026-01-02/part-${SHARD}-0.parquet`, 2],
      [`${folder}/day=2026-01-02/part-${SHARD}-1.parquet`, 1],
    ]);
    expect(manifest.tables.orders.files[0].partition).toEqual({ order_date: '2026-01-01' });
    expect(manifest.tables.late.files).toEqual([]);
  });

  it('are sorted by source and by sequence number as a number, redriven ones too', async () => {
    const epochs = new EpochLake({ rowGroupRows: 10 });
    epochs.addShard(SHARD);
    epochs.addShard(OTHER);
    await epochs.append(OTHER, [active('900'), active('1001')]);
    await epochs.append(OTHER, [active('95'), active('1000')], OTHER);
    await epochs.append(OTHER, [active('7')], SHARD);

    const manifest = await epochs.publishNext(null);

    const [{ key }] = manifest.tables.orders.files;
    const rows = await rowsAt(epochs, key);
    expect(rows.map(({ source, sequence_number: number }) => [source, number])).toEqual([
      [`orders/${SHARD}`, '7'],
      [`orders/${OTHER}`, '95'],
      [`orders/${OTHER}`, '900'],
      [`orders/${OTHER}`, '1000'],
      [`orders/${OTHER}`, '1001'],
    ]);
  });

  it('keep bytes that are not UTF-8, and 64 KiB of long records, in quarantine', async () => {
    const long = Buffer.from('é'.repeat(600_000));
    const quarantined = (sequenceNumber: string, data: Uint8Array): TestRecord => ({
      sequenceNumber,
      data,
      outcome: 'quarantined',
    });
    const epochs = await lakeWith([
      quarantined('1', Buffer.from([0x22, 0xff])),
      quarantined('2', long),
      quarantined('3', new Uint8Array(0)),
      quarantined('4', anEvent({ status: '\ufeff\ud83d\ude00"\n', price: 1e21 })),
    ]);

    const manifest = await epochs.publishNext(null);
    const { quarantine } = await readStreamTables(epochs.lake, manifest);

    const texts = quarantine.map(({ issues, raw, status, price }) => [issues, raw, status, price]);
    expect(texts[0]).toEqual(['invalid_utf8', '"\ufffd', null, null]);
    expect(texts[1]).toEqual(['record_too_long', 'é'.repeat(32_768), null, null]);
    expect(texts[2]).toEqual(['invalid_json', '', null, null]);
    expect(texts[3][0]).toBe('price_not_decimal,status_unknown');
    expect(texts[3].slice(2)).toEqual(['\ufeff😀"\n', '1e+21']);
  });

  it('are written before the chunk is full where quarantined records are large', async () => {
    const event = anEvent({ quantity: 0, note: 'x'.repeat(900_000) });
    const records = Array.from(
      { length: 40 },
      (_, i): TestRecord => ({
        sequenceNumber: String(i),
        data: event,
        outcome: 'quarantined',
      }),
    );
    const epochs = new EpochLake({ rowGroupRows: 1_000 });
    epochs.addShard(SHARD);
    await epochs.append(SHARD, records.slice(0, 20));
    await epochs.append(SHARD, records.slice(20));

    const manifest = await epochs.publishNext(null);

    expect(manifest.tables.quarantine.files.map(({ rows }) => rows)).toEqual([20, 20]);
  });
});

describe('the result of a shard', () => {
  it('holds counts, files and the sums of active records', async () => {
    const epochs = await lakeWith([
      active('1', { product_id: 'p2' }),
      active('2', { order_timestamp: '2026-01-05T23:59:59.999Z', price: '0.01', quantity: 1 }),
      { ...active('3'), outcome: 'duplicate' },
    ]);

    const plan = await epochs.plan(null);
    await epochs.publish(plan);
    const key = epochs.keys.result(1, SHARD);
    const { files, ...result } = parseJson<ShardResult>(await epochs.lake.get(key));

    expect(key).toBe(`state/stream/results/00000001/${SHARD}.json`);
    expect(Object.keys(files)).toEqual(['orders', 'duplicates']);
    expect(result).toEqual({
      result_format: 1,
      epoch: 1,
      shard: SHARD,
      counts: { read: 3, active: 2, cancelled: 0, quarantined: 0, duplicate: 1, late: 0 },
      issues: {},
      days: [[20_458, 2, '1999']],
      hours: [
        [10, 1, '1998'],
        [23, 1, '1'],
      ],
      products: [
        ['p1', 1, '1'],
        ['p2', 1, '1998'],
      ],
      notices: {
        customers_missed: 2,
        products_missed: 2,
        both_missed: 2,
        customer_miss: `customer_id c1 of orders/${SHARD} 1`,
        product_miss: `product_id p2 of orders/${SHARD} 1`,
        future_events: 2,
        future_event: `orders/${SHARD} 1`,
      },
      windows: [
        { start_ms: Date.UTC(2026, 0, 5, 10), products: [['p2', 1, '1998']] },
        { start_ms: Date.UTC(2026, 0, 5, 23, 50), products: [['p1', 1, '1']] },
      ],
    });
  });

  it('is written for a shard without records', async () => {
    const epochs = await lakeWith([]);

    const manifest = await epochs.publishNext(null);

    expect(manifest.counts.read).toBe(0);
    expect(Object.values(manifest.tables).flatMap(({ files }) => files)).toEqual([]);
  });
});
