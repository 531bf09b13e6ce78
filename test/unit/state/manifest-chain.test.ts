import { beforeAll, describe, expect, it } from 'vitest';
import type { ObjectStore } from '../../../lambdas/shared/ports/object-store.ts';
import {
  manifestChain,
  manifestsAfter,
  tableFilesAsOf,
  visitManifests,
} from '../../../lambdas/shared/state/manifest-chain.ts';
import type { StreamManifest } from '../../../lambdas/shared/state/stream-manifest.ts';
import { anEvent, EpochLake } from '../../support/epoch-lake.ts';
import { hookedStore } from '../../support/hooked-store.ts';
import { readStreamTables } from '../../support/lake-tables.ts';
import { failureOf } from '../../support/small-landing.ts';

const SHARD = 'shardId-000000000000';
const EPOCHS = 205;

const epochs = new EpochLake({ rowGroupRows: 4 });
const manifests: StreamManifest[] = [];

beforeAll(async () => {
  epochs.addShard(SHARD);
  const start = Date.UTC(2026, 0, 5);
  for (let index = 1; index <= EPOCHS; index++) {
    const order_timestamp = new Date(start + index * 600_000).toISOString();
    const data = anEvent({ order_id: `o${index}`, order_timestamp });
    await epochs.append(SHARD, [{ sequenceNumber: String(index), data, outcome: 'active' }]);
    // Every second number is burned.
    manifests.push(await epochs.publish(await epochs.plan(start + index * 600_000, index * 2)));
  }
});

async function epochsOf(
  lake: ObjectStore,
  newest: StreamManifest,
  table: 'orders',
): Promise<number[]> {
  const found: number[] = [];
  for await (const { key } of tableFilesAsOf(lake, newest, table)) {
    found.push(Number(/epoch=(\d+)/.exec(key)?.[1]));
  }
  return found;
}

describe('the chain of manifests', () => {
  it('has a complete one every hundred epochs', () => {
    const complete = manifests.filter((manifest) => manifest.complete);

    expect(complete.map(({ epoch }) => epoch)).toEqual([200, 400]);
    expect(complete.map(({ tables }) => tables.orders.files.length)).toEqual([100, 100]);
    expect(complete.map(({ previous_complete: key }) => key)).toEqual([
      null,
      'manifests/stream/00000200.json',
    ]);
    expect(manifests[204].previous_complete).toBe('manifests/stream/00000400.json');
    expect(manifests[204].tables.orders.files).toHaveLength(1);
  });

  it('names every file of a table once, the newest epoch first', async () => {
    const found = await epochsOf(epochs.lake, manifests[204], 'orders');

    expect(found).toEqual(Array.from({ length: EPOCHS }, (_, i) => (EPOCHS - i) * 2));
  });

  it('gives the rows as of any of its manifests', async () => {
    for (const index of [0, 98, 99, 100, 198, 199, 200, 204]) {
      const tables = await readStreamTables(epochs.lake, manifests[index]);

      expect(tables.orders).toHaveLength(index + 1);
      expect(tables.daily_revenue.reduce((sum, row) => sum + Number(row.total_orders), 0)).toBe(
        index + 1,
      );
      // The window of the newest record is still open.
      expect(tables.window_revenue).toHaveLength(index);
    }
  });

  it('is read by a few manifests, and never by a listing', async () => {
    const read: string[] = [];
    const watched = hookedStore(epochs.lake, (operation, key) => {
      read.push(`${operation} ${key}`);
    });

    await epochsOf(watched, manifests[204], 'orders');

    expect(read).toEqual([
      ...[408, 406, 404, 402, 400, 200].map((n) => `get manifests/stream/00000${n}.json`),
    ]);
  });

  it('gives every manifest, the newest first', async () => {
    const found: number[] = [];
    for await (const { epoch } of manifestChain(epochs.lake, manifests[149])) found.push(epoch);

    expect(found).toEqual(Array.from({ length: 150 }, (_, i) => (150 - i) * 2));
  });

  it('gives those after an epoch, the oldest first, and shows all of them once', async () => {
    const after: number[] = [];
    const visited: number[] = [];

    const newestKey = 'manifests/stream/00000410.json';
    for await (const { manifest } of manifestsAfter(epochs.lake, newestKey, 150)) {
      after.push(manifest.epoch);
    }
    const read: string[] = [];
    const watched = hookedStore(epochs.lake, (_operation, key) => {
      read.push(key);
    });
    await visitManifests(watched, newestKey, ({ epoch }) => visited.push(epoch));

    expect(after).toEqual(Array.from({ length: EPOCHS - 75 }, (_, i) => 152 + i * 2));
    visited.sort((a, b) => a - b);
    expect(visited).toEqual(Array.from({ length: EPOCHS }, (_, i) => 2 + i * 2));
    // Those where a hundred begins are read twice, and the newest ones.
    expect(read).toHaveLength(EPOCHS + 5 + 1 + 1);
  });

  it('fails when one of it is missing or no manifest, and names it', async () => {
    const key = 'manifests/stream/00000404.json';
    const stored = await epochs.lake.get(key);

    await epochs.lake.delete([key]);
    const missing = await failureOf(() => epochsOf(epochs.lake, manifests[204], 'orders'));
    await epochs.lake.put(key, Buffer.from('{'));
    const damaged = await failureOf(() => epochsOf(epochs.lake, manifests[204], 'orders'));
    await epochs.lake.put(key, Buffer.from(JSON.stringify(manifests[204])));
    const circular = await failureOf(() => epochsOf(epochs.lake, manifests[204], 'orders'));
    await epochs.lake.put(key, stored);

    expect(missing).toMatchObject({ code: 'manifest_missing' });
    expect(damaged).toMatchObject({ code: 'manifest_damaged' });
    expect(circular).toMatchObject({ code: 'manifest_damaged' });
    expect(String(missing)).toContain(key);
  });

  it('fails when one of it comes before itself', async () => {
    const newest = { ...manifests[203], previous: 'manifests/stream/00000408.json' };

    expect(await failureOf(() => epochsOf(epochs.lake, newest, 'orders'))).toMatchObject({
      code: 'manifest_damaged',
      message: 'manifest manifests/stream/00000408.json has epoch 408, but comes before epoch 408',
    });
  });

  it('has no files of a table that no manifest lists', async () => {
    const newest = { ...manifests[0], tables: {} as StreamManifest['tables'] };

    expect(await epochsOf(epochs.lake, newest, 'orders')).toEqual([]);
  });
});
