import { expect, it } from 'vitest';
import {
  catalogueName,
  registerTables,
} from '../../../lambdas/catalogue/register-tables/register-tables.ts';
import { tablesOf } from '../../../lambdas/shared/model/tables.ts';
import { BATCH_CURRENT_KEY, batchTableFolder } from '../../../lambdas/shared/state/batch-keys.ts';
import { tableFilesAsOf } from '../../../lambdas/shared/state/manifest-chain.ts';
import { OrderConsumer } from '../../../lambdas/stream/consume/consume-orders.ts';
import { drainStream } from '../../../lambdas/stream/operate/drain/drain-stream.ts';
import { InlineEpochWriter } from '../../../lambdas/stream/publish/write/inline-epoch-writer.ts';
import { keysOf } from '../../support/batch-runs.ts';
import { MemoryCatalogue } from '../../support/memory-catalogue.ts';
import { currentManifest, sendOrders } from '../../support/stream-steps.ts';
import { createStreamWorld, type StreamWorld, WORLD_START_MS } from '../../support/stream-world.ts';

const SECOND_RUN = '20260202T000000Z-0000000b';

let orders = 0;

/** Makes each order an epoch of its own, with its window: each is later than all before it. */
async function publishEpochs(world: StreamWorld, ids: readonly string[]): Promise<void> {
  const context = await world.open();
  for (const order_id of ids) {
    orders += 1;
    const order_timestamp = new Date(WORLD_START_MS - (100 - orders) * 600_000).toISOString();
    await sendOrders(world, [{ order_id, order_timestamp }]);
    await drainStream(context, new OrderConsumer(context), new InlineEpochWriter(context));
  }
}

async function publishRun(world: StreamWorld, run: string): Promise<void> {
  for (const { name } of tablesOf('batch')) {
    await world.lake.put(`${batchTableFolder(name, run)}part-0000.parquet`, Buffer.from('rows'));
  }
  const manifest = `manifests/batch/${run}.json`;
  await world.lake.put(manifest, Buffer.from(JSON.stringify({ kind: 'batch', run_id: run })));
  await world.lake.put(BATCH_CURRENT_KEY, Buffer.from(JSON.stringify({ manifest })));
}

/** What the manifests say, beside what the catalogue shows. */
async function expectWhole(world: StreamWorld, catalogue: MemoryCatalogue): Promise<void> {
  const newest = await currentManifest(world);
  for (const table of tablesOf('stream')) {
    const keys: string[] = [];
    for await (const { key } of tableFilesAsOf(world.lake, newest, table.name)) keys.push(key);
    const found = await catalogue.filesOf(world.lake, catalogueName('stream', table));
    expect([table.name, ...found]).toEqual([table.name, ...keys.sort()]);
  }
}

it('shows nothing where nothing is published', async () => {
  const catalogue = new MemoryCatalogue();
  expect(await registerTables(createStreamWorld().lake, catalogue)).toEqual({
    run: null,
    epoch: null,
  });
  expect(catalogue.entries.size).toBe(0);
});

it('shows of each table of the stream the files that the manifests name', async () => {
  const world = createStreamWorld();
  const catalogue = new MemoryCatalogue();
  await publishEpochs(world, ['a', 'b', 'a']);
  const first = await registerTables(world.lake, catalogue);
  await expectWhole(world, catalogue);
  await publishEpochs(world, ['c']);
  // An epoch that was written, and never committed.
  await world.lake.put('tables/stream/orders/epoch=00000099/part-0.parquet', Buffer.from('x'));

  const second = await registerTables(world.lake, catalogue);

  await expectWhole(world, catalogue);
  expect(second.epoch).toBeGreaterThan(first.epoch ?? 0);
  expect(catalogue.parts.get('stream_orders')?.size).toBe(3);
});

it('changes nothing when it is repeated', async () => {
  const world = createStreamWorld();
  const catalogue = new MemoryCatalogue();
  await publishRun(world, SECOND_RUN);
  await publishEpochs(world, ['a']);
  await registerTables(world.lake, catalogue);
  const { length } = catalogue.changes;

  await registerTables(world.lake, catalogue);

  expect(catalogue.changes).toHaveLength(length);
});

it('goes on where it was interrupted: no epoch is left out', async () => {
  const world = createStreamWorld();
  await publishEpochs(world, ['a', 'b', 'c']);
  for (let failing = 1; ; failing++) {
    const catalogue = new MemoryCatalogue();
    let calls = 0;
    const broken = new Proxy(catalogue, {
      get: (target, name) => {
        if (name !== 'put' && name !== 'addParts') return Reflect.get(target, name);
        return (...args: never[]) => {
          calls += 1;
          if (calls === failing) throw new Error('killed');
          return (target[name] as (...args: never[]) => unknown)(...args);
        };
      },
    });
    let isKilled = false;
    await registerTables(world.lake, broken).catch(() => {
      isKilled = true;
    });
    await publishEpochs(world, [`d${failing}`]);
    await registerTables(world.lake, catalogue);
    await expectWhole(world, catalogue);
    if (!isKilled) break;
  }
});

it('replaces a run by the next one, each table in one step', async () => {
  const world = createStreamWorld();
  const catalogue = new MemoryCatalogue();
  await publishRun(world, '20260201T000000Z-0000000a');
  await registerTables(world.lake, catalogue);
  await publishRun(world, SECOND_RUN);

  const { run } = await registerTables(world.lake, catalogue);

  expect(run).toBe(SECOND_RUN);
  for (const table of tablesOf('batch')) {
    const name = catalogueName('batch', table);
    const wanted = await keysOf(world.lake, batchTableFolder(table.name, SECOND_RUN));
    expect(await catalogue.filesOf(world.lake, name)).toEqual(wanted);
    const changes = catalogue.changes.filter((change) => change.startsWith(`${name} =`));
    expect(changes).toHaveLength(2);
  }
});

it('does not leave an older epoch where a newer one was registered meanwhile', async () => {
  const world = createStreamWorld();
  const catalogue = new MemoryCatalogue();
  await publishEpochs(world, ['a']);
  const put = catalogue.put.bind(catalogue);
  let isFirst = true;
  catalogue.put = async (entry) => {
    if (isFirst) {
      isFirst = false;
      await publishEpochs(world, ['b']);
      await registerTables(world.lake, catalogue);
    }
    await put(entry);
  };

  await registerTables(world.lake, catalogue);

  await expectWhole(world, catalogue);
});
