import { describe, expect, it } from 'vitest';
import { failureKey } from '../../../lambdas/batch/end-run/end-step.ts';
import { listSegments } from '../../../lambdas/batch/plan-run/list-segments.ts';
import { parseJson } from '../../../lambdas/shared/runtime/json.ts';
import { StreamLakeKeys } from '../../../lambdas/shared/state/lake-keys.ts';
import { decodeSegment } from '../../../lambdas/shared/state/segment.ts';
import { OrderConsumer } from '../../../lambdas/stream/consume/consume-orders.ts';
import { drainStream } from '../../../lambdas/stream/operate/drain/drain-stream.ts';
import { publishEpoch } from '../../../lambdas/stream/publish/publish-epoch.ts';
import { InlineEpochWriter } from '../../../lambdas/stream/publish/write/inline-epoch-writer.ts';
import { runBatch } from '../../../lib/embedded/batch/run-batch.ts';
import { batchHost, batchSteps, executeBatch } from '../../support/batch-steps.ts';
import { hookedStore } from '../../support/hooked-store.ts';
import { readTables } from '../../support/lake-tables.ts';
import { currentOf } from '../../support/small-landing.ts';
import { currentManifest, sendOrders } from '../../support/stream-steps.ts';
import { anEvent, createStreamWorld, type StreamWorld } from '../../support/stream-world.ts';

async function publishedWorld(): Promise<StreamWorld> {
  const world = createStreamWorld();
  const context = await world.open();
  await sendOrders(world, [
    { order_id: 'a' },
    { order_id: 'b', status: 'cancelled' },
    { order_id: 'a' },
    { order_id: 'c', quantity: 0, price: null },
    { order_id: 'd', order_timestamp: '2026-01-10T11:00:00Z' },
  ]);
  await world.stream.put([
    { partitionKey: 'k', data: Uint8Array.of(0xff, 0x0a) },
    { partitionKey: 'k', data: anEvent({ order_id: 'é"', status: 'gone' }) },
  ]);
  await drainStream(context, new OrderConsumer(context), new InlineEpochWriter(context));
  return world;
}

async function runFromRaw(world: StreamWorld) {
  const { landing, lake, config, clock } = world;
  const fromRaw = new StreamLakeKeys('default', 'orders');
  return await runBatch({ landing, lake, config, clock, fromRaw });
}

describe('a batch over the raw archive', () => {
  it('computes outcomes anew: what the stream had to take as late counts', async () => {
    const world = await publishedWorld();

    const { manifest } = await runFromRaw(world);

    expect((await currentManifest(world)).counts).toMatchObject({ active: 1, late: 1 });
    expect(manifest.counts).toEqual({
      read: 7,
      active: 2,
      cancelled: 1,
      quarantined: 3,
      duplicate: 1,
      late: 0,
    });
  });

  it('says of each record its segment and the offset of its line', async () => {
    const world = await publishedWorld();
    const { manifest } = await runFromRaw(world);
    const [input] = manifest.inputs ?? [];
    const segment = decodeSegment(await world.lake.get(input.key), input.key);

    const { duplicates, quarantine } = await readTables(world.lake, manifest);

    expect(duplicates).toMatchObject([
      { order_id: 'a', source: input.key, kept_source: input.key, kept_source_offset: '0' },
    ]);
    expect(quarantine.map(({ raw }) => raw)).toEqual(
      [3, 5, 6].map((index) => new TextDecoder().decode(segment[index].record.data)),
    );
    expect(quarantine).toMatchObject([
      { issues: 'quantity_not_positive,price_missing', quantity: '0', price: null },
      { issues: 'invalid_utf8', order_id: null },
      { issues: 'status_unknown', order_id: 'é"', status: 'gone' },
    ]);
  });

  it('on AWS reads segments of the consumer that is named, and publishes the same', async () => {
    const world = await publishedWorld();
    const copy = await world.open('copy');
    await drainStream(copy, new OrderConsumer(copy), new InlineEpochWriter(copy));
    const here = await runFromRaw(world);
    const host = batchHost({ landing: world.landing, lake: world.lake }, world.config);

    for (const consumer of ['default', 'copy']) {
      const { status } = await executeBatch(batchSteps(host), `run-${consumer}`, { consumer });
      expect(status).toBe('SUCCEEDED');
      const manifest = await currentOf(world.lake);
      expect(manifest.counts).toEqual(here.manifest.counts);
      const root = consumer === 'default' ? '' : 'consumers/copy/';
      expect(manifest.inputs?.map(({ key }) => key)).toEqual([
        expect.stringMatching(`^${root}raw/stream/orders/`),
      ]);
    }
  });

  it('on AWS says what is missing where nothing was published', async () => {
    const { landing, lake, config } = createStreamWorld();
    const host = batchHost({ landing, lake }, config);

    const execution = await executeBatch(batchSteps(host), 'run-1', { consumer: 'none' });

    expect(execution.status).toBe('FAILED');
    expect(parseJson(await lake.get(failureKey('run-1')))).toMatchObject({
      message: expect.stringContaining('CURRENT.json does not exist'),
    });
  });

  it('finds thousands of segments by a few listings, and none that nobody names', async () => {
    const world = createStreamWorld({ config: { stream: { maxEntriesPerEpoch: 10_000 } } });
    const context = await world.open();
    const consumer = new OrderConsumer(context);
    const SEGMENTS = 1_200;
    for (let sent = 0; sent < SEGMENTS; sent += 400) {
      const ids = Array.from({ length: 400 }, (_, index) => `o${sent + index}`);
      await sendOrders(
        world,
        ids.map((order_id) => ({ order_id })),
      );
    }
    const [{ shardId }] = await world.stream.listShards();
    const { records } = await world.stream.read(shardId, { kind: 'start' }, 10_000);
    for (const record of records) await consumer.consume(shardId, [record]);
    await publishEpoch(context, new InlineEpochWriter(context));
    const keys = new StreamLakeKeys('default', 'orders');
    await world.lake.put(keys.segment(shardId, 5, 'lost'), Uint8Array.of(1));
    await world.lake.put(keys.segment(shardId, SEGMENTS + 1, 'newer'), Uint8Array.of(1));
    const requests: string[] = [];
    const watched = hookedStore(world.lake, (operation, key) => {
      if (key.startsWith('raw/')) requests.push(`${operation} ${key}`);
    });

    const segments = await listSegments(watched, keys);

    expect(requests).toEqual([
      `list raw/stream/orders/${shardId}/000000000`,
      `list raw/stream/orders/${shardId}/000000001`,
    ]);
    const [input] = (await currentManifest(world)).inputs;
    expect(segments).toHaveLength(SEGMENTS);
    for (const [index, { segment, sha256 }] of input.entries.entries()) {
      const key = segment ?? '';
      const info = await world.lake.head(key);
      const expected = { key, etag: info?.etag, sizeBytes: info?.sizeBytes, sha256 };
      expect(segments[index]).toEqual(expected);
    }
  });

  it('fails when a segment is gone, and says which', async () => {
    const world = await publishedWorld();
    const { inputs } = await currentManifest(world);
    const key = inputs[0].entries[0].segment ?? '';
    await world.lake.delete([key]);

    await expect(runFromRaw(world)).rejects.toThrow(`segment ${key} of ${inputs[0].shard}`);
  });

  it('fails when the stream has published nothing', async () => {
    await expect(runFromRaw(createStreamWorld())).rejects.toMatchObject({
      code: 'nothing_published',
    });
  });
});
