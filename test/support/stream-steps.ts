import { readRows } from '../../lambdas/shared/parquet/reader.ts';
import { parseJson } from '../../lambdas/shared/runtime/json.ts';
import type { StreamContext } from '../../lambdas/shared/state/stream-context.ts';
import type { StreamManifest } from '../../lambdas/shared/state/stream-manifest.ts';
import { OrderConsumer } from '../../lambdas/stream/consume/consume-orders.ts';
import { anEvent, type StreamWorld } from './stream-world.ts';

/** Puts one event per order, under its id as the key. */
export async function sendOrders(
  world: StreamWorld,
  orders: readonly Readonly<Record<string, unknown>>[],
): Promise<void> {
  const records = orders.map((order) => ({
    partitionKey: String(order.order_id),
    data: anEvent(order),
  }));
  await world.stream.put(records);
}

/** An id whose key lies in the first or the last of two shards. */
export const ID_OF_SHARD = ['a', 'b'] as const;

/** All records of a shard from its first one on. */
export async function recordsOf(world: StreamWorld, shardId: string) {
  return (await world.stream.read(shardId, { kind: 'start' }, 10_000)).records;
}

/** Consumes everything that open and closed shards hold, in the order of shard ids. */
export async function consumeAll(world: StreamWorld, context: StreamContext): Promise<void> {
  const consumer = new OrderConsumer(context);
  for (const { shardId } of await world.stream.listShards()) {
    const records = await recordsOf(world, shardId);
    if (records.length === 0) continue;
    const result = await consumer.consume(shardId, records);
    if (result.status === 'failed') throw result.error;
  }
}

export async function currentManifest(world: StreamWorld): Promise<StreamManifest> {
  const current = await world.lake.get('manifests/stream/CURRENT.json');
  const { manifest } = parseJson<{ manifest: string }>(current);
  return parseJson<StreamManifest>(await world.lake.get(manifest));
}

/** Rows of the files that a manifest itself lists. */
export async function rowsOf(world: StreamWorld, manifest: StreamManifest, table: string) {
  const rows: Record<string, unknown>[] = [];
  for (const { key } of manifest.tables[table].files) {
    for await (const row of readRows(await world.lake.get(key))) rows.push(row);
  }
  return rows;
}
