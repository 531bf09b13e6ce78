import { beforeEach, describe, expect, it } from 'vitest';
import type { BatchManifest } from '../../../../lambdas/batch/run/batch-manifest.ts';
import { jsonBytes, parseJson } from '../../../../lambdas/shared/runtime/json.ts';
import { sha256Of } from '../../../../lambdas/shared/state/segment.ts';
import type { StreamManifest } from '../../../../lambdas/shared/state/stream-manifest.ts';
import { verifyLake } from '../../../../lib/embedded/verify/verify-lake.ts';
import { aRecord, type TableRows } from '../../../support/lake-records.ts';
import { MemoryObjectStore } from '../../../support/memory/memory-object-store.ts';
import { type PublishedLake, publishedLake, verified } from '../../../support/published-lake.ts';
import { lakeOf } from '../../../support/reconcile-runs.ts';

let published: PublishedLake;
let lake: MemoryObjectStore;
beforeEach(async () => {
  published = await publishedLake();
  lake = published.lake;
});

const faultsOf = async (consumer?: string) =>
  (await verified(lake, consumer)).faults.map(({ key, code, message }) => [key, code, message]);

async function change<T>(key: string, edit: (value: T) => unknown): Promise<void> {
  await lake.put(key, jsonBytes(edit(parseJson<T>(await lake.get(key)))));
}

const streamKey = (epoch: number) => `manifests/stream/0000000${epoch}.json`;

describe('a whole lake', () => {
  it('has no fault, and everything that it names was read', async () => {
    const before = await contentOf(lake);
    const { doors, faults } = await verified(lake);

    expect(faults).toEqual([]);
    expect(doors).toMatchObject([
      { door: 'batch', manifests: 0, segments: 0 },
      { door: 'stream', name: '3', manifests: 3, segments: 4 },
    ]);
    const files = doors.reduce((sum, door) => sum + door.files, 0);
    expect(files).toBe(published.tableKeys.length);
    expect(await contentOf(lake)).toEqual(before);
  });

  it('may have one door only', async () => {
    await lake.delete(['manifests/batch/CURRENT.json']);
    expect((await verified(lake)).doors.map(({ door }) => door)).toEqual(['stream']);
  });

  it('is needed: without any publication it fails', async () => {
    await expect(verified(new MemoryObjectStore())).rejects.toThrow(
      'the lake holds neither a batch run nor an epoch of consumer default; publish one: npx tandem',
    );
  });
});

describe('an object that is missing', () => {
  it('is named once, with what restores it', async () => {
    const [batchFile] = published.tableKeys;
    const streamFile = published.tableKeys.at(-1) as string;
    const [segment] = published.segmentKeys;
    await lake.delete([batchFile, streamFile, segment, 'state/stream/snapshots/00000003']);

    const { faults } = await verified(lake);

    expect(faults.map(({ key, code }) => [key, code])).toEqual([
      [batchFile, 'file_missing'],
      [streamFile, 'file_missing'],
      ['state/stream/snapshots/00000003', 'snapshot_missing'],
      [segment, 'segment_missing'],
    ]);
    expect(faults[0].restore).toMatch(/^run npx tandem batch, /);
    expect(faults[1].restore).toMatch(/^restore the object .* tandem replay --consumer NAME/);
  });

  it('may be a manifest of the chain', async () => {
    await lake.delete([streamKey(1)]);
    expect(await faultsOf()).toEqual([[streamKey(1), 'manifest_missing', 'is missing']]);
  });

  it('may be the list of product totals', async () => {
    const key = 'snapshots/product_totals/epoch=00000003.csv';
    await lake.delete([key]);
    expect(await faultsOf()).toEqual([[key, 'file_missing', 'is missing']]);
  });
});

describe('an object that was cut or replaced', () => {
  it('is one with another size', async () => {
    const [key] = published.tableKeys;
    const whole = await lake.get(key);
    await lake.put(key, whole.subarray(1));
    expect(await faultsOf()).toEqual([
      [key, 'file_damaged', `has ${whole.length - 1} bytes, but its manifest says ${whole.length}`],
    ]);
  });

  it('is a list of product totals with another byte', async () => {
    const key = 'snapshots/product_totals/epoch=00000003.csv';
    const text = Buffer.from(await lake.get(key)).toString();
    for (const changed of [text.replace('10.00', '10.01'), `${text}x`, text.slice(0, -1), '']) {
      await lake.put(key, Buffer.from(changed));
      expect((await faultsOf()).map(([fault, code]) => [fault, code])).toEqual([
        [key, 'file_damaged'],
      ]);
    }
  });

  it('is a CURRENT that names nothing', async () => {
    await lake.put('manifests/batch/CURRENT.json', Buffer.from('{"manifest":7}'));
    expect(await faultsOf()).toEqual([
      ['manifests/batch/CURRENT.json', 'manifest_damaged', 'names no manifest'],
    ]);
  });
});

describe('a manifest that contradicts its tables', () => {
  const batchKey = () => `manifests/batch/${published.batch.run_id}.json`;

  it('has another revenue', async () => {
    await change<BatchManifest>(batchKey(), (manifest) => ({ ...manifest, revenue: '70.00' }));
    expect(await faultsOf()).toEqual([
      [
        batchKey(),
        'sums_differ',
        'its tables do not add up: the orders are worth 60.00, not 70.00',
      ],
    ]);
  });

  it('has other counts or issues', async () => {
    await change<BatchManifest>(batchKey(), (manifest) => ({
      ...manifest,
      counts: { ...manifest.counts, duplicate: 2 },
      issues: {},
    }));
    expect((await faultsOf())[0][2]).toBe(
      'its tables do not add up: 9 records were read, but its outcomes are 10; ' +
        'table duplicates has 1 rows, not 2; ' +
        '1 quarantined rows have issue order_timestamp_invalid, not 0',
    );
  });

  it('leaves out a file', async () => {
    await change<StreamManifest>(streamKey(2), (manifest) => ({
      ...manifest,
      tables: { ...manifest.tables, window_revenue: { files: [] } },
    }));
    expect(await faultsOf()).toEqual([
      [
        streamKey(3),
        'sums_differ',
        'its tables do not add up: ' +
          'window_revenue is not the sum of the orders by final window and product',
      ],
    ]);
  });

  it('names a file for another one', async () => {
    const [file] = published.batch.tables.daily_revenue.files;
    const bytes = await lake.get(file.key);
    await change<BatchManifest>(batchKey(), (manifest) => ({
      ...manifest,
      tables: {
        ...manifest.tables,
        daily_revenue: { files: [{ ...file, rows: file.rows + 1, sha256: sha256Of(bytes) }] },
      },
    }));
    expect((await faultsOf())[0]).toEqual([
      file.key,
      'rows_differ',
      `its footer has ${file.rows} rows, its manifest says ${file.rows + 1}`,
    ]);
  });

  it('has a file of another day', async () => {
    const [first, ...rest] = published.batch.tables.orders.files;
    await change<BatchManifest>(batchKey(), (manifest) => ({
      ...manifest,
      tables: {
        ...manifest.tables,
        orders: { files: [{ ...first, partition: { order_date: '2026-01-09' } }, ...rest] },
      },
    }));
    expect((await faultsOf())[0]).toEqual([
      first.key,
      'rows_differ',
      'has rows of other days than 2026-01-09',
    ]);
  });
});

describe('a chain that has a hole', () => {
  it('lacks versions of a shard', async () => {
    await change<StreamManifest>(streamKey(2), (manifest) => ({
      ...manifest,
      inputs: manifest.inputs.map((input) =>
        input.shard === 'shardId-0' ? { ...input, from_version: 2 } : input,
      ),
    }));
    expect((await faultsOf())[0]).toEqual([
      streamKey(1),
      'manifest_damaged',
      'ends at version 1 of shardId-0, but the next epoch begins after 2',
    ]);
  });

  it('goes round in a circle', async () => {
    await change<StreamManifest>(streamKey(2), (manifest) => ({
      ...manifest,
      previous: streamKey(3),
    }));
    expect(await faultsOf()).toEqual([
      [streamKey(3), 'manifest_damaged', 'has epoch 3, but comes before epoch 2'],
    ]);
  });
});

describe('tables that do not add up', () => {
  const records = [
    aRecord('o1'),
    aRecord('o2', { productId: 'p2' }),
    aRecord('o3', { timeMs: Date.UTC(2026, 0, 5, 0, 10) }),
  ];
  const addOne = (rows: TableRows['orders'], column: string) =>
    (rows ?? []).map((row, i, all) =>
      i === all.length - 1 ? { ...row, [column]: Number(row[column]) + 1 } : row,
    );
  const DAMAGE = [
    ['daily_revenue', 'total_revenue', 'daily_revenue 2026-01-05 is 3 worth 9.01'],
    ['daily_revenue', 'order_date', 'daily_revenue 2026-01-05 is without a row'],
    ['hourly_revenue', 'total_orders', 'hourly_revenue of hour 0 is 4 worth 9.00'],
    ['product_revenue', 'total_revenue', 'product_revenue is not the sum of the orders'],
    ['window_revenue', 'orders_count', 'window_revenue is not the sum of the orders'],
    ['window_revenue', 'window_end', '1 rows of window_revenue are not windows of 600000 ms'],
  ] as const;

  it.each(DAMAGE)('%s with another %s', async (table, column, message) => {
    const damageBatch = (tables: TableRows): TableRows => ({
      ...tables,
      [table]: addOne(tables[table], column),
    });
    const sides = { batch: records, stream: records, damageBatch };
    const damaged = (await lakeOf(sides)) as MemoryObjectStore;
    await damaged.delete(['manifests/stream/CURRENT.json']);

    const { faults } = await verified(damaged);

    expect(faults.map(({ key, code }) => [key, code])).toEqual([
      ['manifests/batch/20260201T000000Z-0000000a.json', 'sums_differ'],
    ]);
    expect(faults[0].message).toContain(message);
  });

  it('a product more and a product less of the same worth', async () => {
    const damageBatch = (tables: TableRows): TableRows => ({
      ...tables,
      product_revenue:
        tables.product_revenue?.map((row) => ({
          ...row,
          product_id: row.product_id === 'p1' ? 'p9' : row.product_id,
        })) ?? [],
    });
    const sides = { batch: records, stream: records, damageBatch };
    const damaged = (await lakeOf(sides)) as MemoryObjectStore;
    await damaged.delete(['manifests/stream/CURRENT.json']);
    const { faults } = await verified(damaged);
    expect(faults[0].message).toContain('product_revenue is not the sum of the orders by product');
  });
});

it('ends with the reason of the signal', async () => {
  const options = {
    consumer: 'default',
    windowLengthMs: 600_000,
    signal: AbortSignal.abort(new Error('stopped')),
    onProgress: () => undefined,
  };
  await expect(verifyLake(lake, options)).rejects.toThrow('stopped');
});

async function contentOf(store: MemoryObjectStore): Promise<Record<string, string>> {
  const content: Record<string, string> = {};
  for await (const { key } of store.list('')) content[key] = sha256Of(await store.get(key));
  return content;
}
