import { describe, expect, it } from 'vitest';
import { RetryableError } from '../../../../lambdas/shared/model/errors.ts';
import { readHead } from '../../../../lambdas/shared/state/fold.ts';
import type { StreamContext } from '../../../../lambdas/shared/state/stream-context.ts';
import type { StreamManifest } from '../../../../lambdas/shared/state/stream-manifest.ts';
import { runStream } from '../../../../lib/embedded/stream/run-stream.ts';
import { anEvent, createStreamWorld, type StreamWorld } from '../../../support/stream-world.ts';

const SHARD = 'shardId-000000000000';

let sent = 0;
async function send(world: StreamWorld): Promise<void> {
  sent += 1;
  const order_timestamp = new Date(world.clock.now()).toISOString();
  const data = anEvent({ order_id: `o${sent}`, order_timestamp });
  await world.stream.put([{ partitionKey: `o${sent}`, data }]);
}

function start(context: StreamContext, everyMs = 60_000) {
  const controller = new AbortController();
  const epochs: StreamManifest[] = [];
  const batches: number[] = [];
  const ended = runStream({
    context,
    goal: 'none',
    batchSize: 1_000,
    everyMs,
    signal: controller.signal,
    observer: {
      onBatch: ({ records }) => void batches.push(records),
      onTip: () => undefined,
      onEpoch: (manifest) => void epochs.push(manifest),
      onRetry: () => undefined,
    },
  });
  ended.catch(() => undefined);
  return { controller, epochs, batches, ended };
}

async function stop(world: StreamWorld, run: ReturnType<typeof start>): Promise<void> {
  run.controller.abort();
  let isOver = false;
  const over = run.ended.finally(() => {
    isOver = true;
  });
  over.catch(() => undefined);
  while (!isOver) await world.clock.advance(50);
  await over;
}

async function segmentsOf(world: StreamWorld): Promise<number> {
  let count = 0;
  for await (const _ of world.lake.list('raw/stream/')) count += 1;
  return count;
}

/** 20 events a second for a minute, over two shards. */
async function segmentsOfAMinute(gatherFor: string): Promise<[segments: number, read: number]> {
  const world = createStreamWorld({ shardCount: 2, config: { stream: { gatherFor } } });
  const run = start(await world.open());
  for (let i = 0; i < 1_200; i++) {
    await send(world);
    await world.clock.advance(50);
  }
  for (let i = 0; i < 20; i++) await world.clock.advance(50);
  await stop(world, run);
  return [await segmentsOf(world), run.epochs.at(-1)?.counts.read ?? 0];
}

describe('records that come one by one', () => {
  it('make a segment a second and shard, and none is left out', async () => {
    const [ungathered, all] = await segmentsOfAMinute('0s');
    const [gathered, same] = await segmentsOfAMinute('1s');

    expect([all, same]).toEqual([1_200, 1_200]);
    expect(ungathered).toBeGreaterThan(500);
    expect(gathered).toBeLessThanOrEqual(120);
    expect(gathered).toBeGreaterThanOrEqual(96);
  }, 60_000);

  it('wait a second at most', async () => {
    const world = createStreamWorld();
    const context = await world.open();
    const run = start(context);
    await world.clock.advance(500);
    await send(world);

    await world.clock.advance(800);
    expect(await readHead(context, SHARD)).toBeNull();
    await world.clock.advance(600);
    expect((await readHead(context, SHARD))?.counts.read).toBe(1);
    await stop(world, run);
  });

  it('do not wait when an epoch is planned', async () => {
    const world = createStreamWorld({ config: { stream: { gatherFor: '1m' } } });
    const run = start(await world.open(), 5_000);
    await send(world);
    for (let i = 0; i < 112; i++) await world.clock.advance(50);

    expect(run.epochs.map(({ counts }) => counts.read)).toEqual([1]);
    await stop(world, run);
  });

  it('do not wait when the stream is stopped', async () => {
    const world = createStreamWorld({ config: { stream: { gatherFor: '1m' } } });
    const run = start(await world.open());
    await send(world);
    await world.clock.advance(1_000);
    expect(run.batches).toEqual([]);

    await stop(world, run);

    expect(run.epochs.map(({ counts }) => counts.read)).toEqual([1]);
  });

  it('do not wait for more when as many as a batch may hold are there', async () => {
    const world = createStreamWorld({
      config: { stream: { gatherFor: '1m', segmentBytes: '1KiB' } },
    });
    const run = start(await world.open());
    for (let i = 0; i < 12; i++) await send(world);
    await world.clock.advance(1_000);

    expect(run.batches).toEqual([12]);
    await stop(world, run);
  });

  it('stay in hand where reading on fails', async () => {
    const world = createStreamWorld();
    const context = await world.open();
    let fails = 0;
    const stream: StreamContext['stream'] = {
      name: context.stream.name,
      identity: () => world.stream.identity(),
      put: (records) => world.stream.put(records),
      listShards: () => world.stream.listShards(),
      now: () => world.stream.now(),
      async read(shardId, position, limit) {
        if (position.kind === 'after' && limit > 1 && fails++ < 2)
          throw new RetryableError('slow down');
        return await world.stream.read(shardId, position, limit);
      },
    };
    const run = start({ ...context, stream });
    await send(world);
    await world.clock.advance(3_000);

    expect(run.batches).toEqual([1]);
    await send(world);
    await world.clock.advance(3_000);
    await stop(world, run);
    expect(run.epochs.at(-1)?.counts).toMatchObject({ read: 2, active: 2 });
  });
});
