import { describe, expect, it } from 'vitest';
import { RetryableError, TerminalError } from '../../../../lambdas/shared/model/errors.ts';
import type { StreamRecord } from '../../../../lambdas/shared/ports/event-stream.ts';
import { readHead } from '../../../../lambdas/shared/state/fold.ts';
import {
  type ConsumeResult,
  OrderConsumer,
} from '../../../../lambdas/stream/consume/consume-orders.ts';
import { SILENT_OBSERVER } from '../../../../lib/embedded/stream/observer.ts';
import { ShardPoller } from '../../../../lib/embedded/stream/shard-poller.ts';
import { anEvent, createStreamWorld, type StreamWorld } from '../../../support/stream-world.ts';

const SHARD = 'shardId-000000000000';

async function send(world: StreamWorld, ids: readonly string[]) {
  const records = ids.map((id) => ({ partitionKey: id, data: anEvent({ order_id: id }) }));
  await world.stream.put(records);
}

type Consume = (shardId: string, records: readonly StreamRecord[]) => Promise<ConsumeResult>;

/** Runs a poller to the tips, time going on as it sleeps. */
async function pollToTips(
  world: StreamWorld,
  consume: Consume,
  options: { batchSize?: number; signal?: AbortSignal } = {},
) {
  const retries: string[] = [];
  const batches: string[] = [];
  const poller = new ShardPoller({
    context: await world.open(),
    consume,
    batchSize: options.batchSize ?? 100,
    signal: options.signal ?? new AbortController().signal,
    observer: {
      ...SILENT_OBSERVER,
      onBatch: ({ shardId, records }) => batches.push(`${shardId.slice(-1)}: ${records}`),
      onRetry: ({ subject, error }) => retries.push(`${subject}: ${error.message}`),
    },
  });
  let isOver = false;
  const run = poller.run('tips').finally(() => {
    isOver = true;
  });
  run.catch(() => undefined);
  while (!isOver) await world.clock.advance(50);
  await run;
  return { retries, batches };
}

const idOf = ({ data }: StreamRecord) => JSON.parse(Buffer.from(data).toString()).order_id;
const consumed: ConsumeResult = { status: 'consumed' };

describe('a poller', () => {
  it('delivers each record of a shard in order, in batches of a size', async () => {
    const world = createStreamWorld();
    await send(world, ['a', 'b', 'c', 'd', 'e']);
    const delivered: string[][] = [];

    const { batches } = await pollToTips(
      world,
      async (_, records) => {
        delivered.push(records.map(idOf));
        return consumed;
      },
      { batchSize: 2 },
    );

    expect(delivered).toEqual([['a', 'b'], ['c', 'd'], ['e']]);
    expect(batches).toEqual(['0: 2', '0: 2', '0: 1']);
  });

  it('begins behind the checkpoint, and so delivers what a killed process left', async () => {
    const world = createStreamWorld();
    await send(world, ['a', 'b', 'c']);
    const context = await world.open();
    const { records } = await world.stream.read(SHARD, { kind: 'start' }, 2);
    await new OrderConsumer(context).consume(SHARD, records);
    const delivered: string[] = [];

    await pollToTips(world, async (_, batch) => {
      delivered.push(...batch.map(idOf));
      return consumed;
    });

    expect(delivered).toEqual(['c']);
  });

  it('delivers a failed batch again from the lowest reported number, after a pause', async () => {
    const world = createStreamWorld();
    await send(world, ['a', 'b', 'c', 'd']);
    const delivered: string[][] = [];
    const atMs: number[] = [];

    const { retries } = await pollToTips(
      world,
      async (_, records) => {
        delivered.push(records.map(idOf));
        atMs.push(world.clock.now());
        if (delivered.length > 2) return consumed;
        const { sequenceNumber } = records[delivered.length === 1 ? 1 : 0];
        const error = new RetryableError('throttled');
        return { status: 'failed', fromSequenceNumber: sequenceNumber, error };
      },
      { batchSize: 3 },
    );

    expect(delivered).toEqual([['a', 'b', 'c'], ['b', 'c'], ['b', 'c'], ['d']]);
    expect(retries).toEqual([`${SHARD}: throttled`, `${SHARD}: throttled`]);
    expect(atMs[1] - atMs[0]).toBeGreaterThanOrEqual(50);
    expect(atMs[2] - atMs[1]).toBeGreaterThan(atMs[1] - atMs[0]);
  });

  it('goes on with other shards while one fails', async () => {
    const world = createStreamWorld({ shardCount: 2 });
    await send(world, ['a', 'b', 'c', 'd', 'e', 'f']);
    const order: string[] = [];
    let failures = 0;

    await pollToTips(world, async (shardId, [first]) => {
      order.push(shardId.slice(-1));
      if (shardId !== SHARD || failures++ === 3) return consumed;
      const error = new RetryableError('throttled');
      return { status: 'failed', fromSequenceNumber: first.sequenceNumber, error };
    });

    expect(order).toEqual(['0', '1', '0', '0', '0']);
  });

  it('ends with an error that trying again will not mend', async () => {
    const world = createStreamWorld();
    await send(world, ['a']);
    const error = new TerminalError('ShardSealed', 'nothing may follow');

    const polling = pollToTips(world, async (_, [first]) => {
      return { status: 'failed', fromSequenceNumber: first.sequenceNumber, error };
    });

    await expect(polling).rejects.toBe(error);
  });

  it('reads children only when their parents have been read to their end', async () => {
    const world = createStreamWorld({ shardCount: 2 });
    const idsOf = (letter: string) => Array.from({ length: 20 }, (_, i) => `${letter}${i}`);
    await send(world, idsOf('a'));
    await world.stream.split(SHARD);
    await send(world, idsOf('b'));
    await world.stream.merge('shardId-000000000001', 'shardId-000000000003');
    await send(world, idsOf('c'));
    const order: string[] = [];

    await pollToTips(
      world,
      async (shardId) => {
        order.push(shardId.slice(-1));
        return consumed;
      },
      { batchSize: 1 },
    );

    const first = (shard: string) => order.indexOf(shard);
    const last = (shard: string) => order.lastIndexOf(shard);
    expect(order).toHaveLength(60);
    expect(first('2')).toBeGreaterThan(last('0'));
    expect(first('3')).toBeGreaterThan(last('0'));
    expect(first('4')).toBeGreaterThan(last('1'));
    expect(first('4')).toBeGreaterThan(last('3'));
  });

  it('consumes a stream that is resharded, each record once', async () => {
    const world = createStreamWorld({ shardCount: 1 });
    await send(world, ['a', 'b', 'c']);
    await world.stream.split(SHARD);
    await send(world, ['a', 'd', 'e']);
    const context = await world.open();
    const consumer = new OrderConsumer(context);

    await pollToTips(world, (shardId, records) => consumer.consume(shardId, records));

    const shards = await world.stream.listShards();
    const heads = await Promise.all(shards.map(({ shardId }) => readHead(context, shardId)));
    const sum = (name: 'active' | 'duplicate') =>
      heads.reduce((total, head) => total + (head?.counts[name] ?? 0), 0);
    expect([sum('active'), sum('duplicate')]).toEqual([5, 1]);
  });

  it('begins no batch after the signal', async () => {
    const world = createStreamWorld();
    await send(world, ['a', 'b', 'c']);
    const controller = new AbortController();
    const delivered: string[] = [];

    await pollToTips(
      world,
      async (_, records) => {
        delivered.push(...records.map(idOf));
        controller.abort();
        return consumed;
      },
      { batchSize: 1, signal: controller.signal },
    );

    expect(delivered).toEqual(['a']);
  });
});
