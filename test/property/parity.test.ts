import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { FileObjectStore } from '../../lambdas/shared/adapters/local/file-object-store.ts';
import { LocalEventStream } from '../../lambdas/shared/adapters/local/local-event-stream.ts';
import { SqliteStateStore } from '../../lambdas/shared/adapters/local/sqlite-state-store.ts';
import { parseConfig } from '../../lambdas/shared/model/config.ts';
import type { EpochMs } from '../../lambdas/shared/model/time.ts';
import type { Clock } from '../../lambdas/shared/ports/clock.ts';
import type { ReshardableStream } from '../../lambdas/shared/ports/event-stream.ts';
import type { ObjectStore } from '../../lambdas/shared/ports/object-store.ts';
import type { StateStore } from '../../lambdas/shared/ports/state-store.ts';
import {
  openStreamContext,
  type StreamContext,
} from '../../lambdas/shared/state/stream-context.ts';
import { currentManifest } from '../../lib/common/current-manifest.ts';
import type { InputFile } from '../../lib/common/input-file.ts';
import { ProduceTally, produceRecords } from '../../lib/embedded/produce/produce-records.ts';
import { SILENT_OBSERVER } from '../../lib/embedded/stream/observer.ts';
import { runStream, type StreamGoal } from '../../lib/embedded/stream/run-stream.ts';
import { type Files, outcomeOf, runOver, storeOf } from '../support/batch-runs.ts';
import { readStreamTables, type TableRow, type Tables } from '../support/lake-tables.ts';
import { MemoryEventStream } from '../support/memory/memory-event-stream.ts';
import { MemoryObjectStore } from '../support/memory/memory-object-store.ts';
import { MemoryStateStore } from '../support/memory/memory-state-store.ts';
import { messyLanding } from '../support/messy.ts';
import { LIMIT_MS, runs } from '../support/runs.ts';
import { seed } from '../support/seed.ts';
import { CountingRandomness, MetricsLog } from '../support/stream-world.ts';

/** The parity law of contract §5, for messy inputs, any shards, any batches and either adapters. */

const DAY_MS = 86_400_000;
const DELAY_DAYS = 7;
const CONFIG = { stream: { watermarkDelay: `${DELAY_DAYS}d`, dedupeHorizon: `${DELAY_DAYS}d` } };
/** After every event time, so that none is capped. */
const ARRIVAL_MS = Date.UTC(2026, 1, 1);

/** Whoever sleeps on it wakes at once, later. */
class HastyClock implements Clock {
  #nowMs = ARRIVAL_MS;

  now(): EpochMs {
    return this.#nowMs as EpochMs;
  }

  async sleep(durationMs: number): Promise<void> {
    this.#nowMs += durationMs;
    await nextTurn();
  }
}

interface World {
  readonly context: StreamContext;
  readonly stream: ReshardableStream;
  close(): void;
}

async function openWorld(landing: ObjectStore, shardCount: number, isLocal: boolean) {
  const clock = new HastyClock();
  const settings = { consumer: 'default', codeVersion: 'test', config: parseConfig(CONFIG) };
  const open = async (
    state: StateStore,
    lake: ObjectStore,
    stream: ReshardableStream,
    close: () => void,
  ): Promise<World> => {
    const others = { randomness: new CountingRandomness(), metrics: new MetricsLog(), clock };
    const context = await openStreamContext({ state, lake, landing, stream, ...others }, settings);
    return { context, stream, close };
  };
  if (!isLocal) {
    const stream = new MemoryEventStream({ name: 'orders', shardCount, clock });
    const lake = new MemoryObjectStore(clock);
    return await open(new MemoryStateStore({ clock }), lake, stream, () => undefined);
  }
  const dir = mkdtempSync(join(tmpdir(), 'tandem-parity-'));
  const stream = await LocalEventStream.open({ dir, name: 'orders', clock, shardCount });
  const lakeRoot = join(dir, 'lake');
  const state = await SqliteStateStore.open({ lakeRoot, clock });
  return await open(state, new FileObjectStore(lakeRoot), stream, () => {
    state.close();
    stream.close();
    rmSync(dir, { recursive: true, force: true });
  });
}

const fileOf = (store: ObjectStore, key: string): InputFile => ({
  name: key,
  store,
  key,
});

async function produce({ context, stream }: World, store: ObjectStore, keys: readonly string[]) {
  const tally = new ProduceTally();
  await produceRecords(
    {
      files: keys.map((key) => fileOf(store, key)),
      openStream: async () => stream,
      clock: context.clock,
      randomness: context.randomness,
      watermarkDelayMs: context.times.watermarkDelayMs,
      maxAheadMs: 5 * 60_000,
      sort: null,
      isUnordered: false,
      ratePerSec: null,
      signal: new AbortController().signal,
    },
    tally,
  );
  return tally;
}

async function consume({ context }: World, goal: StreamGoal, batchSize: number): Promise<void> {
  await runStream({
    context,
    goal,
    batchSize,
    everyMs: 1_000,
    observer: SILENT_OBSERVER,
    signal: new AbortController().signal,
  });
}

const POSITION = new Set(['source', 'source_offset', 'sequence_number']);

function withoutPosition(rows: readonly TableRow[]): string[] {
  return rows
    .map((row) => JSON.stringify(Object.entries(row).filter(([name]) => !POSITION.has(name))))
    .sort();
}

/** No record can be late, none comes again after its claim expired, and no time is capped. */
function isWithinReach({ orders, cancelled, duplicates }: Tables): boolean {
  const timesMs = [...orders, ...cancelled, ...duplicates].map((row) =>
    Date.parse(String(row.order_timestamp)),
  );
  const latestMs = Math.max(...timesMs);
  return latestMs < ARRIVAL_MS && latestMs - Math.min(...timesMs) < (DELAY_DAYS - 1) * DAY_MS;
}

/** Years at the edges of the rules would put most landings out of reach. */
function withinDays(files: Files): Files {
  const moved = [...files].map(([key, bytes]): [string, Uint8Array] => {
    if (!key.startsWith('orders/') || key.endsWith('.gz')) return [key, bytes];
    const text = Buffer.from(bytes).toString('latin1');
    const years = /(?:1969|1970|2000|2024|2199|2200)-\d\d-\d\d/g;
    return [key, Buffer.from(text.replace(years, '2026-01-05'), 'latin1')];
  });
  return new Map(moved);
}

const REVENUE = [
  'daily_revenue',
  'hourly_revenue',
  'product_revenue',
  'top_products',
  'window_revenue',
] as const;

const circumstances = fc.record({
  shardCount: fc.integer({ min: 1, max: 8 }),
  batchSize: fc.oneof(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 1_000 })),
  isLocal: fc.nat(3).map((n) => n === 0),
  /** Files of so large a share are consumed before the others are sent. */
  share: fc.double({ min: 0, max: 1, noNaN: true }),
  isSplit: fc.boolean(),
});

it(
  'gives batch and stream the same orders, cancelled orders and revenue',
  async () => {
    let compared = 0;
    const law = fc.asyncProperty(
      messyLanding({ rowCountMax: 40 }).map(withinDays),
      circumstances,
      async (files, { shardCount, batchSize, isLocal, share, isSplit }) => {
        const batch = await outcomeOf(() => runOver(files));
        fc.pre(batch.failure === null && isWithinReach(batch.tables));
        if (batch.failure !== null) return;
        const landing = await storeOf(files);
        const world = await openWorld(landing, shardCount, isLocal);
        try {
          for (const { key, reason } of batch.manifest.rejected_files) {
            await expect(produce(world, landing, [key])).rejects.toThrow(`sent: ${key}: ${reason}`);
          }
          const keys = (batch.manifest.inputs ?? []).map(({ key }) => key);
          const cut = Math.floor(share * keys.length);
          const first = await produce(world, landing, keys.slice(0, cut));
          await consume(world, 'idle', batchSize);
          if (isSplit) await world.stream.split('shardId-000000000000');
          const second = await produce(world, landing, keys.slice(cut));
          await consume(world, 'drained', batchSize);

          const manifest = await currentManifest(world.context);
          if (manifest === null) {
            expect(batch.manifest.counts.read).toBe(first.skippedCount + second.skippedCount);
            return;
          }
          const tables = await readStreamTables(world.context.lake, manifest);
          const { quarantined, read, ...counts } = batch.manifest.counts;
          expect(manifest.counts).toMatchObject(counts);
          expect(manifest.counts.read).toBe(read - first.skippedCount - second.skippedCount);
          expect(manifest.revenue).toBe(batch.manifest.revenue);
          for (const name of ['orders', 'cancelled'] as const) {
            expect(withoutPosition(tables[name])).toEqual(withoutPosition(batch.tables[name]));
          }
          for (const name of REVENUE) expect(tables[name]).toEqual(batch.tables[name]);
          compared += 1;
        } finally {
          world.close();
        }
      },
    );

    await fc.assert(law, { seed, ...runs(20) });

    expect(compared).toBeGreaterThan(0);
  },
  LIMIT_MS,
);
