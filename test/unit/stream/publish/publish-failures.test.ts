import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { anEvent, contentOf, EpochLake, type TestRecord } from '../../../support/epoch-lake.ts';
import { failureOf } from '../../../support/small-landing.ts';

const SHARD = 'shardId-000000000000';

function active(sequenceNumber: string): TestRecord {
  const data = anEvent({ order_id: `o${sequenceNumber}` });
  return { sequenceNumber, data, outcome: 'active' };
}

async function lakeWith(...entries: readonly (readonly TestRecord[])[]): Promise<EpochLake> {
  const epochs = new EpochLake({ rowGroupRows: 4 });
  epochs.addShard(SHARD);
  for (const records of entries) await epochs.append(SHARD, records);
  return epochs;
}

describe('a shard that cannot be published', () => {
  it('fails when a segment is missing, and names key, shard and version', async () => {
    const epochs = await lakeWith([active('1')]);
    const segment = (await epochs.append(SHARD, [active('2')])) as string;
    const plan = await epochs.plan(null);
    await epochs.lake.delete([segment]);

    const failure = await failureOf(() => epochs.publish(plan));

    expect(failure).toMatchObject({ code: 'segment_missing' });
    expect(String(failure)).toContain(`segment ${segment} of ${SHARD}, version 2`);
    expect(await contentOf(epochs.lake)).not.toHaveProperty([epochs.keys.manifest(1)]);
  });

  it('fails when a segment has other bytes than its entry says', async () => {
    const epochs = await lakeWith();
    const segment = (await epochs.append(SHARD, [active('1')])) as string;
    const plan = await epochs.plan(null);
    const bytes = await epochs.lake.get(segment);
    bytes[bytes.length - 1] ^= 1;
    await epochs.lake.put(segment, bytes);

    const failure = await failureOf(() => epochs.publish(plan));

    expect(failure).toMatchObject({ code: 'segment_damaged' });
    expect(String(failure)).toContain(`${segment} of ${SHARD}, version 1`);
  });

  it('fails when the rules say something else than when the record was consumed', async () => {
    const good = active('1');
    const bad = anEvent({ quantity: 0 });
    const wrong: TestRecord[] = [
      { ...good, outcome: 'quarantined' },
      { ...good, data: bad },
      { ...good, outcome: 'cancelled' },
      { ...good, data: bad, outcome: 'late', watermarkMs: 0 },
    ];
    for (const record of wrong) {
      const epochs = await lakeWith([record]);

      await expect(epochs.publishNext(null)).rejects.toThrow('keeps its outcome');
    }
  });

  it('fails when a file of the epoch holds other bytes, and names it', async () => {
    const epochs = await lakeWith([active('1')]);
    const folder = 'tables/stream/orders/epoch=00000001/day=2026-01-05';
    const key = `${folder}/part-${SHARD}-0.parquet`;
    await epochs.lake.put(key, Buffer.from('x'));

    const failure = await failureOf(() => epochs.publishNext(null));

    expect(failure).toMatchObject({ code: 'epoch_differs' });
    expect(String(failure)).toContain(key);
  });

  it('fails when the copy of a dimension is missing, and names it', async () => {
    const customers = Buffer.from(
      'customer_id,customer_name,customer_email,customer_segment,registration_date\n',
    );
    const products = gzipSync('product_id,product_name,category,brand,list_price\n');
    const epochs = new EpochLake({ dimensions: { customers, products } });
    const plan = await epochs.plan(null);
    const [{ copyKey }] = plan.dimensions.products;
    await epochs.lake.delete([copyKey]);

    const failure = await failureOf(() => epochs.publish(plan));

    expect(failure).toMatchObject({ code: 'dimension_copy_missing' });
    expect(String(failure)).toContain(`${copyKey}, the copy of products/p.csv.gz`);
  });

  it('fails when the plan lacks an entry', async () => {
    const epochs = await lakeWith([active('1')], [active('2')]);
    const plan = await epochs.plan(null);
    const shards = plan.shards.map((shard) => ({ ...shard, entries: shard.entries.slice(1) }));

    await expect(epochs.publish({ ...plan, shards })).rejects.toThrow('holds all entries');
  });
});
