import { describe, expect, it } from 'vitest';
import { RetryableError } from '../../../../lambdas/shared/model/errors.ts';
import type { StreamContext } from '../../../../lambdas/shared/state/stream-context.ts';
import type { StreamManifest } from '../../../../lambdas/shared/state/stream-manifest.ts';
import { currentManifest } from '../../../../lib/common/current-manifest.ts';
import { runStream, type StreamGoal } from '../../../../lib/embedded/stream/run-stream.ts';
import { anEvent, createStreamWorld, type StreamWorld } from '../../../support/stream-world.ts';

const UNGATHERED = { config: { stream: { gatherFor: '0s' } } };

async function send(world: StreamWorld, ids: readonly string[], time = '11:59:00') {
  const order_timestamp = `2026-01-10T${time}Z`;
  const records = ids.map((id) => ({
    partitionKey: id,
    data: anEvent({ order_id: id, order_timestamp }),
  }));
  await world.stream.put(records);
}

function start(
  world: StreamWorld,
  context: StreamContext,
  options: { goal: StreamGoal; signal?: AbortSignal; everyMs?: number },
) {
  const epochs: StreamManifest[] = [];
  const retries: string[] = [];
  const run = runStream({
    context,
    goal: options.goal,
    batchSize: 2,
    everyMs: options.everyMs ?? 60_000,
    signal: options.signal ?? new AbortController().signal,
    observer: {
      onBatch: () => undefined,
      onTip: () => undefined,
      onEpoch: (manifest) => void epochs.push(manifest),
      onRetry: ({ subject, error }) => void retries.push(`${subject}: ${error.message}`),
    },
  });
  let isOver = false;
  const ended = run.finally(() => {
    isOver = true;
  });
  ended.catch(() => undefined);
  const untilEnd = async () => {
    while (!isOver) await world.clock.advance(50);
    await ended;
  };
  return { epochs, retries, untilEnd };
}

describe('a run of the stream', () => {
  it('ends at the tips with a last epoch and windows left open', async () => {
    const world = createStreamWorld({ shardCount: 2 });
    const context = await world.open();
    await send(world, ['a', 'b', 'c', 'd', 'e']);

    const run = start(world, context, { goal: 'idle' });
    await run.untilEnd();

    expect(run.epochs.map(({ epoch, counts }) => [epoch, counts.active])).toEqual([[1, 5]]);
    expect(run.epochs[0].tables.window_revenue.files).toEqual([]);
  });

  it('makes windows final when it drains', async () => {
    const world = createStreamWorld({ shardCount: 3 });
    const context = await world.open();
    await send(world, ['a', 'b', 'c', 'd', 'e']);

    const run = start(world, context, { goal: 'drained' });
    await run.untilEnd();

    expect(run.epochs.map(({ watermark }) => watermark)).toEqual([
      '2026-01-10T11:29:00.000Z',
      '2026-01-10T12:00:00.000Z',
    ]);
  });

  it('publishes nothing where the stream is empty', async () => {
    const world = createStreamWorld();
    const context = await world.open();

    const run = start(world, context, { goal: 'drained' });
    await run.untilEnd();

    expect(run.epochs).toEqual([]);
    expect(await currentManifest(context)).toBeNull();
  });

  it('publishes every so often, and once more when the signal comes', async () => {
    const world = createStreamWorld();
    const context = await world.open();
    const controller = new AbortController();
    const run = start(world, context, { goal: 'none', signal: controller.signal, everyMs: 1_000 });

    await send(world, ['a']);
    await world.clock.advance(1_500);
    await send(world, ['b']);
    await world.clock.advance(1_000);
    await send(world, ['c']);
    await world.clock.advance(400);
    controller.abort();
    await run.untilEnd();

    expect(run.epochs.map(({ counts }) => counts.active)).toEqual([1, 2, 3]);
  });

  it('keeps to the time of the epoch before when it is started again', async () => {
    const world = createStreamWorld(UNGATHERED);
    const context = await world.open();
    await send(world, ['a']);
    await start(world, context, { goal: 'idle' }).untilEnd();
    await world.clock.advance(900);
    await send(world, ['b']);
    const controller = new AbortController();

    const again = start(world, context, {
      goal: 'none',
      signal: controller.signal,
      everyMs: 1_000,
    });
    await world.clock.advance(500);

    expect(again.epochs.map(({ epoch }) => epoch)).toEqual([2]);
    controller.abort();
    await again.untilEnd();
  });

  it('tries again for ever where the state is throttled, and says so', async () => {
    const world = createStreamWorld();
    const opened = await world.open();
    let left = 8;
    const state: StreamContext['state'] = {
      get: (key) => opened.state.get(key),
      query: (pk, range) => opened.state.query(pk, range),
      transact(operations, token) {
        if (left-- > 0) throw new RetryableError('slow down');
        return opened.state.transact(operations, token);
      },
    };
    await send(world, ['a', 'b', 'c']);

    const run = start(world, { ...opened, state }, { goal: 'idle' });
    await run.untilEnd();

    expect(run.retries).toEqual(['shardId-000000000000: slow down']);
    expect(run.epochs.map(({ counts }) => counts.active)).toEqual([3]);
  });

  it('ends when publishing fails for good, and consumes no more', async () => {
    const world = createStreamWorld(UNGATHERED);
    const context = await world.open();
    await send(world, ['a']);
    const run = start(world, context, { goal: 'none', everyMs: 1_000 });
    await world.clock.advance(500);
    for await (const { key } of world.lake.list('raw/')) await world.lake.delete([key]);

    await expect(run.untilEnd()).rejects.toThrow(
      'nothing is published until the object is restored',
    );
  });

  it('goes on where another version has planned an epoch, and says that it waits', async () => {
    const world = createStreamWorld();
    const other = await world.open();
    await send(world, ['a']);
    const failing = {
      ...other,
      codeVersion: 'older',
      lake: Object.assign(Object.create(world.lake) as typeof world.lake, {
        openWriter: () => {
          throw new RetryableError('killed');
        },
        put: world.lake.put.bind(world.lake),
        get: world.lake.get.bind(world.lake),
        head: world.lake.head.bind(world.lake),
        list: world.lake.list.bind(world.lake),
        stream: world.lake.stream.bind(world.lake),
        delete: world.lake.delete.bind(world.lake),
      }),
    };
    const controller = new AbortController();
    const first = start(world, failing, { goal: 'idle', signal: controller.signal });
    await world.clock.advance(2_000);
    controller.abort();
    await expect(first.untilEnd()).rejects.toThrow('killed');

    const run = start(world, other, { goal: 'idle' });
    await world.clock.advance(5 * 60_000);
    expect(run.retries[0]).toContain('publication: epoch 1 was planned by another version');
    expect(run.epochs).toEqual([]);
    await run.untilEnd();

    expect(run.epochs.map(({ epoch }) => epoch)).toEqual([2]);
  });
});
