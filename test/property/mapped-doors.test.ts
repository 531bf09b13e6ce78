import { setImmediate as nextTurn } from 'node:timers/promises';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { reconcile } from '../../lambdas/reconcile/compare/compare-tables.ts';
import { InputForms } from '../../lambdas/shared/ingest/mapping/input-form.ts';
import type { EpochMs } from '../../lambdas/shared/model/time.ts';
import type { Clock } from '../../lambdas/shared/ports/clock.ts';
import { openStreamContext } from '../../lambdas/shared/state/stream-context.ts';
import { currentManifest } from '../../lib/common/current-manifest.ts';
import { ProduceTally, produceRecords } from '../../lib/embedded/produce/produce-records.ts';
import { assertProducible } from '../../lib/embedded/produce/producible.ts';
import { SILENT_OBSERVER } from '../../lib/embedded/stream/observer.ts';
import { runStream } from '../../lib/embedded/stream/run-stream.ts';
import { configOf, outcomeOf, runOver, storeOf } from '../support/batch-runs.ts';
import { readStreamTables, type TableRow } from '../support/lake-tables.ts';
import { type Form, formAndOrders, type SaidOrder } from '../support/mapped-case.ts';
import { mappedFile, mappingOf, ownFile, ownMappingOf } from '../support/mapped-writer.ts';
import { MemoryEventStream } from '../support/memory/memory-event-stream.ts';
import { MemoryObjectStore } from '../support/memory/memory-object-store.ts';
import { MemoryStateStore } from '../support/memory/memory-state-store.ts';
import { OPTIONS } from '../support/reconcile-runs.ts';
import { LIMIT_MS, runs } from '../support/runs.ts';
import { seed } from '../support/seed.ts';
import { CountingRandomness, MetricsLog } from '../support/stream-world.ts';

/** Both doors read a mapped source alike (contract §1.3, §5). */

/** After every event time, so that none is capped. */
const ARRIVAL_MS = Date.UTC(2026, 8, 1);
const DELAY_DAYS = 7;
const STREAM = { watermarkDelay: `${DELAY_DAYS}d`, dedupeHorizon: `${DELAY_DAYS}d` };
const KEY = 'orders/shop/a.txt';

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

/** No record can be late, and none comes again after its claim expired. */
const formAndWeek = formAndOrders.map(({ form, orders }) => ({
  form,
  orders: orders.map((order): SaidOrder => {
    const { time } = order;
    if (time === null || time === 'bad') return order;
    return { ...order, time: { ...time, month: form.isShared ? 7 : 1, day: 2 + (time.day % 5) } };
  }),
}));

type Config = Readonly<Record<string, unknown>>;

/** A stream over the lake, into which `send` puts records, read until all is published. */
async function streamOver(
  lake: MemoryObjectStore,
  config: Config,
  send: (stream: MemoryEventStream, clock: Clock) => Promise<void>,
) {
  const clock = new HastyClock();
  const stream = new MemoryEventStream({ name: 'orders', shardCount: 3, clock });
  const others = { randomness: new CountingRandomness(), metrics: new MetricsLog(), clock };
  const context = await openStreamContext(
    { state: new MemoryStateStore({ clock }), lake, landing: await storeOf([]), stream, ...others },
    { consumer: 'default', codeVersion: 'test', config: configOf(config) },
  );
  await send(stream, clock);
  await runStream({
    context,
    goal: 'drained',
    batchSize: 7,
    everyMs: 1_000,
    observer: SILENT_OBSERVER,
    signal: new AbortController().signal,
  });
  const manifest = await currentManifest(context);
  if (manifest === null) throw new Error('nothing was published');
  return { manifest, tables: await readStreamTables(lake, manifest) };
}

async function produceInto(stream: MemoryEventStream, clock: Clock, file: Buffer, config: Config) {
  const forms = new InputForms(configOf(config));
  assertProducible(KEY, forms.of(KEY), forms.events);
  const store = await storeOf([[KEY, file]]);
  const tally = new ProduceTally();
  await produceRecords(
    {
      files: [{ name: KEY, store, key: KEY, form: forms.of(KEY) }],
      openStream: async () => stream,
      clock,
      randomness: new CountingRandomness(),
      watermarkDelayMs: DELAY_DAYS * 86_400_000,
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

const POSITION = new Set(['source', 'source_offset', 'sequence_number']);

function withoutPosition(rows: readonly TableRow[]): string[] {
  return rows
    .map((row) => JSON.stringify(Object.entries(row).filter(([name]) => !POSITION.has(name))))
    .sort();
}

const REVENUE = ['daily_revenue', 'hourly_revenue', 'product_revenue', 'window_revenue'] as const;

/** A record that CSV cannot read is sent as its bytes, which are no JSON. */
function asEvents({ wrong_field_count: unread, ...others }: Readonly<Record<string, number>>) {
  return unread === undefined ? others : { ...others, invalid_json: unread };
}

/** Events that `produce` makes of a file of this form. */
function eventsEntry({ isPerLine, currency, missingValues }: Form): object[] {
  const price = isPerLine ? { price: { per: 'line' } } : {};
  const expected = currency === null ? {} : { currency: { expect: 'EUR' } };
  const fields = { ...price, ...expected };
  const isUsual = Object.keys(fields).length === 0 && missingValues === null;
  return isUsual ? [] : [{ match: 'events', fields, missingValues }];
}

it(
  'gives batch and stream the same orders and revenue of a file that is mapped',
  async () => {
    let counted = 0;
    const law = fc.asyncProperty(formAndWeek, async ({ form, orders }) => {
      const input = [mappingOf(form, 'orders/shop/*'), ...eventsEntry(form)];
      const config = { input, stream: STREAM, batch: { maxQuarantined: 1 } };
      const file = mappedFile(form, orders);
      const lake = new MemoryObjectStore();

      const batch = await outcomeOf(() => runOver([[KEY, file]], { config, lake }));
      if (batch.failure !== null) throw new Error(batch.message);
      const stream = await streamOver(lake, config, async (into, clock) => {
        const tally = await produceInto(into, clock, file, config);
        expect(tally.skippedCount).toBe(0);
      });

      expect(stream.manifest.counts).toEqual(batch.manifest.counts);
      expect(stream.manifest.issues).toEqual(asEvents(batch.manifest.issues));
      expect(stream.manifest.revenue).toBe(batch.manifest.revenue);
      for (const name of ['orders', 'cancelled'] as const) {
        expect(withoutPosition(stream.tables[name])).toEqual(withoutPosition(batch.tables[name]));
      }
      for (const name of REVENUE) expect(stream.tables[name]).toEqual(batch.tables[name]);
      const windowLengthMs = configOf(config).windows.lengthMs;
      expect(await reconcile(lake, { ...OPTIONS, windowLengthMs })).toMatchObject({ agree: true });
      counted += batch.tables.orders.length;
    });

    await fc.assert(law, { seed, ...runs(40) });

    expect(counted).toBeGreaterThan(0);
  },
  LIMIT_MS,
);

/** Lines of NDJSON as events, each with a key of its own order. */
async function putLines(
  stream: MemoryEventStream,
  text: string,
  orders: readonly SaidOrder[],
): Promise<void> {
  const lines = text.trimEnd().split('\n');
  await stream.put(
    lines.map((line, i) => ({
      partitionKey: orders[i].idParts.join('-'),
      data: Buffer.from(line),
    })),
  );
}

it(
  'reads events of another form as the same values in the own form',
  async () => {
    let counted = 0;
    const law = fc.asyncProperty(formAndWeek, async ({ form: drawn, orders }) => {
      const form = { ...drawn, isJson: true, fillsDown: false };
      const publish = (text: string, input: readonly object[]) =>
        streamOver(new MemoryObjectStore(), { input, stream: STREAM }, (stream) =>
          putLines(stream, text, orders),
        );

      const mapped = await publish(mappedFile(form, orders).toString(), [
        mappingOf(form, 'events'),
      ]);
      const own = await publish(ownFile(form, orders), ownMappingOf(form, 'events'));

      expect(mapped.manifest.counts).toEqual(own.manifest.counts);
      expect(mapped.manifest.issues).toEqual(own.manifest.issues);
      const named = Object.keys(own.tables).filter((name) => name !== 'quarantine');
      for (const name of named) expect(mapped.tables[name]).toEqual(own.tables[name]);
      const issuesIn = (rows: readonly TableRow[]) => rows.map((row) => row.issues);
      expect(issuesIn(mapped.tables.quarantine)).toEqual(issuesIn(own.tables.quarantine));
      counted += own.tables.orders.length;
    });

    await fc.assert(law, { seed, ...runs(40) });

    expect(counted).toBeGreaterThan(0);
  },
  LIMIT_MS,
);
