/**
 * `node stream-steps.ts STEP EVENTS [DIR]`: one step of the stream door over made-up events, on one
 * thread, timed inside the process: `classify` (decode, check, classify), `memory` and `local`
 * (consume end to end, one shard), `fold` (claims after a cold start), `publish` (an epoch).
 * Prints one JSON object.
 */
import { createHash } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { FileObjectStore } from '../../../lambdas/shared/adapters/local/file-object-store.ts';
import { SqliteStateStore } from '../../../lambdas/shared/adapters/local/sqlite-state-store.ts';
import { OrderColumns } from '../../../lambdas/shared/ingest/order-columns.ts';
import { EventParser } from '../../../lambdas/shared/ingest/parse-events.ts';
import { ownRules } from '../../../lambdas/shared/ingest/record-rules.ts';
import { DEFAULT_CONFIG } from '../../../lambdas/shared/model/config.ts';
import {
  type EventStream,
  MAX_PUT_RECORDS,
  type NewRecord,
  type ReadPosition,
} from '../../../lambdas/shared/ports/event-stream.ts';
import type { ObjectStore } from '../../../lambdas/shared/ports/object-store.ts';
import type { StateStore } from '../../../lambdas/shared/ports/state-store.ts';
import { NO_TIME } from '../../../lambdas/shared/rules/lateness.ts';
import { SystemClock } from '../../../lambdas/shared/runtime/clock.ts';
import { SystemRandomness } from '../../../lambdas/shared/runtime/randomness.ts';
import { ClaimSet } from '../../../lambdas/shared/state/claims.ts';
import { foldShard } from '../../../lambdas/shared/state/fold.ts';
import { openStreamContext } from '../../../lambdas/shared/state/stream-context.ts';
import { timesOfConfig } from '../../../lambdas/shared/state/stream-meta.ts';
import { Classifier } from '../../../lambdas/stream/consume/classify-orders.ts';
import { OrderConsumer } from '../../../lambdas/stream/consume/consume-orders.ts';
import { publishEpoch } from '../../../lambdas/stream/publish/publish-epoch.ts';
import { InlineEpochWriter } from '../../../lambdas/stream/publish/write/inline-epoch-writer.ts';
import { MemoryEventStream } from '../../support/memory/memory-event-stream.ts';
import { MemoryObjectStore } from '../../support/memory/memory-object-store.ts';
import { MemoryStateStore } from '../../support/memory/memory-state-store.ts';
import { VirtualClock } from '../../support/memory/virtual-clock.ts';
import { CountedState } from './counted-state.ts';

/** Events of one record batch. */
const BATCH = 1_000;
const START_MS = Date.UTC(2026, 0, 1);
/** 1,000 events a second: one shard of Kinesis. */
const STEP_MS = 1;

const step = process.argv[2];
const eventCount = Number(process.argv[3]);
const dir = process.argv[4];
const steps: Readonly<Record<string, () => Promise<Record<string, number>>>> = {
  classify,
  memory: async () => (await consume(new MemoryStateStore(), new MemoryObjectStore())).figures,
  local: consumeLocally,
  fold,
  publish,
};
process.stdout.write(`${JSON.stringify({ events: eventCount, ...(await steps[step]()) })}\n`);

/** Ids are UUIDs, as real ones often are: they compress least. */
function orderAt(index: number): NewRecord {
  const hex = createHash('md5').update(String(index)).digest('hex');
  const orderId = [8, 12, 16, 20, 32].map((end, i, ends) => hex.slice(ends[i - 1] ?? 0, end));
  const order_id = orderId.join('-');
  const order = {
    order_id,
    customer_id: `c${(index * 7919) % 1000}`,
    product_id: `p${(index * 104_729) % 50}`,
    order_timestamp: new Date(START_MS + index * STEP_MS).toISOString(),
    quantity: 1 + (index % 10),
    price: `${5 + (index % 400)}.${String(index % 100).padStart(2, '0')}`,
    status: index % 7 === 0 ? 'Canceled' : 'completed',
  };
  return { partitionKey: order_id, data: Buffer.from(JSON.stringify(order)) };
}

function* batches(): Generator<NewRecord[]> {
  for (let from = 0; from < eventCount; from += BATCH) {
    const size = Math.min(BATCH, eventCount - from);
    yield Array.from({ length: size }, (_, i) => orderAt(from + i));
  }
}

/** Seconds of wall and CPU time that `work` takes, added to those before. */
async function timed(total: { seconds: number; cpu: number }, work: () => unknown) {
  const startedAt = process.hrtime.bigint();
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  total.seconds += Number(process.hrtime.bigint() - startedAt) / 1e9;
  total.cpu += (user + system) / 1e6;
}

async function classify() {
  const total = { seconds: 0, cpu: 0 };
  const parser = new EventParser(ownRules(DEFAULT_CONFIG.rules.statuses));
  const limits = { claimBytes: 256 * 1024, segmentBytes: 64 * 1024 * 1024 };
  const classifier = new Classifier(timesOfConfig(DEFAULT_CONFIG), limits, BATCH);
  const columns = new OrderColumns(BATCH);
  const claims = new ClaimSet();
  let times = { maxEventTimeMs: NO_TIME, floorMs: NO_TIME };
  let arrivalMs = START_MS;
  for (const orders of batches()) {
    const events = orders.map(({ data }) => data);
    const arrivalTimeMs = new Float64Array(events.length).fill(arrivalMs);
    const segmentBytes = new Float64Array(events.length);
    arrivalMs += BATCH * STEP_MS;
    await timed(total, () => {
      columns.clear();
      parser.parse(events, 0, events.length, columns);
      const parsed = { columns, arrivalTimeMs, segmentBytes };
      for (let from = 0; from < events.length; ) {
        const cut = classifier.classify(parsed, from, times, claims);
        times = cut.times as typeof times;
        from = cut.to;
      }
    });
  }
  return total;
}

async function openConsumer(state: StateStore, lake: ObjectStore) {
  const clock = new VirtualClock(START_MS);
  const stream = new MemoryEventStream({ name: 'orders', shardCount: 1, clock });
  const landing = new MemoryObjectStore(clock);
  const metrics = { count: () => undefined };
  const randomness = new SystemRandomness();
  const ports = { clock, stream, landing, state, lake, metrics, randomness };
  const options = { consumer: 'default', codeVersion: 'bench', config: DEFAULT_CONFIG };
  const context = await openStreamContext(ports, options);
  const [{ shardId }] = await stream.listShards();
  return { context, shardId, clock, stream };
}

/** Puts orders into the shard and reads them back, as what calls a consumer does. */
async function* recordBatches(stream: EventStream, shardId: string, clock: VirtualClock) {
  let position: ReadPosition = { kind: 'start' };
  for (const orders of batches()) {
    for (let from = 0; from < orders.length; from += MAX_PUT_RECORDS) {
      await stream.put(orders.slice(from, from + MAX_PUT_RECORDS));
    }
    const { records } = await stream.read(shardId, position, BATCH);
    yield records;
    const { sequenceNumber } = records[records.length - 1];
    position = { kind: 'after', sequenceNumber };
    await clock.advance(BATCH * STEP_MS);
  }
}

async function consume(store: StateStore, lake: ObjectStore) {
  const state = new CountedState(store);
  const { context, shardId, clock, stream } = await openConsumer(state, lake);
  const consumer = new OrderConsumer(context);
  const total = { seconds: 0, cpu: 0 };
  for await (const records of recordBatches(stream, shardId, clock)) {
    await timed(total, async () => {
      const result = await consumer.consume(shardId, records);
      if (result.status === 'failed') throw result.error;
    });
  }
  const perMillion = (value: number) => (value / eventCount) * 1e6;
  const figures = {
    ...total,
    write_units_per_million: perMillion(state.writeUnits),
    state_bytes_per_million: perMillion(state.itemBytes),
  };
  return { context, shardId, figures };
}

async function consumeLocally() {
  mkdirSync(dir, { recursive: true });
  const lakeRoot = join(dir, 'lake');
  const state = await SqliteStateStore.open({ lakeRoot, clock: new SystemClock() });
  return (await consume(state, new FileObjectStore(lakeRoot))).figures;
}

/** A new process meets the shard: all claims of the last hour are read. */
async function fold() {
  const { context, shardId } = await consume(new MemoryStateStore(), new MemoryObjectStore());
  const total = { seconds: 0, cpu: 0 };
  let claims = 0;
  await timed(total, async () => {
    claims = (await foldShard(context, shardId, null))?.claims.size ?? 0;
  });
  return { ...total, claims };
}

async function publish() {
  const { context } = await consume(new MemoryStateStore(), new MemoryObjectStore());
  const writer = new InlineEpochWriter(context);
  const total = { seconds: 0, cpu: 0 };
  let epochs = 0;
  await timed(total, async () => {
    while ((await publishEpoch(context, writer)).status === 'published') epochs += 1;
  });
  return { ...total, epochs };
}
