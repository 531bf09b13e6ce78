import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { EpochMs } from '../../lambdas/shared/model/time.ts';
import type { StateStore } from '../../lambdas/shared/ports/state-store.ts';
import { foldShard, readHead, readLog } from '../../lambdas/shared/state/fold.ts';
import { StreamLakeKeys } from '../../lambdas/shared/state/lake-keys.ts';
import { decodeSegment } from '../../lambdas/shared/state/segment.ts';
import type { StreamContext } from '../../lambdas/shared/state/stream-context.ts';
import { OrderConsumer } from '../../lambdas/stream/consume/consume-orders.ts';
import { drainStream } from '../../lambdas/stream/operate/drain/drain-stream.ts';
import { replayRaw } from '../../lambdas/stream/operate/replay/replay-raw.ts';
import { raiseFloor } from '../../lambdas/stream/publish/plan/raise-floors.ts';
import { publishEpoch } from '../../lambdas/stream/publish/publish-epoch.ts';
import { InlineEpochWriter } from '../../lambdas/stream/publish/write/inline-epoch-writer.ts';
import { hookedStore } from '../support/hooked-store.ts';
import { runs } from '../support/runs.ts';
import { seed } from '../support/seed.ts';
import {
  anEvent,
  createStreamWorld,
  type StreamWorld,
  WORLD_START_MS,
} from '../support/stream-world.ts';

const MINUTE_MS = 60_000;
const SOURCE = new StreamLakeKeys('default', 'orders');

/** Ids that come again, at times that go back and forth, so that some are duplicates, some late. */
const order = fc.record({ id: fc.nat(12), minute: fc.integer({ min: -180, max: 0 }) });

const step = fc.oneof(
  { arbitrary: fc.array(order, { minLength: 1, maxLength: 4 }), weight: 12 },
  { arbitrary: fc.record({ fenceAtMinute: fc.integer({ min: -180, max: 0 }) }), weight: 3 },
  { arbitrary: fc.constantFrom('publish' as const, 'split' as const, 'gap' as const), weight: 3 },
);

type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never;

/** What the default consumer makes of the steps: an entry of each, all of them published. */
async function fill(world: StreamWorld, steps: readonly Step[]): Promise<StreamContext> {
  const context = await world.open();
  const consumer = new OrderConsumer(context);
  const writer = new InlineEpochWriter(context);
  const at = (minute: number) => new Date(WORLD_START_MS + minute * MINUTE_MS).toISOString();
  let isSplit = false;
  for (const next of steps) {
    if (Array.isArray(next)) {
      await world.stream.put(
        next.map(({ id, minute }) => {
          const order_id = `${'long-'.repeat(40)}${id}`;
          const data = anEvent({ order_id, order_timestamp: at(minute) });
          return { partitionKey: order_id, data };
        }),
      );
      for (const { shardId } of await world.stream.listShards())
        await consumeAll(world, consumer, shardId);
    } else if (typeof next === 'object') {
      const [{ shardId }] = await world.stream.listShards();
      const fold = await foldShard(context, shardId, null);
      const floorMs = (WORLD_START_MS + next.fenceAtMinute * MINUTE_MS) as EpochMs;
      if (fold === null || fold.head.sealed || floorMs <= fold.head.floorMs) continue;
      await raiseFloor(context, fold, floorMs, 'idle');
    } else if (next === 'publish') {
      await publishEpoch(context, writer);
    } else if (next === 'gap') {
      await world.stream.put([{ partitionKey: 'gone', data: anEvent({ order_id: 'gone' }) }]);
      const [{ shardId }] = await world.stream.listShards();
      const last = (await world.stream.read(shardId, { kind: 'start' }, 10_000)).records.at(-1);
      if (last !== undefined) world.stream.trimThrough(shardId, last.sequenceNumber);
    } else if (!isSplit) {
      await world.stream.split('shardId-000000000000');
      isSplit = true;
    }
  }
  await drainStream(context, consumer, writer);
  return context;
}

async function consumeAll(world: StreamWorld, consumer: OrderConsumer, shardId: string) {
  const { records } = await world.stream.read(shardId, { kind: 'start' }, 10_000);
  const result = await consumer.consume(shardId, records);
  if (result.status === 'failed') throw result.error;
}

/** Gaps and records of a shard in order of its log, with outcomes, as the manifests name them. */
async function archived(context: StreamContext, shardId: string) {
  const { lake } = context;
  const found: unknown[] = [];
  for await (const { key } of lake.list('manifests/stream/0')) {
    const { inputs } = JSON.parse(Buffer.from(await lake.get(key)).toString());
    const input = inputs.find(({ shard }: { shard: string }) => shard === shardId);
    for (const { segment, gap_after: gapAfter } of input?.entries ?? []) {
      if (gapAfter !== null) found.push({ gapAfter });
      if (segment !== null) found.push(...outcomesOf(await lake.get(segment), segment));
    }
  }
  return found;
}

async function replayed(context: StreamContext, shardId: string) {
  const head = await readHead(context, shardId);
  const found: unknown[] = [];
  for (const entry of await readLog(context, shardId, 1, head?.version ?? 0)) {
    if (!('segment' in entry)) continue;
    const { key } = entry.segment;
    if (entry.gapAfter !== null) found.push({ gapAfter: entry.gapAfter });
    found.push(...outcomesOf(await context.lake.get(key), key));
  }
  return found;
}

function outcomesOf(bytes: Uint8Array, key: string) {
  return decodeSegment(bytes, key).map(({ record: { sequenceNumber }, outcome, watermarkMs }) => ({
    sequenceNumber,
    outcome,
    watermarkMs,
  }));
}

/** A consumer whose process ends at its `stopAt`th call of a store, which has its effect or not. */
function stopping(context: StreamContext, stopAt: number): StreamContext {
  let calls = 0;
  const count = () => {
    calls += 1;
    if (calls >= stopAt) throw new Error('stopped');
  };
  const { lake, state } = context;
  const hooked: StateStore = {
    async get(key) {
      count();
      return await state.get(key);
    },
    async transact(operations, token) {
      const isLost = stopAt % 2 === 0;
      if (!isLost) count();
      const result = await state.transact(operations, token);
      if (isLost) count();
      return result;
    },
    query(pk, range) {
      count();
      return state.query(pk, range);
    },
  };
  return { ...context, lake: hookedStore(lake, count), state: hooked };
}

describe('a replay of the raw archive', () => {
  it('gives every record the outcome it had, wherever it was stopped', async () => {
    const cases = fc.record({
      steps: fc.array(step, { minLength: 1, maxLength: 30 }),
      batchSize: fc.integer({ min: 1, max: 12 }),
      stops: fc.array(fc.integer({ min: 1, max: 60 }), { maxLength: 4 }),
    });
    await fc.assert(
      fc.asyncProperty(cases, async ({ steps, batchSize, stops }) => {
        const config = { stream: { batchSize, claimBytesPerEntry: '1KiB' } };
        const world = createStreamWorld({ shardCount: 2, config });
        const context = await fill(world, [[{ id: 0, minute: 0 }], ...steps]);

        const copy = await world.open('copy');
        for (const stopAt of stops) {
          const run = async () => {
            for await (const _ of replayRaw(stopping(copy, stopAt), SOURCE)) void _;
          };
          await run().catch((error: unknown) =>
            expect(error).toMatchObject({ message: 'stopped' }),
          );
        }
        for await (const _ of replayRaw(copy, SOURCE)) void _;

        for (const { shardId } of await world.stream.listShards()) {
          const [was, is] = [await readHead(context, shardId), await readHead(copy, shardId)];
          const { counts, checkpoint, maxEventTimeMs, floorMs, sealed, children } = was ?? {};
          const same = { counts, checkpoint, maxEventTimeMs, floorMs, sealed, children };
          expect(is).toMatchObject(same);
          expect(await replayed(copy, shardId)).toEqual(await archived(context, shardId));
        }
      }),
      { seed, ...runs(60) },
    );
  }, 60_000);
});
