import { describe, expect, it } from 'vitest';
import { RetryableError, TerminalError } from '../../../../lambdas/shared/model/errors.ts';
import type { StreamRecord } from '../../../../lambdas/shared/ports/event-stream.ts';
import { readHead } from '../../../../lambdas/shared/state/fold.ts';
import type { StreamContext } from '../../../../lambdas/shared/state/stream-context.ts';
import { createConsumeStep } from '../../../../lambdas/stream/consume/consume-step.ts';
import { type KinesisEvent, recordOf } from '../../../../lambdas/stream/consume/kinesis-event.ts';
import { awsFixture } from '../../../support/fixtures.ts';
import { hookedStore } from '../../../support/hooked-store.ts';
import { anEvent, createStreamWorld, type StreamWorld } from '../../../support/stream-world.ts';

const SHARD = 'shardId-000000000000';
const MINUTES = { remainingMs: () => 900_000 };

async function send(world: StreamWorld, count: number): Promise<KinesisEvent> {
  const records = Array.from({ length: count }, (_, index) => ({
    partitionKey: `o${index}`,
    data: anEvent({ order_id: `o${index}` }),
  }));
  await world.stream.put(records);
  const { records: delivered } = await world.stream.read(SHARD, { kind: 'start' }, 10_000);
  return eventOf(delivered);
}

/** Records as the mapping of Kinesis delivers them. */
function eventOf(records: readonly StreamRecord[], shardId = SHARD): KinesisEvent {
  return {
    Records: records.map(({ sequenceNumber, partitionKey, data, arrivalTimeMs }) => ({
      eventID: `${shardId}:${sequenceNumber}`,
      kinesis: {
        sequenceNumber,
        partitionKey,
        data: Buffer.from(data).toString('base64'),
        approximateArrivalTimestamp: arrivalTimeMs / 1_000,
      },
    })),
  };
}

/** The context with a lake whose first puts fail. */
function failing(context: StreamContext, error: Error, count: number): StreamContext {
  let left = count;
  const lake = hookedStore(context.lake, (operation) => {
    if (operation !== 'put' || left === 0) return;
    left -= 1;
    throw error;
  });
  return { ...context, lake };
}

describe('the consumer as a function', () => {
  it('reads records as AWS documents them', () => {
    const [{ kinesis }] = awsFixture<KinesisEvent>('kinesis-event.json').Records;
    expect(recordOf(kinesis)).toEqual({
      sequenceNumber: '49590338271490256608559692538361571095921575989136588898',
      partitionKey: '1',
      arrivalTimeMs: 1_545_084_650_987,
      data: Buffer.from('Hello, this is a test.'),
    });
  });

  it('fails when a batch is of two shards', async () => {
    const world = createStreamWorld();
    const { Records: records } = await send(world, 2);
    const event = { Records: [records[0], { ...records[1], eventID: 'shardId-1:2' }] };

    const step = createConsumeStep(() => world.open());

    await expect(step(event, MINUTES)).rejects.toThrow('a batch is of one shard');
  });

  it('reports nothing when the whole batch is in the log, also when it comes again', async () => {
    const world = createStreamWorld();
    const context = await world.open();
    const event = await send(world, 5);
    const step = createConsumeStep(async () => context);

    expect(await step(event, MINUTES)).toEqual({ batchItemFailures: [] });
    expect(await step(event, MINUTES)).toEqual({ batchItemFailures: [] });
    expect((await readHead(context, SHARD))?.counts.read).toBe(5);
  });

  it('reports the lowest number that is not in the log when an error may pass', async () => {
    const world = createStreamWorld();
    const context = await world.open();
    const event = await send(world, 5);
    const throttled = failing(context, new RetryableError('slow down'), 1);
    const causes: (Error | null)[] = [];
    const step = createConsumeStep(
      async () => throttled,
      (cause) => causes.push(cause),
    );

    const answer = await step(event, MINUTES);
    const again = await step(event, MINUTES);

    const [{ kinesis }] = event.Records;
    expect(answer).toEqual({ batchItemFailures: [{ itemIdentifier: kinesis.sequenceNumber }] });
    expect(again).toEqual({ batchItemFailures: [] });
    // An answer with failures is no error of the function: only this tells of it.
    expect(causes.map((cause) => cause?.message)).toEqual(['slow down']);
    expect((await readHead(context, SHARD))?.counts.active).toBe(5);
  });

  it('counts once what comes in halves after the whole failed, also a half that was given up', async () => {
    const world = createStreamWorld();
    const context = await world.open();
    const { Records: all } = await send(world, 6);
    const throttled = failing(context, new RetryableError('slow down'), 2);
    const step = createConsumeStep(async () => throttled);
    const [left, right] = [all.slice(0, 3), all.slice(3)];
    const failedAt = ({ Records: [{ kinesis }] }: KinesisEvent) => ({
      batchItemFailures: [{ itemIdentifier: kinesis.sequenceNumber }],
    });

    expect(await step({ Records: all }, MINUTES)).toEqual(failedAt({ Records: all }));
    // Bisected: the left half fails again, and its retries are over.
    expect(await step({ Records: left }, MINUTES)).toEqual(failedAt({ Records: left }));
    expect(await step({ Records: right }, MINUTES)).toEqual({ batchItemFailures: [] });

    // What was given up is still in the stream: it was read before what came after it.
    const head = await readHead(context, SHARD);
    expect(head?.counts).toMatchObject({ read: 6, active: 6 });
    expect(await step({ Records: left }, MINUTES)).toEqual({ batchItemFailures: [] });
    expect((await readHead(context, SHARD))?.counts.read).toBe(6);
  });

  it('finds in a child what its parent counted, after a split under load', async () => {
    const world = createStreamWorld();
    const context = await world.open();
    const step = createConsumeStep(async () => context);
    await step(await send(world, 4), MINUTES);
    const children = await world.stream.split(SHARD);
    // The same orders again, and new ones, while the end of the parent is not read yet.
    const records = Array.from({ length: 8 }, (_, index) => ({
      partitionKey: `o${index}`,
      data: anEvent({ order_id: `o${index}` }),
    }));
    await world.stream.put(records);

    const counts: Readonly<Record<string, number>>[] = [];
    for (const { shardId } of children) {
      const { records: found } = await world.stream.read(shardId, { kind: 'start' }, 100);
      expect(found.length).toBeGreaterThan(0);
      const event = eventOf(found, shardId);
      expect(await step(event, MINUTES)).toEqual({ batchItemFailures: [] });
      expect(await step(event, MINUTES)).toEqual({ batchItemFailures: [] });
      counts.push({ ...(await readHead(context, shardId))?.counts });
    }

    const sum = (name: string) => counts.reduce((total, found) => total + found[name], 0);
    expect([sum('read'), sum('active'), sum('duplicate')]).toEqual([8, 4, 4]);
    expect((await readHead(context, SHARD))?.sealed).toBe(true);
  });

  it('fails when no retry can help: the shard waits and an alarm says so', async () => {
    const world = createStreamWorld();
    const context = await world.open();
    const event = await send(world, 2);
    const denied = failing(context, new TerminalError('denied', 'no permission to put'), 1);

    const step = createConsumeStep(async () => denied);

    await expect(step(event, MINUTES)).rejects.toThrow('no permission to put');
  });

  it('gives the batch back before its time is over, and counts nothing twice after', async () => {
    const world = createStreamWorld();
    const context = await world.open();
    const event = await send(world, 3);
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const slowLake = hookedStore(context.lake, async (operation) => {
      if (operation === 'put') await held;
    });
    const contexts = [{ ...context, lake: slowLake }, context];
    let deadlines = 0;
    const step = createConsumeStep(
      async () => contexts.shift() as StreamContext,
      (cause) => {
        deadlines += cause === null ? 1 : 0;
      },
    );

    const first = step(event, { remainingMs: () => 65_000 });
    await world.clock.advance(60_000);
    const [{ kinesis }] = event.Records;
    expect(await first).toEqual({
      batchItemFailures: [{ itemIdentifier: kinesis.sequenceNumber }],
    });
    const second = await step(event, MINUTES);
    release(); // The first attempt goes on, too late.
    await new Promise((resolve) => setImmediate(resolve));

    expect(second).toEqual({ batchItemFailures: [] });
    expect(deadlines).toBe(1);
    expect((await readHead(context, SHARD))?.counts.read).toBe(3);
  });
});
