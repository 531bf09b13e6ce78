import { describe, expect, it } from 'vitest';
import type { StreamRecord } from '../../../lambdas/shared/ports/event-stream.ts';
import type { StateStore } from '../../../lambdas/shared/ports/state-store.ts';
import { readHead } from '../../../lambdas/shared/state/fold.ts';
import { StreamLakeKeys } from '../../../lambdas/shared/state/lake-keys.ts';
import { OrderConsumer } from '../../../lambdas/stream/consume-orders/consume-orders.ts';
import { drainStream } from '../../../lambdas/stream/drain/drain-stream.ts';
import { InlineEpochWriter } from '../../../lambdas/stream/publish-epoch/epoch-writer.ts';
import { publishEpoch } from '../../../lambdas/stream/publish-epoch/publish-epoch.ts';
import {
  type RedriveReport,
  redriveAll,
} from '../../../lambdas/stream/redrive-records/redrive-records.ts';
import { replayRaw } from '../../../lambdas/stream/replay/replay-raw.ts';
import { anEvent, createStreamWorld, type StreamWorld } from '../../support/stream-world.ts';

const SHARD = 'shardId-000000000000';

async function send(world: StreamWorld, ids: readonly string[]): Promise<readonly StreamRecord[]> {
  await world.stream.put(
    ids.map((order_id) => ({ partitionKey: order_id, data: anEvent({ order_id }) })),
  );
  return (await world.stream.read(SHARD, { kind: 'start' }, 10_000)).records;
}

/** As Lambda writes it to a failure destination in S3. */
async function giveUp(
  world: StreamWorld,
  records: readonly StreamRecord[],
  payloadOf: (event: unknown) => unknown = JSON.stringify,
): Promise<void> {
  const [first] = records;
  const message = {
    KinesisBatchInfo: {
      shardId: SHARD,
      startSequenceNumber: first.sequenceNumber,
      endSequenceNumber: records[records.length - 1].sequenceNumber,
      approximateArrivalOfFirstRecord: new Date(first.arrivalTimeMs).toISOString(),
    },
    payload: payloadOf({
      Records: records.map(({ sequenceNumber, partitionKey, arrivalTimeMs, data }) => ({
        kinesis: {
          sequenceNumber,
          partitionKey,
          approximateArrivalTimestamp: arrivalTimeMs / 1000,
          data: Buffer.from(data).toString('base64'),
        },
      })),
    }),
  };
  const key = `failed/${first.sequenceNumber}`;
  await world.lake.put(key, new TextEncoder().encode(JSON.stringify(message)));
}

async function redrive(world: StreamWorld, isDryRun = false): Promise<RedriveReport[]> {
  const messages = { store: world.lake, prefix: 'failed/' };
  const reports: RedriveReport[] = [];
  for await (const report of redriveAll(await world.open(), messages, { isDryRun })) {
    reports.push(report);
  }
  return reports;
}

describe('redriving records that the mapping gave up', () => {
  it('brings each of them into the log once, those before the checkpoint too', async () => {
    const world = createStreamWorld();
    const context = await world.open();
    const records = await send(world, ['a', 'b', 'c', 'd']);
    const consumer = new OrderConsumer(context);
    await consumer.consume(SHARD, records.slice(0, 1));
    // The mapping passes over b and c, and they leave the stream before d comes.
    world.stream.trimThrough(SHARD, records[2].sequenceNumber);
    await consumer.consume(SHARD, records.slice(3));
    await giveUp(world, records.slice(1, 3));

    const dry = await redrive(world, true);
    const first = await redrive(world);
    await giveUp(world, records.slice(0, 4));
    const second = await redrive(world);

    expect(dry[0]).toMatchObject({ status: 'redriven', redriven: 2, consumedBefore: 0 });
    expect(first[0]).toMatchObject({ status: 'redriven', redriven: 2, consumedBefore: 0 });
    expect(second[0]).toMatchObject({ status: 'nothing_to_do', redriven: 0, consumedBefore: 4 });
    const head = await readHead(context, SHARD);
    expect(head?.counts).toMatchObject({ read: 4, active: 4 });
    expect(head?.checkpoint).toBe(records[3].sequenceNumber);
  });

  it('takes the event of the invocation as a text, as an object, and from the stream', async () => {
    const world = createStreamWorld();
    const context = await world.open();
    const records = await send(world, ['a', 'b', 'c']);
    await giveUp(world, records.slice(0, 1), (event) => event);
    await giveUp(world, records.slice(1, 2));
    world.stream.trimThrough(SHARD, records[1].sequenceNumber);
    await giveUp(world, records.slice(2), () => undefined);

    const reports = await redrive(world);

    expect(reports.map(({ redriven }) => redriven)).toEqual([1, 1, 1]);
    expect((await readHead(context, SHARD))?.counts).toMatchObject({ read: 3, active: 3 });
  });

  it('adds nothing that is consumed while it looks for what is missing', async () => {
    const world = createStreamWorld();
    const context = await world.open();
    const records = await send(world, ['a', 'b']);
    await new OrderConsumer(context).consume(SHARD, records.slice(0, 1));
    await giveUp(world, records.slice(1));
    const state: StateStore = {
      get: (key) => world.state.get(key),
      transact: (operations, token) => world.state.transact(operations, token),
      async *query(pk, range) {
        for await (const item of world.state.query(pk, range)) yield item;
        // The log was read, and goes on before anything is decided.
        await new OrderConsumer(context).consume(SHARD, records);
      },
    };

    const reports: RedriveReport[] = [];
    const messages = { store: world.lake, prefix: 'failed/' };
    for await (const report of redriveAll({ ...context, state }, messages, { isDryRun: false })) {
      reports.push(report);
    }

    expect(reports).toHaveLength(1);
    expect((await readHead(context, SHARD))?.counts).toMatchObject({ read: 2, active: 2 });
  });

  it('gives records of a shard that left the stream unconsumed to the open one', async () => {
    const world = createStreamWorld();
    const context = await world.open();
    const records = await send(world, ['a']);
    await giveUp(world, records);
    await world.stream.split(SHARD);
    world.stream.trimThrough(SHARD, records[0].sequenceNumber);
    await drainStream(context, new OrderConsumer(context), new InlineEpochWriter(context));

    const [report] = await redrive(world);

    expect(report).toMatchObject({ status: 'redriven', redriven: 1 });
    const heads = await Promise.all(
      (await world.stream.listShards()).map(({ shardId }) => readHead(context, shardId)),
    );
    expect(heads.map((head) => head?.counts.active).sort()).toEqual([0, 1]);
  });

  it('gives records of a sealed shard to the open one that has their key now', async () => {
    const world = createStreamWorld();
    const context = await world.open();
    const records = await send(world, ['a', 'b', 'c']);
    const consumer = new OrderConsumer(context);
    await consumer.consume(SHARD, records.slice(0, 1));
    world.stream.trimThrough(SHARD, records[1].sequenceNumber);
    await consumer.consume(SHARD, records.slice(2));
    await world.stream.split(SHARD);
    const writer = new InlineEpochWriter(context);
    await drainStream(context, consumer, writer);
    await giveUp(world, records.slice(1, 2));

    const [report] = await redrive(world);

    expect(report).toMatchObject({ status: 'redriven', redriven: 1 });
    const heads = await Promise.all(
      (await world.stream.listShards()).map(({ shardId }) => readHead(context, shardId)),
    );
    expect(heads.map((head) => head?.counts.read).sort()).toEqual([0, 1, 2]);
    // The drain had closed the window of the order: it is late, and kept.
    expect(heads.map((head) => head?.counts.late).sort()).toEqual([0, 0, 1]);
  });
});

describe('replaying the raw archive under a new name', () => {
  it('gives the same outcomes, fences and seals included, and nothing twice', async () => {
    const world = createStreamWorld();
    const context = await world.open();
    const consumer = new OrderConsumer(context);
    const writer = new InlineEpochWriter(context);
    await send(world, ['a', 'b', 'a', 'c']);
    await drainStream(context, consumer, writer);
    await world.stream.split(SHARD);
    await world.stream.put([{ partitionKey: 'x', data: anEvent({ order_id: 'a' }) }]);
    await drainStream(context, consumer, writer);

    const copy = await world.open('copy');
    const source = new StreamLakeKeys('default', 'orders');
    for (let round = 0; round < 2; round++) {
      for await (const progress of replayRaw(copy, source)) void progress;
    }

    for (const { shardId } of await world.stream.listShards()) {
      const [original, replayed] = [
        await readHead(context, shardId),
        await readHead(copy, shardId),
      ];
      expect(replayed).toMatchObject({
        version: original?.version,
        counts: original?.counts,
        checkpoint: original?.checkpoint,
        floorMs: original?.floorMs,
        sealed: original?.sealed,
        children: original?.children,
      });
    }
  });

  it('may be out of time anywhere, also between a parent and its children', async () => {
    const world = createStreamWorld();
    const context = await world.open();
    const consumer = new OrderConsumer(context);
    for (const id of ['a', 'b', 'c']) {
      await consumer.consume(SHARD, (await send(world, [id])).slice(-1));
    }
    await world.stream.split(SHARD);
    await world.stream.put([{ partitionKey: 'x', data: anEvent({ order_id: 'd' }) }]);
    await drainStream(context, consumer, new InlineEpochWriter(context));
    const source = new StreamLakeKeys('default', 'orders');

    for (let looks = 1; looks < 12; looks++) {
      const copy = await world.open(`copy${looks}`);
      let calls = 0;
      for await (const progress of replayRaw(copy, source, () => ++calls > looks)) void progress;
      for await (const progress of replayRaw(copy, source)) void progress;
      const heads = await Promise.all(
        (await world.stream.listShards()).map(({ shardId }) => readHead(copy, shardId)),
      );
      expect(heads.reduce((sum, head) => sum + (head?.counts.active ?? 0), 0)).toBe(4);
    }
  });

  it('brings nothing twice to a consumer that has gone on from the stream meanwhile', async () => {
    const world = createStreamWorld();
    const context = await world.open();
    const original = new OrderConsumer(context);
    const writer = new InlineEpochWriter(context);
    const source = new StreamLakeKeys('default', 'orders');
    await send(world, ['a', 'b']);
    await drainStream(context, original, writer);
    const copy = await world.open('copy');
    for await (const progress of replayRaw(copy, source)) void progress;
    const records = await send(world, ['c', 'd', 'e']);
    // Its own batches, and not those of the original.
    await new OrderConsumer(copy).consume(SHARD, records.slice(0, 4));
    await original.consume(SHARD, records.slice(0, 3));
    await original.consume(SHARD, records.slice(3));
    await giveUp(world, records.slice(0, 1));
    await drainStream(context, original, writer);

    for await (const progress of replayRaw(copy, source)) void progress;

    const head = await readHead(copy, SHARD);
    expect(head?.counts).toMatchObject({ read: 5, duplicate: 0 });
    expect(head?.checkpoint).toBe(records[4].sequenceNumber);
  });

  it('takes what was redriven once, also where the copy has read it from the stream', async () => {
    const world = createStreamWorld();
    const context = await world.open();
    const original = new OrderConsumer(context);
    const records = await send(world, ['a', 'b', 'c']);
    const copy = await world.open('copy');
    await new OrderConsumer(copy).consume(SHARD, records.slice(0, 2));
    await original.consume(SHARD, records.slice(0, 1));
    world.stream.trimThrough(SHARD, records[1].sequenceNumber);
    await original.consume(SHARD, records.slice(2));
    await giveUp(world, records.slice(1, 2));
    await redrive(world);
    await drainStream(context, original, new InlineEpochWriter(context));

    const source = new StreamLakeKeys('default', 'orders');
    for (let round = 0; round < 2; round++) {
      for await (const progress of replayRaw(copy, source)) void progress;
    }

    expect((await readHead(copy, SHARD))?.counts).toMatchObject({ read: 3, duplicate: 0 });
  });

  it('stops when the time is up, and goes on where it was', async () => {
    // Every hundredth manifest is complete.
    const EPOCHS = 130;
    const world = createStreamWorld();
    const context = await world.open();
    const consumer = new OrderConsumer(context);
    const writer = new InlineEpochWriter(context);
    for (let epoch = 0; epoch < EPOCHS; epoch++) {
      const records = await send(world, [`a${epoch}`]);
      await consumer.consume(SHARD, records.slice(-1));
      await publishEpoch(context, writer);
    }
    const copy = await world.open('copy');
    const source = new StreamLakeKeys('default', 'orders');
    const seen: number[] = [];
    let rounds = 0;
    for (; (seen.at(-1) ?? 0) < EPOCHS; rounds++) {
      let entries = 0;
      for await (const { epoch } of replayRaw(copy, source, () => entries >= 40)) {
        entries += 1;
        seen.push(epoch);
      }
    }

    expect(rounds).toBe(4);
    expect(seen).toEqual(Array.from({ length: EPOCHS }, (_, index) => index + 1));
    expect((await readHead(copy, SHARD))?.counts).toMatchObject({ read: EPOCHS, active: EPOCHS });
  });
});
