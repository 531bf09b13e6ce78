import { beforeAll, expect, it } from 'vitest';
import { registerTables } from '../../../lambdas/catalogue/register-tables/register-tables.ts';
import { jsonBytes } from '../../../lambdas/shared/runtime/json.ts';
import { anEvent, EpochLake } from '../../support/epoch-lake.ts';
import { hookedStore } from '../../support/hooked-store.ts';
import { MemoryCatalogue } from '../../support/memory-catalogue.ts';

const SHARD = 'shardId-000000000000';
const EPOCHS = 205;

const epochs = new EpochLake({ rowGroupRows: 4 });

beforeAll(async () => {
  epochs.addShard(SHARD);
  const start = Date.UTC(2026, 0, 5);
  for (let epoch = 1; epoch <= EPOCHS; epoch++) {
    const order_timestamp = new Date(start + epoch * 600_000).toISOString();
    const data = anEvent({ order_id: `o${epoch}`, order_timestamp });
    await epochs.append(SHARD, [{ sequenceNumber: String(epoch), data, outcome: 'active' }]);
    await epochs.publish(await epochs.plan(start + epoch * 600_000, epoch));
  }
});

/** Brings the catalogue to an epoch; answers how many manifests that took. */
async function register(catalogue: MemoryCatalogue, epoch: number): Promise<number> {
  let reads = 0;
  const lake = hookedStore(epochs.lake, (operation, key) => {
    if (operation === 'get' && /\/\d{8}[.]json$/.test(key)) reads += 1;
  });
  await epochs.lake.put(epochs.keys.current, jsonBytes({ manifest: epochs.keys.manifest(epoch) }));
  await registerTables(lake, catalogue);
  return reads;
}

it.each([[[98, 99, 100, 101]], [[50, 150, 203, 204]], [[100, 200, 205]], [[205]]])(
  'shows each epoch once, brought to epochs %j one after the other',
  async (steps) => {
    const catalogue = new MemoryCatalogue();
    for (const epoch of steps) {
      await register(catalogue, epoch);
      const parts = [...(catalogue.parts.get('stream_orders')?.keys() ?? [])];
      expect(parts.map(Number)).toEqual(Array.from({ length: epoch }, (_, index) => index + 1));
    }
  },
);

it('reads few manifests, also of a stream that runs for long', async () => {
  const catalogue = new MemoryCatalogue();
  // 205 back to 200, which is complete and lists those from 101 on, and 100 lists the rest.
  expect(await register(catalogue, 205)).toBe(7);
  expect(await register(catalogue, 205)).toBe(1);
});
