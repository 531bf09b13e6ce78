import { Dimension } from '../../lambdas/shared/dimensions/joined-dimension.ts';
import { loadDimension } from '../../lambdas/shared/dimensions/load-dimension.ts';
import { listLanding } from '../../lambdas/shared/ingest/list-landing.ts';
import { OrderColumns } from '../../lambdas/shared/ingest/order-columns.ts';
import { EventParser } from '../../lambdas/shared/ingest/parse-events.ts';
import { ownRules } from '../../lambdas/shared/ingest/record-rules.ts';
import { DEFAULT_CONFIG } from '../../lambdas/shared/model/config.ts';
import { CUSTOMERS, PRODUCTS } from '../../lambdas/shared/model/dimension.ts';
import { CANCELLED_STATUS, ORDER_FIELDS } from '../../lambdas/shared/model/order.ts';
import type { EpochMs } from '../../lambdas/shared/model/time.ts';
import {
  type EpochPlan,
  PLAN_FORMAT,
  type PlannedEntry,
} from '../../lambdas/shared/state/epoch-plan.ts';
import { StreamLakeKeys } from '../../lambdas/shared/state/lake-keys.ts';
import { encodeSegment, type SegmentRecord, sha256Of } from '../../lambdas/shared/state/segment.ts';
import { writeEpoch } from '../../lambdas/stream/publish/commit/write-epoch.ts';
import { publishShard } from '../../lambdas/stream/publish/shard/publish-shard.ts';
import { generateOrders } from '../../lib/embedded/generate/generate-orders.ts';
import { dimensionLimit } from '../support/dimension-limit.ts';
import { MemoryObjectStore } from '../support/memory/memory-object-store.ts';

/**
 * How many records one thread publishes per second: `node test/bench/epoch-publish.ts [orders]
 * [per segment] [rounds]` prints one JSON object: medians of the CPU seconds that the two steps of
 * an epoch take, for one shard, in memory, beside those of its parts.
 */
const [orders = 500_000, perSegment = 10_000, roundCount = 3] = process.argv.slice(2).map(Number);

const SHARD = 'shardId-000000000000';
const keys = new StreamLakeKeys('default', 'orders');
const { parquet } = DEFAULT_CONFIG;
const rules = ownRules(DEFAULT_CONFIG.rules.statuses);
const landing = new MemoryObjectStore();
const generate = DEFAULT_CONFIG.generate;
await generateOrders({
  store: landing,
  orders,
  seed: 42,
  files: 1,
  isGzip: false,
  config: generate,
});
const listed = await listLanding(landing);
const customers = await loadDimension(landing, CUSTOMERS, listed.customers, dimensionLimit(1e9));
const products = await loadDimension(landing, PRODUCTS, listed.products, dimensionLimit(1e9));
const records = withOutcomes(eventsOf(await landing.get('orders/part-00001.csv')));
const segments = new Map<string, Uint8Array>();
const entries = Array.from({ length: Math.ceil(records.length / perSegment) }, (_, i) =>
  entryOf(i + 1, records.slice(i * perSegment, (i + 1) * perSegment)),
);

const rounds: { publish: number; write: number }[] = [];
for (let round = 0; round < roundCount; round++) rounds.push(await publishOnce());
const medianOf = (pick: (round: { publish: number; write: number }) => number) =>
  Number(
    rounds
      .map(pick)
      .sort((a, b) => a - b)
      [roundCount >> 1].toFixed(3),
  );
const publishSeconds = medianOf((round) => round.publish);
const row = {
  records: records.length,
  segments: entries.length,
  segment_bytes: [...segments.values()].reduce((sum, { length }) => sum + length, 0),
  publish_shard_cpu_seconds: publishSeconds,
  write_epoch_cpu_seconds: medianOf((round) => round.write),
  records_per_cpu_second: Math.round(records.length / publishSeconds),
  peak_rss_mb: Math.round(process.resourceUsage().maxRSS / 1024),
};
process.stdout.write(`${JSON.stringify(row)}\n`);

function eventsOf(csv: Uint8Array): Uint8Array[] {
  const lines = Buffer.from(csv).toString().trimEnd().split('\n').slice(1);
  return lines.map((line) => {
    const values = line.split(',').map((value, field) => [ORDER_FIELDS[field], value]);
    return Buffer.from(JSON.stringify(Object.fromEntries(values.filter(([, value]) => value))));
  });
}

/** As if no record was late or a duplicate. */
function withOutcomes(events: readonly Uint8Array[]): SegmentRecord[] {
  const columns = new OrderColumns(events.length);
  new EventParser(rules).parse(events, 0, events.length, columns);
  return events.map((data, row) => {
    const isCancelled = columns.status[row] === CANCELLED_STATUS;
    const record = {
      sequenceNumber: String(49_590_338_271_490_256_608_559_692_538n * 10n ** 27n + BigInt(row)),
      partitionKey: `o${row}`,
      arrivalTimeMs: (1_767_225_600_000 + row) as EpochMs,
      data,
    };
    const counted = isCancelled ? 'cancelled' : 'active';
    const outcome = columns.issues[row] === 0 ? counted : 'quarantined';
    return { record, outcome, watermarkMs: null };
  });
}

function entryOf(version: number, ofEntry: readonly SegmentRecord[]): PlannedEntry {
  const bytes = encodeSegment(ofEntry);
  const segment = keys.segment(SHARD, version, 'a1');
  segments.set(segment, bytes);
  return {
    version,
    kind: 'records',
    segment,
    sha256: sha256Of(bytes),
    first_sequence_number: ofEntry[0].record.sequenceNumber,
    last_sequence_number: ofEntry[ofEntry.length - 1].record.sequenceNumber,
    floor: null,
    source_shard: null,
    gap_after: null,
    end_reached: null,
  };
}

function planOf(): EpochPlan {
  return {
    planFormat: PLAN_FORMAT,
    epoch: 1,
    stream: 'orders',
    consumer: 'default',
    createdAt: '2026-02-01T00:00:00.000Z',
    codeVersion: 'bench',
    configHash: 'bench',
    previous: null,
    previousEpoch: 0,
    shards: [
      {
        shard: SHARD,
        parents: [],
        hash_key_range: { start: '0', end: '1' },
        from_version: 0,
        to_version: entries.length,
        entries,
      },
    ],
    watermarkMs: Date.UTC(2026, 0, 20),
    previousWatermarkMs: null,
    windowLengthMs: DEFAULT_CONFIG.windows.lengthMs,
    dimensions: { customers: [], products: [] },
    warnings: [],
  };
}

async function publishOnce(): Promise<{ publish: number; write: number }> {
  const lake = new MemoryObjectStore();
  for (const [key, bytes] of segments) await lake.put(key, bytes);
  const dimensions = {
    customers: new Dimension(customers.data),
    products: new Dimension(products.data),
  };
  const context = { lake, keys, parquet, rules, ...dimensions };
  const dimensionCounts = { customers: customers.counts, products: products.counts };
  const plan = planOf();
  const before = cpuSeconds();
  const result = await publishShard(plan, 0, context);
  const between = cpuSeconds();
  await writeEpoch(plan, [result], { ...context, dimensionCounts });
  return { publish: between - before, write: cpuSeconds() - between };
}

function cpuSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}
