import type { EpochMs } from '../../lambdas/shared/model/time.ts';
import { NO_TIME } from '../../lambdas/shared/rules/lateness.ts';
import { zeroCounts } from '../../lambdas/shared/rules/outcome.ts';
import { appendEntry } from '../../lambdas/shared/state/append-entry.ts';
import { encodeClaims } from '../../lambdas/shared/state/claims.ts';
import { readHead, type ShardFold } from '../../lambdas/shared/state/fold.ts';
import type { FenceEntry, LogEntry, RecordsEntry } from '../../lambdas/shared/state/log-entry.ts';
import { headAttributes, type ShardHead } from '../../lambdas/shared/state/shard-head.ts';
import type { StreamContext } from '../../lambdas/shared/state/stream-context.ts';
import { placed } from './bytes-of.ts';
import { createStreamWorld } from './stream-world.ts';

export const SHARD = 'shardId-000000000000';
export const PARENT = 'shardId-000000000009';

export const A_HEAD: ShardHead = {
  version: 0,
  maxEventTimeMs: NO_TIME,
  floorMs: NO_TIME,
  checkpoint: null,
  lastArrivalMs: null,
  counts: zeroCounts(),
  otherKeys: 0,
  sealed: false,
  children: [],
  inherits: [],
  createdAtMs: 0 as EpochMs,
  claimsFrom: 1,
  publishedThrough: 0,
};

/** An entry that claims one id at a time, or none. */
export function records(version: number, id: string, timeMs: number | null): RecordsEntry {
  const { view, start, end } = placed(id);
  const claims = encodeClaims({
    count: timeMs === null ? 0 : 1,
    ids: view,
    starts: Uint32Array.of(start),
    ends: Uint32Array.of(end),
    timeMs: Float64Array.of(timeMs ?? 0),
  });
  return {
    kind: 'records',
    version,
    maxEventTimeMs: NO_TIME,
    floorMs: NO_TIME,
    codeVersion: 'test',
    segment: { key: `k${version}`, sha256: '', bytes: 1 },
    firstSequenceNumber: '1',
    lastSequenceNumber: '1',
    counts: zeroCounts(),
    issues: {},
    otherKeys: 0,
    claims,
    claimMaxMs: timeMs as EpochMs | null,
    gapAfter: null,
    sourceShard: null,
  };
}

export const fence = (version: number): FenceEntry => ({
  kind: 'fence',
  version,
  maxEventTimeMs: NO_TIME,
  floorMs: 0 as EpochMs,
  codeVersion: 'test',
  reason: 'idle',
});

/** A stream whose watermark stands at the largest time, and whose claims hold a minute. */
export async function openWorld() {
  const world = createStreamWorld({ config: { stream: { maxFoldAttempts: 3 } } });
  const context = await world.open();
  const times = { ...context.times, watermarkDelayMs: 0, dedupeHorizonMs: 60_000 };
  return { world, context: { ...context, times } };
}

export async function putHead(context: StreamContext, shardId: string, head: Partial<ShardHead>) {
  const attributes = headAttributes({ ...A_HEAD, ...head });
  const key = context.keys.head(shardId);
  await context.state.transact([{ kind: 'put', key, attributes }], context.randomness.id());
}

export async function append(context: StreamContext, shardId: string, entry: LogEntry) {
  const head = await readHead(context, shardId);
  return await appendEntry(context, { shardId, head: head ?? A_HEAD }, entry, {});
}

/** A shard with these entries, and HEAD at the last of them. */
export async function fillLog(
  context: StreamContext,
  shardId: string,
  entries: readonly LogEntry[],
) {
  await putHead(context, shardId, {});
  for (const entry of entries) {
    const status = await append(context, shardId, entry);
    if (status !== 'committed') throw new Error(`entry ${entry.version}: ${status}`);
  }
}

export function timeOf(fold: ShardFold | null, id: string): number | undefined {
  const { view, start, end } = placed(id);
  return fold?.claims.timeOf(view, start, end);
}

/** The times of a shard without floor. */
export const at = (maxEventTimeMs: number) => ({
  maxEventTimeMs: maxEventTimeMs as EpochMs,
  floorMs: NO_TIME,
});
