import { assert } from '../../../shared/model/errors.ts';
import type { EpochMs } from '../../../shared/model/time.ts';
import type { StreamRecord } from '../../../shared/ports/event-stream.ts';
import type { PlannedEntry } from '../../../shared/state/epoch-plan.ts';
import { decodeSegment, readSegment } from '../../../shared/state/segment.ts';
import { isAfter } from '../../../shared/state/sequence-order.ts';
import type { ShardHead } from '../../../shared/state/shard-head.ts';
import type { StreamContext } from '../../../shared/state/stream-context.ts';
import type { NumberRange } from '../redrive/redriven.ts';

/** An entry that a manifest names, with the bytes of its segment; null for a kind without one. */
export interface ArchivedEntry {
  readonly entry: PlannedEntry;
  readonly segment: Uint8Array | null;
}

/**
 * Reads a planned entry with its segment. Throws `TerminalError`: `segment_missing` or
 * `segment_damaged`.
 */
export async function readEntry(
  { lake }: StreamContext,
  shardId: string,
  entry: PlannedEntry,
): Promise<ArchivedEntry> {
  const { segment: key, sha256, version } = entry;
  if (key === null || sha256 === null) return { entry, segment: null };
  return { entry, segment: await readSegment(lake, { key, sha256 }, { shardId, version }) };
}

/** Decodes the records of an entry. Throws `TerminalError` `segment_damaged`. */
export function recordsOf({ entry, segment }: ArchivedEntry): StreamRecord[] {
  assert(entry.segment !== null && segment !== null, 'an entry with records has a segment');
  return decodeSegment(segment, entry.segment).map(({ record }) => record);
}

/** The floor that a fence raises to. Asserts that the entry has one. */
export function floorOf({ floor }: PlannedEntry): EpochMs {
  assert(floor !== null, 'a fence has a floor');
  return Date.parse(floor) as EpochMs;
}

/** The first and last sequence number of an entry. Asserts that it has records. */
export function rangeOf(entry: PlannedEntry): NumberRange {
  const { first_sequence_number: first, last_sequence_number: last } = entry;
  assert(first !== null && last !== null, 'an entry with records has sequence numbers');
  return { first, last };
}

/**
 * True if the log has what the entry holds. Nothing follows a seal: then the consumer itself sealed
 * away what is left. HEAD does not tell whether records were redriven.
 */
export function isTaken(head: ShardHead, entry: PlannedEntry): boolean {
  if (head.sealed) return true;
  switch (entry.kind) {
    case 'fence':
      return floorOf(entry) <= head.floorMs;
    case 'records':
      return !isAfter(rangeOf(entry).last, head.checkpoint);
    case 'seal':
    case 'redrive':
      return false;
  }
}
