import { beforeAll, describe, expect, it } from 'vitest';
import type { StreamRecord } from '../../../lambdas/shared/ports/event-stream.ts';
import type { ObjectStore } from '../../../lambdas/shared/ports/object-store.ts';
import { SystemClock } from '../../../lambdas/shared/runtime/clock.ts';
import { parseJson } from '../../../lambdas/shared/runtime/json.ts';
import { SystemRandomness } from '../../../lambdas/shared/runtime/randomness.ts';
import { openStreamContext } from '../../../lambdas/shared/state/stream-context.ts';
import type { StreamManifest } from '../../../lambdas/shared/state/stream-manifest.ts';
import { OrderConsumer } from '../../../lambdas/stream/consume/consume-orders.ts';
import type { DrainStepResult } from '../../../lambdas/stream/operate/drain/drain-step.ts';
import { drainStream } from '../../../lambdas/stream/operate/drain/drain-stream.ts';
import type { RedriveStepResult } from '../../../lambdas/stream/operate/redrive/redrive-step.ts';
import { InlineEpochWriter } from '../../../lambdas/stream/publish/write/inline-epoch-writer.ts';
import { configOf } from '../../support/batch-runs.ts';
import { readStreamTables, type Tables } from '../../support/lake-tables.ts';
import { MemoryEventStream } from '../../support/memory/memory-event-stream.ts';
import { MemoryObjectStore } from '../../support/memory/memory-object-store.ts';
import { MemoryStateStore } from '../../support/memory/memory-state-store.ts';
import { anEvent, MetricsLog } from '../../support/stream-world.ts';
import { type Deployed, eventually } from '../deployment.ts';
import { runningEmulator } from '../running-emulator.ts';

const clock = new SystemClock();
/** LocalStack's Kinesis takes some hundred records a second. */
const EVENTS = runningEmulator().name === 'ministack' ? 20_000 : 2_000;
const BATCH = 500;

let world: Deployed;

/** Orders over an hour; some twice, some two hours late, some that are no events at all. */
function eventOf(index: number, startMs: number) {
  const order_id = index % 50 === 49 ? `o${index - 20}` : `o${index}`;
  const lateMs = index % 100 === 99 ? 7_200_000 : 0;
  const timeMs = startMs + Math.floor((index / EVENTS) * 3_600_000) - lateMs;
  const order_timestamp = new Date(timeMs).toISOString();
  const quantity = index % 20 === 0 ? -1 : 2;
  const data =
    index % 1_000 === 7
      ? Buffer.from('poison')
      : anEvent({ order_id, order_timestamp, quantity, product_id: `p${index % 7}` });
  return { partitionKey: order_id, data };
}

async function recordsOf(shardId: string): Promise<StreamRecord[]> {
  const records: StreamRecord[] = [];
  let position: Parameters<Deployed['stream']['read']>[1] = { kind: 'start' };
  for (;;) {
    const { records: found, next } = await world.stream.read(shardId, position, 5_000);
    records.push(...found);
    if (found.length === 0 || next === null) return records;
    position = next;
  }
}

async function currentTables(lake: ObjectStore): Promise<Tables> {
  const { manifest } = parseJson<{ manifest: string }>(
    await lake.get('manifests/stream/CURRENT.json'),
  );
  return withoutNumbers(
    await readStreamTables(lake, parseJson<StreamManifest>(await lake.get(manifest))),
  );
}

/** Each stream numbers its records by itself. */
function withoutNumbers(tables: Tables): Tables {
  const rows = Object.entries(tables).map(([name, found]) => [
    name,
    found.map(({ sequence_number: _, ...row }) => row),
  ]);
  return Object.fromEntries(rows);
}

/** The same records in the same order, consumed and drained in this process. */
async function embeddedTables(shards: ReadonlyMap<string, StreamRecord[]>): Promise<Tables> {
  const config = configOf();
  const lake = new MemoryObjectStore(clock);
  const stream = new MemoryEventStream({ name: 'orders', shardCount: shards.size, clock });
  const ports = {
    lake,
    stream,
    clock,
    landing: world.landing, // The same dimensions.
    state: new MemoryStateStore({ clock }),
    randomness: new SystemRandomness(),
    metrics: new MetricsLog(),
  };
  for (const records of shards.values()) {
    for (let from = 0; from < records.length; from += BATCH) {
      await stream.put(records.slice(from, from + BATCH));
    }
  }
  const context = await openStreamContext(ports, {
    consumer: 'default',
    codeVersion: 'test',
    config,
  });
  await drainStream(context, new OrderConsumer(context), new InlineEpochWriter(context));
  return await currentTables(lake);
}

/** What is promised of events. `deployed` answers once the stacks stand. */
export function describeStreamDoor(deployed: () => Deployed): void {
  beforeAll(() => {
    world = deployed();
  });
  describe('events', () => {
    it(`become the tables of the embedded run: ${EVENTS} over two shards`, async () => {
      const startMs = clock.now() - 3_600_000;
      for (let from = 0; from < EVENTS; from += BATCH) {
        const records = Array.from({ length: BATCH }, (_, i) => eventOf(from + i, startMs));
        const results = await world.stream.put(records);
        expect(results.every(({ status }) => status === 'stored')).toBe(true);
      }
      // The schedule publishes what the mapping brought, without anybody asking.
      await eventually('an epoch is published', async () =>
        (await world.lake.head('manifests/stream/CURRENT.json')) === null ? null : true,
      );

      const drained = await world.invoke<DrainStepResult>('DrainFunction', {});

      expect(drained.drainedTo).not.toBeNull();
      const shards = new Map<string, StreamRecord[]>();
      for (const { shardId } of await world.stream.listShards()) {
        shards.set(shardId, await recordsOf(shardId));
      }
      expect([...shards.values()].flat()).toHaveLength(EVENTS);
      const tables = await currentTables(world.lake);
      expect(tables).toEqual(await embeddedTables(shards));
      expect(tables.late.length).toBeGreaterThan(0);
      expect(tables.duplicates.length).toBeGreaterThan(0);
      expect(tables.quarantine.length).toBeGreaterThan(0);
    });

    it('are not redriven where none was given up', async () => {
      const answer = await world.invoke<RedriveStepResult>('RedriveFunction', {});
      expect(answer).toEqual({ reports: [], isMore: false });
    });
  });
}
