import { RetryableError, ShardNotFoundError } from '../../../shared/model/errors.ts';
import type { EpochMs } from '../../../shared/model/time.ts';
import { NO_TIME, watermarkOf } from '../../../shared/rules/lateness.ts';
import { windowEnd, windowStart } from '../../../shared/rules/windows.ts';
import { appendEntry } from '../../../shared/state/append-entry.ts';
import { readHead } from '../../../shared/state/fold.ts';
import type { FenceEntry } from '../../../shared/state/log-entry.ts';
import type { ShardHead } from '../../../shared/state/shard-head.ts';
import type { StreamContext } from '../../../shared/state/stream-context.ts';
import type { TransactStatus } from '../../../shared/state/transact.ts';
import type { KnownShard } from '../../shards/shard-registry.ts';
import { positionAfter, readOn } from '../../shards/skipped-records.ts';

/** Reads of a shard that answers empty although it is behind (stream protocol §3, P3). */
const MAX_EMPTY_READS = 5;

/** State of a shard; `holder`: sealed, but its last entries or children are not planned yet. */
type Activity = 'active' | 'idle' | 'behind' | 'holder' | 'over';

/** A drain makes windows up to `toMs` final, whatever arrives after it was requested. */
export interface Drain {
  readonly toMs: EpochMs;
  /** Instant by the stream service's clock: later arrivals are not waited for. */
  readonly askedAtMs: EpochMs;
}

/**
 * Asks the stream whether a shard is idle: nothing unread, nothing arrived (before the drain was
 * requested, if there is one). An error, a throttle or any doubt is `behind`: a stalled shard is
 * never idle.
 */
async function probeShard(
  context: StreamContext,
  { shardId, head }: KnownShard,
  drain: Drain | null,
): Promise<'idle' | 'behind'> {
  const position = positionAfter(context, head.checkpoint);
  try {
    const limits = { records: 1, emptyReads: MAX_EMPTY_READS };
    const { records, next } = await readOn(context, shardId, position, limits);
    const [record] = records;
    if (record === undefined) return next === null ? 'behind' : 'idle';
    return drain !== null && record.arrivalTimeMs > drain.askedAtMs ? 'idle' : 'behind';
  } catch (error) {
    // A shard that cannot be seen to be idle holds the watermark, and `status` says so.
    if (error instanceof RetryableError || error instanceof ShardNotFoundError) return 'behind';
    throw error;
  }
}

interface FloorsOptions {
  /** Sealed shards that still count. */
  readonly holders: ReadonlySet<string>;
  /** Null: floors rise as contract §4 says for idle shards. */
  readonly drain: Drain | null;
}

/**
 * Raises the floors of idle shards (stream protocol §3, P3, P4) and returns all HEADs afterwards. A
 * fence whose condition fails means that records came: that shard is not idle.
 */
export async function raiseFloors(
  context: StreamContext,
  shards: readonly KnownShard[],
  options: FloorsOptions,
): Promise<KnownShard[]> {
  const activity = await activities(context, shards, options);
  const target = await targetOf(context, shards, activity, options);
  if (target === null) return [...shards];
  const settled: KnownShard[] = [];
  for (const shard of shards) {
    const isIdle = activity.get(shard.shardId) === 'idle';
    const floorMs = windowStart(target.timeMs, context.times.windowLengthMs);
    const isBehind = floorMs > watermarkOfShard(context, shard.head);
    if (!isIdle || !isBehind) settled.push(shard);
    else settled.push(await fence(context, shard, floorMs, target.reason));
  }
  return settled;
}

/** The shard's watermark, from its HEAD and the consumer's delay (contract §4). */
export function watermarkOfShard({ times }: StreamContext, head: ShardHead): EpochMs {
  return watermarkOf(head, times.watermarkDelayMs);
}

/** Asks only shards that have been silent for `idleAfter` and would hold others back. */
async function activities(
  context: StreamContext,
  shards: readonly KnownShard[],
  { holders, drain }: FloorsOptions,
): Promise<Map<string, Activity>> {
  const { idleAfterMs } = context.config.stream;
  const nowMs = await context.stream.now();
  const largest = Math.max(...shards.map(({ head }) => watermarkOfShard(context, head)));
  const found = new Map<string, Activity>();
  const isClosing = isQuiet(shards, nowMs - context.config.stream.closeAfterMs);
  for (const shard of shards) {
    const { shardId, head } = shard;
    if (head.sealed) {
      found.set(shardId, holders.has(shardId) ? 'holder' : 'over');
      continue;
    }
    const isSilent = drain !== null || silentSinceMs(head) <= nowMs - idleAfterMs;
    const holdsBack = drain !== null || isClosing || watermarkOfShard(context, head) < largest;
    const mayBeIdle = isSilent && holdsBack;
    found.set(shardId, mayBeIdle ? await probeShard(context, shard, drain) : 'active');
  }
  return found;
}

function silentSinceMs({ lastArrivalMs, createdAtMs }: ShardHead): number {
  return lastArrivalMs ?? createdAtMs;
}

/** True if no unsealed shard had a record since `sinceMs`. */
function isQuiet(shards: readonly KnownShard[], sinceMs: number): boolean {
  return shards.every(({ head }) => head.sealed || silentSinceMs(head) <= sinceMs);
}

interface Target {
  readonly timeMs: EpochMs;
  readonly reason: FenceEntry['reason'];
}

/** The instant to raise floors to; null: none. */
async function targetOf(
  context: StreamContext,
  shards: readonly KnownShard[],
  activity: ReadonlyMap<string, Activity>,
  { drain }: FloorsOptions,
): Promise<Target | null> {
  if (drain !== null) return { timeMs: drain.toMs, reason: 'drain' };
  const idle = shards.filter(({ shardId }) => activity.get(shardId) === 'idle');
  if (idle.length === 0) return null;
  const holding = shards.filter(({ shardId }) => {
    const state = activity.get(shardId);
    return state !== 'idle' && state !== 'over';
  });
  const watermarks = (some: readonly KnownShard[]) =>
    some.map(({ head }) => watermarkOfShard(context, head));
  if (holding.length > 0) {
    return unlessNone({ timeMs: Math.min(...watermarks(holding)) as EpochMs, reason: 'idle' });
  }
  const nowMs = await context.stream.now();
  if (isQuiet(shards, nowMs - context.config.stream.closeAfterMs)) {
    return unlessNone({ timeMs: endOfStream(context, shards), reason: 'close' });
  }
  return unlessNone({ timeMs: Math.max(...watermarks(idle)) as EpochMs, reason: 'idle' });
}

function unlessNone(target: Target): Target | null {
  return target.timeMs === NO_TIME ? null : target;
}

/**
 * E: the end of the window that holds the stream's largest event time, capped by arrival, sealed
 * shards included; `NO_TIME` while nothing was counted.
 */
export function endOfStream(
  { times }: Pick<StreamContext, 'times'>,
  shards: readonly Pick<KnownShard, 'head'>[],
): EpochMs {
  const latest = Math.max(NO_TIME, ...shards.map(({ head }) => head.maxEventTimeMs));
  return latest === NO_TIME ? NO_TIME : windowEnd(latest, times.windowLengthMs);
}

async function fence(
  context: StreamContext,
  shard: KnownShard,
  floorMs: EpochMs,
  reason: FenceEntry['reason'],
): Promise<KnownShard> {
  const status = await raiseFloor(context, shard, floorMs, reason);
  const { shardId, head } = shard;
  if (status === 'committed')
    return { ...shard, head: { ...head, version: head.version + 1, floorMs } };
  const again = await readHead(context, shardId);
  return again === null ? shard : { ...shard, head: again };
}

/** Appends one fence, on condition that HEAD is unchanged. */
export async function raiseFloor(
  context: StreamContext,
  { shardId, head }: { readonly shardId: string; readonly head: ShardHead },
  floorMs: EpochMs,
  reason: FenceEntry['reason'],
): Promise<TransactStatus> {
  const { codeVersion } = context;
  const { maxEventTimeMs } = head;
  const version = head.version + 1;
  const entry: FenceEntry = {
    kind: 'fence',
    version,
    codeVersion,
    maxEventTimeMs,
    floorMs,
    reason,
  };
  return await appendEntry(context, { shardId, head }, entry, { floor: floorMs });
}
