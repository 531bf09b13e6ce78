import type { BatchManifest } from '../../lambdas/batch/run/batch-manifest.ts';
import { tablesOf } from '../../lambdas/shared/model/tables.ts';
import type { Outcome } from '../../lambdas/shared/rules/outcome.ts';
import { jsonBytes, parseJson } from '../../lambdas/shared/runtime/json.ts';
import { tableFilesAsOf } from '../../lambdas/shared/state/manifest-chain.ts';
import type { StreamManifest } from '../../lambdas/shared/state/stream-manifest.ts';
import { verifyLake } from '../../lib/embedded/verify/verify-lake.ts';
import { ordersCsv, runOver } from './batch-runs.ts';
import { EpochLake, type TestRecord } from './epoch-lake.ts';
import type { MemoryObjectStore } from './memory/memory-object-store.ts';
import { anEvent } from './stream-world.ts';

/** A lake in memory that both doors have really published to: every outcome, three epochs. */

const ORDERS: readonly (readonly [string, string, string, string, Outcome])[] = [
  ['o1', 'p1', '2026-01-10T10:00:00Z', 'done', 'active'],
  ['o2', 'p2', '2026-01-10T10:05:00Z', 'done', 'active'],
  ['o3', 'p2', '2026-01-10T10:15:00Z', 'cancelled', 'cancelled'],
  ['o2', 'p2', '2026-01-10T10:06:00Z', 'done', 'duplicate'],
  ['o4', 'p"3', '2026-01-10T23:59:59Z', 'pending', 'active'],
  ['o5', 'p1', 'never', 'done', 'quarantined'],
  ['o6', 'p1', '2026-01-11T00:00:00Z', 'done', 'active'],
  ['o7', 'p1', '2026-01-10T09:00:00Z', 'done', 'late'],
  ['o8', '=p4', '2026-01-11T03:00:00Z', 'processing', 'active'],
];
const FINAL_UNTIL_MS = Date.UTC(2026, 0, 11);

const recordOf = (
  [order_id, product_id, order_timestamp, status, outcome]: (typeof ORDERS)[number],
  index: number,
): TestRecord => ({
  sequenceNumber: String(1_000 + index),
  data: anEvent({ order_id, product_id, order_timestamp, status }),
  outcome,
  ...(outcome === 'late' ? { watermarkMs: FINAL_UNTIL_MS } : {}),
});

export interface PublishedLake {
  readonly lake: MemoryObjectStore;
  readonly batch: BatchManifest;
  readonly stream: StreamManifest;
  /** Of table files of either door, and of segments: what manifests name with a checksum. */
  readonly tableKeys: readonly string[];
  readonly segmentKeys: readonly string[];
}

export async function publishedLake(): Promise<PublishedLake> {
  const epochs = new EpochLake();
  const { lake, keys } = epochs;
  const rows = ORDERS.map(
    ([id, product, time, status]) =>
      `${id},c1,${product.replace('"', '""').replace(/.*".*/, '"$&"')},${time},1,10.00,${status}`,
  );
  const { manifest: batch } = await runOver([['orders/a.csv', ordersCsv(rows)]], { lake });
  const records = ORDERS.map(recordOf);
  epochs.addShard('shardId-0');
  epochs.addShard('shardId-1');
  await epochs.append('shardId-0', records.slice(0, 3));
  await epochs.publishNext(null);
  await epochs.append('shardId-1', records.slice(3, 5));
  await epochs.append('shardId-0', records.slice(5, 7));
  await epochs.publishNext(FINAL_UNTIL_MS);
  await epochs.append('shardId-1', []);
  await epochs.append('shardId-1', records.slice(7));
  const stream = await epochs.publishNext(FINAL_UNTIL_MS);
  await lake.put(keys.current, jsonBytes({ manifest: keys.manifest(stream.epoch) }));
  return {
    lake,
    batch,
    stream,
    tableKeys: [
      ...Object.values(batch.tables).flatMap(({ files }) => files.map(({ key }) => key)),
      ...(await streamFiles(lake, stream)),
    ],
    segmentKeys: await segmentsOf(lake, stream),
  };
}

async function streamFiles(lake: MemoryObjectStore, stream: StreamManifest): Promise<string[]> {
  const keys: string[] = [];
  for (const { name } of tablesOf('stream')) {
    for await (const { key } of tableFilesAsOf(lake, stream, name)) keys.push(key);
  }
  return keys;
}

async function segmentsOf(lake: MemoryObjectStore, stream: StreamManifest): Promise<string[]> {
  const own = stream.inputs.flatMap(({ entries }) =>
    entries.flatMap(({ segment }) => (segment === null ? [] : [segment])),
  );
  if (stream.previous === null) return own;
  const before = parseJson<StreamManifest>(await lake.get(stream.previous));
  return [...own, ...(await segmentsOf(lake, before))];
}

export async function verified(lake: MemoryObjectStore, consumer = 'default') {
  return await verifyLake(lake, {
    consumer,
    windowLengthMs: 600_000,
    signal: new AbortController().signal,
    onProgress: () => undefined,
  });
}
