import { describe, expect, it } from 'vitest';
import type { StateStore } from '../../../../lambdas/shared/ports/state-store.ts';
import { readHead } from '../../../../lambdas/shared/state/fold.ts';
import { OrderConsumer } from '../../../../lambdas/stream/consume/consume-orders.ts';
import { drainStream } from '../../../../lambdas/stream/operate/drain/drain-stream.ts';
import {
  type RedriveReport,
  redriveAll,
} from '../../../../lambdas/stream/operate/redrive/redrive-records.ts';
import { InlineEpochWriter } from '../../../../lambdas/stream/publish/write/inline-epoch-writer.ts';
import { giveUp, redrive, SHARD, send } from '../../../support/given-up-records.ts';
import { createStreamWorld } from '../../../support/stream-world.ts';

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
