import { RetryableError, TerminalError } from '../model/errors.ts';
import { type ShardTimes, watermarkOf } from '../rules/lateness.ts';
import { ClaimSet } from './claims.ts';
import { entryOf, isEntryExpired, type LogEntry } from './log-entry.ts';
import { headOf, type ShardHead } from './shard-head.ts';
import type { StreamContext } from './stream-context.ts';

/** A pause before a log is read again that changed while it was read. */
const REREAD_PAUSE_MS = 100;

/** Claims of one entry that may still count. */
interface LiveEntry {
  readonly version: number;
  readonly entry: LogEntry;
}

/**
 * A shard's state in memory: its HEAD and the claims of its own log and its ancestors'. Updated by
 * `addOwn` after each entry this process appends; discarded when another writer appends first.
 */
export class ShardFold {
  readonly shardId: string;
  head: ShardHead;
  readonly claims: ClaimSet;
  /** Entries of this log from `claimsFrom` on, oldest first. */
  readonly #live: LiveEntry[] = [];
  /** Claims when the expired ones were last forgotten. */
  #claimsAfterForgetting = 0;

  constructor(shardId: string, head: ShardHead, claims = new ClaimSet()) {
    this.shardId = shardId;
    this.head = head;
    this.claims = claims;
  }

  get sizeBytes(): number {
    return this.claims.sizeBytes;
  }

  /** Adds an entry that was read, and its claims. */
  addRead(entry: LogEntry): void {
    this.#live.push({ version: entry.version, entry: withoutClaims(entry) });
    if (entry.kind === 'records' || entry.kind === 'redrive') {
      this.claims.addEncoded(entry.claims);
    }
  }

  /** Adds an entry that this process appended, whose claims are in `claims` already. */
  addOwn(entry: LogEntry): void {
    this.#live.push({ version: entry.version, entry: withoutClaims(entry) });
  }

  /** The first version whose claims have not expired at a watermark (stream protocol §2.7). */
  claimsFromAt(times: ShardTimes, { times: lengths }: StreamContext, next?: LogEntry): number {
    const watermarkMs = watermarkOf(times, lengths.watermarkDelayMs);
    const isLive = (entry: LogEntry) =>
      !isEntryExpired(entry, watermarkMs, lengths.dedupeHorizonMs);
    const first = this.#live.find(({ entry }) => isLive(entry));
    if (first !== undefined) return first.version;
    if (next !== undefined && isLive(next)) return next.version;
    return (next?.version ?? this.head.version) + 1;
  }

  /** Lets go of expired claims and entries; call it after HEAD was moved. */
  forgetExpired({ times: lengths }: StreamContext): void {
    while (this.#live.length > 0 && this.#live[0].version < this.head.claimsFrom) {
      this.#live.shift();
    }
    if (this.claims.size < 2 * this.#claimsAfterForgetting + 4096) return;
    const watermarkMs = watermarkOf(this.head, lengths.watermarkDelayMs);
    this.claims.forgetThrough(watermarkMs - lengths.dedupeHorizonMs);
    this.#claimsAfterForgetting = this.claims.size;
  }
}

const NO_CLAIMS = new Uint8Array(0);

function withoutClaims(entry: LogEntry): LogEntry {
  return 'claims' in entry ? { ...entry, claims: NO_CLAIMS } : entry;
}

/** Reads a shard's HEAD, strongly consistent; null if there is none. */
export async function readHead(
  { state, keys }: StreamContext,
  shardId: string,
): Promise<ShardHead | null> {
  const item = await state.get(keys.head(shardId));
  return item === null ? null : headOf(item.attributes);
}

/**
 * Reads entries `[from, to]` of a shard's log, oldest first. Missing versions leave a gap in the
 * result: check with `isWhole`.
 */
export async function readLog(
  { state, keys }: StreamContext,
  shardId: string,
  from: number,
  to: number,
): Promise<LogEntry[]> {
  if (from > to) return [];
  const { pk, range } = keys.logRange(shardId, from, to);
  const entries: LogEntry[] = [];
  for await (const { key, attributes } of state.query(pk, range)) {
    entries.push(entryOf(Number(key.sk.slice(key.sk.indexOf('#') + 1)), attributes));
  }
  return entries;
}

/** True if `entries` are the versions `[from, to]` without a gap. */
export function isWhole(entries: readonly LogEntry[], from: number, to: number): boolean {
  const isInOrder = entries.every(({ version }, index) => version === from + index);
  return isInOrder && entries.length === Math.max(0, to - from + 1);
}

/**
 * The state of a shard, or null if it has none (stream protocol §2.1). Given a `known` fold, reads
 * only the newer entries. Throws `TerminalError` `StateLogGap` if an entry stays missing.
 */
export async function foldShard(
  context: StreamContext,
  shardId: string,
  known: ShardFold | null,
): Promise<ShardFold | null> {
  const { clock, config, metrics } = context;
  const { maxFoldAttempts } = config.stream;
  for (let attempt = 0; attempt < maxFoldAttempts; attempt++) {
    if (attempt > 0) await clock.sleep(REREAD_PAUSE_MS * attempt);
    const head = await readHead(context, shardId);
    if (head === null) return null;
    if (known !== null && known.head.version > head.version) known = null;
    const fold = known === null ? new ShardFold(shardId, head) : known;
    const after = known === null ? 0 : known.head.version;
    if (known === null && !(await takeAncestors(context, head, fold))) continue;
    const from = Math.max(after + 1, head.claimsFrom);
    const entries = await readLog(context, shardId, from, head.version);
    if (!isWhole(entries, from, head.version)) continue;
    for (const entry of entries) fold.addRead(entry);
    fold.head = head;
    return fold;
  }
  metrics.count('StateLogGap', { shardId });
  const message = `the log of ${shardId} has missing versions, read ${maxFoldAttempts} times`;
  throw new TerminalError('StateLogGap', `${message}; restore the state table`);
}

/** Claims of ancestors are referenced, not copied: they are read from their own logs. */
async function takeAncestors(
  context: StreamContext,
  { inherits }: ShardHead,
  fold: ShardFold,
): Promise<boolean> {
  for (const ancestorId of inherits) {
    const ancestor = await readHead(context, ancestorId);
    if (ancestor === null) throw new RetryableError(`ancestor ${ancestorId} has no HEAD`);
    const { claimsFrom, version } = ancestor;
    const entries = await readLog(context, ancestorId, claimsFrom, version);
    if (!isWhole(entries, claimsFrom, version)) return false;
    for (const entry of entries) {
      if (entry.kind === 'records' || entry.kind === 'redrive') {
        fold.claims.addEncoded(entry.claims);
      }
    }
  }
  return true;
}
