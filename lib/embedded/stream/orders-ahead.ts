import type { EpochMs } from '../../../lambdas/shared/model/time.ts';
import { readRows } from '../../../lambdas/shared/parquet/reader.ts';
import { unreadableFile } from '../../../lambdas/shared/parquet/stored-values.ts';
import { windowEnd } from '../../../lambdas/shared/rules/windows.ts';
import { tableFilesAsOf } from '../../../lambdas/shared/state/manifest-chain.ts';
import type { StreamContext } from '../../../lambdas/shared/state/stream-context.ts';
import { endOfStream } from '../../../lambdas/stream/publish/plan/raise-floors.ts';
import { readShards } from '../../../lambdas/stream/shards/shard-registry.ts';
import { currentManifest } from '../../common/current-manifest.ts';

/** Orders of windows beyond E, the end that a drain makes final (contract §4). */
export interface OrdersAhead {
  /** E. */
  readonly endMs: EpochMs;
  readonly count: number;
  /** Event time of the last one. */
  readonly latestMs: EpochMs;
  /** End of its window: where `drain --all` raises all floors to. */
  readonly toMs: EpochMs;
  /** Some of them, those furthest ahead first. */
  readonly orderIds: readonly string[];
}

const MAX_ORDER_IDS = 10;
const TABLES = ['orders', 'cancelled'] as const;

/** Finds published orders whose event times lie far ahead; null: there are none. */
export async function findOrdersAhead(context: StreamContext): Promise<OrdersAhead | null> {
  const manifest = await currentManifest(context);
  const endMs = endOfStream(context, await readShards(context));
  if (manifest === null || !Number.isFinite(endMs)) return null;
  const firstDay = new Date(endMs).toISOString().slice(0, 10);
  let count = 0;
  let furthest: { readonly orderId: string; readonly timeMs: number }[] = [];
  for (const table of TABLES) {
    for await (const { key, partition } of tableFilesAsOf(context.lake, manifest, table)) {
      if (partition !== null && partition.order_date < firstDay) continue;
      for await (const row of timesOf(context, key)) {
        const timeMs = Date.parse(String(row.order_timestamp));
        if (timeMs < endMs) continue;
        count += 1;
        furthest.push({ orderId: String(row.order_id), timeMs });
        furthest = furthest.sort((a, b) => b.timeMs - a.timeMs).slice(0, MAX_ORDER_IDS);
      }
    }
  }
  if (count === 0) return null;
  const latestMs = furthest[0].timeMs as EpochMs;
  const toMs = windowEnd(latestMs, context.times.windowLengthMs);
  return { endMs, count, latestMs, toMs, orderIds: furthest.map(({ orderId }) => orderId) };
}

async function* timesOf({ lake }: StreamContext, key: string) {
  try {
    yield* readRows(await lake.get(key), { columns: ['order_id', 'order_timestamp'] });
  } catch (error) {
    throw unreadableFile(key, error);
  }
}
