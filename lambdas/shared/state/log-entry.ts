import { assert } from '../model/errors.ts';
import type { EpochMs } from '../model/time.ts';
import type { Attributes } from '../ports/state-store.ts';
import type { ShardTimes } from '../rules/lateness.ts';
import type { OutcomeCounts } from '../rules/outcome.ts';
import { timesAttributes, timesOf } from './shard-head.ts';

interface EntryBase extends ShardTimes {
  /** 1 for the first entry of a shard's log, then one by one. The times are those after it. */
  readonly version: number;
  readonly codeVersion: string;
}

/** An immutable object in the lake that holds the records of an entry. */
export interface SegmentRef {
  readonly key: string;
  /** SHA-256 of the object's bytes, in hex. */
  readonly sha256: string;
  readonly bytes: number;
}

/** Records with outcomes; `redrive`: they came after their turn, and the checkpoint stayed. */
export interface RecordsEntry extends EntryBase {
  readonly kind: 'records' | 'redrive';
  readonly segment: SegmentRef;
  readonly firstSequenceNumber: string;
  readonly lastSequenceNumber: string;
  readonly counts: Readonly<OutcomeCounts>;
  /** Records by issue code, codes that did not occur left out. */
  readonly issues: Readonly<Record<string, number>>;
  /** Records whose partition key is another than their order id (contract §1.1). */
  readonly otherKeys: number;
  /** Order ids with their claim times, as `encodeClaims` packs them. */
  readonly claims: Uint8Array;
  /** The largest claim time; null: no claims. */
  readonly claimMaxMs: EpochMs | null;
  /** The checkpoint after which records left the stream unread; null: none. */
  readonly gapAfter: string | null;
  /** The shard that the records were in; null: this one. */
  readonly sourceShard: string | null;
}

/** Raises the floor of an idle shard (contract §4). */
export interface FenceEntry extends EntryBase {
  readonly kind: 'fence';
  readonly reason: 'idle' | 'close' | 'drain';
}

/** The shard is over, and nothing follows in its log. */
export interface SealEntry extends EntryBase {
  readonly kind: 'seal';
  /** False: it could not be read to its end. */
  readonly endReached: boolean;
}

export type LogEntry = RecordsEntry | FenceEntry | SealEntry;

/** An entry as stored attributes; its version is in the key. `entryOf` reads them. */
export function entryAttributes(entry: LogEntry): Attributes {
  const { version: _, maxEventTimeMs: __, floorMs: ___, ...own } = entry;
  return { ...timesAttributes(entry), ...(own as unknown as Attributes) };
}

/**
 * The entry of a version from its stored attributes. Asserts a kind; the store is trusted for the
 * rest.
 */
export function entryOf(version: number, attributes: Attributes): LogEntry {
  const { maxEventTime: _, floor: __, ...own } = attributes;
  assert(typeof own.kind === 'string', 'a log entry has a kind');
  return { version, ...timesOf(attributes), ...own } as unknown as LogEntry;
}

/**
 * True once an entry's claims no longer matter: the watermark has passed its largest claim time +
 * horizon (stream protocol §1, expired).
 */
export function isEntryExpired(
  entry: LogEntry,
  watermarkMs: number,
  dedupeHorizonMs: number,
): boolean {
  if (entry.kind === 'fence' || entry.kind === 'seal') return true;
  return entry.claimMaxMs === null || entry.claimMaxMs + dedupeHorizonMs <= watermarkMs;
}
