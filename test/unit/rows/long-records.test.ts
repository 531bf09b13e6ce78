import { describe, expect, it } from 'vitest';
import { readMetadata } from '../../../lambdas/shared/parquet/stored-values.ts';
import type { TableFile } from '../../../lambdas/shared/parquet/table-file.ts';
import type { ObjectStore } from '../../../lambdas/shared/ports/object-store.ts';
import { ordersCsv, runOver } from '../../support/batch-runs.ts';
import { EpochLake } from '../../support/epoch-lake.ts';
import { readStreamTables, readTables, type TableRow } from '../../support/lake-tables.ts';

/** Quarantined records whose customer id is nearly as long as a record may be. */

const SHARD = 'shardId-000000000000';

const CUSTOMERS = Array.from({ length: 20 }, (_, row) => `${row}-`.padEnd(1_000_000, 'c'));

/** How many row groups there are in the files, and the rows of each. */
async function groupsOf(lake: ObjectStore, files: readonly TableFile[]): Promise<number[][]> {
  const groups = files.map(async ({ key }) => {
    const bytes = await lake.get(key);
    const { row_groups: found } = await readMetadata(Uint8Array.from(bytes).buffer);
    return found.map(({ num_rows: rows }) => Number(rows));
  });
  return await Promise.all(groups);
}

function expectWhole(rows: readonly TableRow[]): void {
  const whole = rows.map(({ customer_id: id }, row) => id === CUSTOMERS[row]);
  expect(whole).toEqual(CUSTOMERS.map(() => true));
  expect(rows.map(({ issues }) => issues)).toEqual(CUSTOMERS.map(() => 'customer_id_too_long'));
  expect(rows.map(({ raw }) => String(raw).length)).toEqual(CUSTOMERS.map(() => 65_536));
}

describe('quarantined records of nearly 1 MiB', () => {
  it.each([
    ['as they are', (customer: string) => customer],
    ['in quotes', (customer: string) => `"${customer}"`],
  ])('come whole out of CSV, in several row groups: %s', async (_what, written) => {
    const lines = CUSTOMERS.map(
      (customer, row) => `o${row},${written(customer)},p1,2026-01-05T00:00:00,2,1.50,done`,
    );

    const { manifest, lake } = await runOver([['orders/a.csv', ordersCsv(lines)]]);

    expect(manifest.counts).toMatchObject({ read: 20, quarantined: 20 });
    expect(await groupsOf(lake, manifest.tables.quarantine.files)).toEqual([[9, 9, 2]]);
    expectWhole((await readTables(lake, manifest)).quarantine);
  });

  it('come whole out of a stream, in several row groups', async () => {
    const epochs = new EpochLake();
    epochs.addShard(SHARD);
    const records = CUSTOMERS.map((customer, row) => ({
      sequenceNumber: `${row + 1}`,
      data: Buffer.from(eventOf(row, customer)),
      outcome: 'quarantined' as const,
    }));
    await epochs.append(SHARD, records);

    const manifest = await epochs.publishNext(null);

    expect(manifest.counts).toMatchObject({ read: 20, quarantined: 20 });
    expect(await groupsOf(epochs.lake, manifest.tables.quarantine.files)).toEqual([[9, 9, 2]]);
    expectWhole((await readStreamTables(epochs.lake, manifest)).quarantine);
  });
});

function eventOf(row: number, customer: string): string {
  return JSON.stringify({
    ...{ order_id: `o${row}`, customer_id: customer, product_id: 'p1' },
    ...{ order_timestamp: '2026-01-05T00:00:00Z', quantity: 2, price: '1.50', status: 'done' },
  });
}
